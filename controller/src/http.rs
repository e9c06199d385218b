//! What the controller serves over HTTP: health, readiness, metrics, the certificate, and the two endpoints that use a private key
//! (`verify`, `rotate`), which answer no more than yes or no and a resealed object. A new endpoint is a file in `handlers` and a
//! line in `router`; what it reads is in `state`.

pub(crate) mod handlers;
pub(crate) mod limits;
pub(crate) mod metrics;
pub(crate) mod router;
pub(crate) mod server;
pub(crate) mod state;
