//! The sealing keys: made ([`generate`]), kept as Secrets ([`store`]), followed live ([`watch`]) and handed out
//! as one immutable ring ([`SharedRing`]).
//!
//! Opening and sealing with them is in `sealing`.

mod first;
mod generate;
mod record;
mod shared_ring;
mod store;
mod watch;

pub use first::{FirstKeyError, ensure_one};
pub use generate::{GenerateError, generate};
pub use shared_ring::SharedRing;
pub use store::{StoreError, store};
pub use watch::watch;
