//! Templates.

mod budget;
mod buffer;
mod certificate;
mod engine;
mod error;
mod exec;
mod functions;
mod limits;
mod outside;
mod pattern;
mod print;
mod render;
mod semver;
mod syntax;
mod text;
mod time;
mod url;
mod value;
mod values;

pub use error::{Bound, Fault, TemplateError};
pub use limits::Limits;
pub use outside::{Outside, Random};
pub use render::render;
pub use values::Values;
