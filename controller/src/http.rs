//! What the controller serves: health, readiness, the certificate, and the two requests that use a private key
//! (`verify`, `rotate`), which never tell more than they must.

mod bodies;
mod cert;
mod connection;
mod connection_close;
mod connections;
mod gate;
mod health;
mod listen;
mod metrics;
mod pace;
mod resealed_object;
mod rotate;
mod serve;
mod submitted;
mod until_keys;
mod verify;

pub use listen::{ListenError, listen};
pub use metrics::serve_metrics;
pub use pace::Timeouts;
pub use serve::{Doors, Served, serve};
