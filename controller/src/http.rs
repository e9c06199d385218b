//! What the controller serves: health, readiness and the certificate.
//!
//! Nothing here opens anything.

mod cert;
mod health;
mod listen;
mod serve;

pub use listen::{ListenError, listen};
pub use serve::{Served, serve};
