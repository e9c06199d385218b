//! The HTTP handlers, one file each, and what they read from a request.

pub(crate) mod cert;
pub(crate) mod health;
pub(crate) mod resealed_object;
pub(crate) mod rotate;
pub(crate) mod submitted;
pub(crate) mod verify;
pub(crate) mod wait_for_keys;
