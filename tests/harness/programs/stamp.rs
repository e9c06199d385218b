//! What a kept program was built from, so that a changed go.mod builds it again. Not when, or by whom.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::programs::go;
use crate::programs::program::Program;

/// Whether the executable at `path` is there and was built from what its go.mod says now.
pub(crate) fn is_current(program: Program, path: &Path) -> Result<bool> {
    let kept = match fs::read_to_string(beside(path)) {
        Ok(kept) => kept,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", beside(path).display())),
    };
    Ok(path.is_file() && kept == text(program)?)
}

/// Records what the executable at `path` was just built from.
pub(crate) fn write(program: Program, path: &Path) -> Result<()> {
    fs::write(beside(path), text(program)?)
        .with_context(|| format!("cannot write {}", beside(path).display()))
}

/// Everything that decides what is built, as is: a file of a few kilobytes needs no hash.
fn text(program: Program) -> Result<String> {
    let go_mod = go::read_go_mod(&program.module_dir())?;
    Ok(format!("{}\n{go_mod}", go::build_arguments(program, &go_mod).join(" ")))
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("stamp")
}
