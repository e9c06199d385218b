//! Which clients pass the rate limit for strangers: those whose token, in the header [`HEADER`](api::reseal_token::HEADER), is valid for
//! our audience, and whose user may `reseal` SealedSecrets in the namespace of the object.
//!
//! `reviews` asks the API server, within a `budget`; `verified` remembers its answers for a short time; `authorizer` decides.

pub(crate) mod authorizer;
pub(crate) mod budget;
pub(crate) mod reviews;
pub(crate) mod verified;
