//! The output: a `finding` with its line, and the `summary` of all files.

pub(crate) mod finding;
pub(crate) mod summary;
