//! What the formats in JSON have in common: [`Base64`], [`object`], [`unique`], and a [`Problem`] that names the member and shows no value.
//!
//! The formats themselves are in `recipients` and `key-wrapping`.

mod base64;
mod object;
mod problem;
mod unique;

pub use base64::Base64;
pub use object::object;
pub use problem::{Problem, from_slice};
pub use unique::unique;
