//! The sealing keys, over years.
//!
//! What there is: `watch` follows the key Secrets, `found` reads one, `known` says what follows from all of them, and
//! [`SharedRing`] hands it out as one immutable ring. What is to be done: `schedule`, `due` and `step`, pure, from what is there and
//! the API server's clock. Doing it: [`Renewer`], with `generate` and `store`; asking for it: `listen`, `asked` and `request`.
//! What is served of it: `published`. What is refused: `refusal`, found here and [elsewhere](watch_elsewhere), [told](tell()) as
//! events. What looks odd: `misdated`.
//!
//! Opening and sealing with them is in `sealing`.

pub(crate) mod metrics;
pub(crate) mod published;
pub(crate) mod renewal;
pub(crate) mod renewal_request;
pub(crate) mod status;
pub(crate) mod store;
