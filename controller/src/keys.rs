//! The sealing keys: made ([`generate`]), kept as Secrets ([`store`]), followed live ([`watch`]()), renewed when they are
//! due ([`renew`]()), and handed out as one immutable ring ([`SharedRing`]).
//!
//! Opening and sealing with them is in `sealing`.

mod generate;
mod new_key;
mod record;
mod renew;
mod schedule;
mod shared_ring;
mod store;
mod watch;

pub use generate::{GenerateError, generate};
pub use new_key::{NewKeyError, ensure_one};
pub use renew::renew;
pub use shared_ring::SharedRing;
pub use store::{StoreError, store};
pub use watch::watch;
