//! The sealing keys, over years.
//!
//! What there is: `watch` follows the key Secrets, `found` reads one, `known` says what follows from all of them, and
//! [`SharedRing`] hands it out as one immutable ring. What is to be done: `schedule`, `due` and `step`, pure, from what is there and
//! the API server's clock. Doing it: [`Renewer`], with `generate` and `store`; asking for it: `listen`, `asked` and `request`.
//! What is served of it: `published`. What is refused: `refusal`, found here and [elsewhere](watch_elsewhere), [told](tell()) as
//! events. What looks odd: `misdated`.
//!
//! Opening and sealing with them is in `sealing`.

mod ask;
mod asked;
mod dates;
mod due;
mod elsewhere;
mod found;
mod generate;
mod known;
mod listen;
mod metrics;
mod misdated;
mod name;
mod observed;
mod origin;
mod published;
mod record;
mod refusal;
mod refusals;
mod renew;
mod report;
mod request;
mod schedule;
mod server_clock;
mod shared_ring;
mod step;
mod store;
mod tell;
mod watch;

#[cfg(test)]
mod decades;

pub use asked::Asking;
pub use elsewhere::watch_elsewhere;
pub use generate::GenerateError;
pub use listen::listen_for_asking;
pub use metrics::KeyMetrics;
pub use origin::OriginError;
pub use refusals::Refusals;
pub use renew::{NewKeyError, Renewer};
pub use server_clock::ServerClockError;
pub use shared_ring::SharedRing;
#[cfg(test)]
pub(crate) use shared_ring::tests::a_key;
pub use store::StoreError;
pub use tell::tell;
pub use watch::watch;

use std::time::Duration;

/// The API server answers in milliseconds, or something is wrong.
const ANSWER: Duration = Duration::from_secs(30);
