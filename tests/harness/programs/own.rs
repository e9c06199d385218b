//! Programs of this repository: the folders of `tests/programs` that have a `main.go`, and those in Python
//! ([`python`]).
//!
//! Go programs have no stamp: Go checks their sources each time, and builds nothing twice.

pub mod judge;
pub(crate) mod pipe;
pub mod python;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::programs::{Programs, go, lock};
use crate::workspace;

/// The folder of the program `name`.
pub(crate) fn source(name: &str) -> PathBuf {
    workspace::root().join("tests/programs").join(name)
}

/// Builds it under `file_name`, linked statically; returns its path. Blocks up to a minute the first time.
pub(crate) fn build(name: &str, file_name: &str) -> Result<PathBuf> {
    let dir = Programs::dir();
    fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let program = dir.join(file_name);
    let _lock = lock(&dir)?;
    let output = program.display().to_string();
    go::run(&source(name), &["build", "-mod=readonly", "-trimpath", "-o", &output, "."])
        .with_context(|| format!("{file_name} could not be built"))?;
    Ok(program)
}

/// The program of a node's pause image.
pub(crate) fn pause() -> Result<PathBuf> {
    build("pause", "pause")
}
