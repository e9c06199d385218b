//! Paths in the checkout. The modules that build files say what is built.

use std::env;
use std::path::{Path, PathBuf};

/// The checkout: the folder of the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// Cargo's target directory: `CARGO_TARGET_DIR`, else `target` in the checkout.
pub fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The chart that this project ships.
pub fn chart_dir() -> PathBuf {
    root().join("charts/sealed-secrets")
}
