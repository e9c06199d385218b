//! Paths in the checkout. The modules that build files say what is built.

use std::path::PathBuf;

pub use release::workspace::{root, target_dir};

/// The chart that this project ships.
pub fn chart_dir() -> PathBuf {
    root().join("charts/sealed-secrets")
}
