//! What the controller serves: health, readiness, the certificate, and the two requests that use a private key
//! (`verify`, `rotate`), which never tell more than they must.

pub(crate) mod handlers;
pub(crate) mod limits;
pub(crate) mod router;
pub(crate) mod server;
