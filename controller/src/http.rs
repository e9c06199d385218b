//! What the controller serves over HTTP: health, readiness, metrics, the certificate, and the two endpoints that use a private key
//! (`verify`, `rotate`), which answer no more than yes or no and a resealed object. A new endpoint is a file in `handlers`, a
//! line in `router`, and a row in `controller/docs/reference.md`; what it reads is in `state`. One that uses a private key has a limit of
//! its own (`PrivateKeyState`) and a `--serve-` flag; `authorization` says which clients pass that limit.

pub(crate) mod authorization;
pub(crate) mod handlers;
pub(crate) mod limits;
pub(crate) mod metrics;
pub(crate) mod router;
pub(crate) mod server;
pub(crate) mod state;
