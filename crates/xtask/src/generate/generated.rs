//! [`Generated`]: a file as it should be.

use std::path::PathBuf;

/// A file that is generated from others.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) path: PathBuf,
    pub(super) contents: String,
    /// What to change in order to change it.
    pub(super) source: &'static str,
}
