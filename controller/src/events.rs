//! Kubernetes events: which object they are about ([`about`]), and how they are sent to the API server ([`queue`]).
//!
//! Which events there are is decided elsewhere: for SealedSecrets in `unseal::report::event`, for sealing keys in
//! `keys::store::events`.

pub(crate) mod about;
pub(crate) mod queue;
