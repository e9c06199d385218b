//! Unwraps wrapped keys with the configured providers, at the start and when a key changes; never for a request.
//!
//! - [`connect`](providers::connect): from the flags to the providers;
//! - [`unwrap_keys`](unwrapper::unwrap_keys): the task of every replica that unwraps;
//! - [`Retries`](order::Retries): which key is tried next, and when. Pure;
//! - [`watch_providers`]: looks at each provider once a minute; [`provider_states`] is what it found.

pub(crate) mod metrics;
pub(crate) mod order;
pub(crate) mod provider_states;
pub(crate) mod providers;
pub(crate) mod token_requests;
pub(crate) mod unwrapper;
pub(crate) mod watch_providers;
