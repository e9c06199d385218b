//! A file that records what a kept program was built from, so that a changed go.mod builds it again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::programs::go;
use crate::programs::program::Program;

/// Whether the executable at `path` exists and was built from the present go.mod.
pub(crate) fn is_current(program: Program, path: &Path) -> Result<bool> {
    let stamp = match fs::read_to_string(beside(path)) {
        Ok(stamp) => stamp,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", beside(path).display())),
    };
    Ok(path.is_file() && stamp == text(program)?)
}

/// Records what the executable at `path` was built from.
pub(crate) fn write(program: Program, path: &Path) -> Result<()> {
    fs::write(beside(path), text(program)?)
        .with_context(|| format!("cannot write {}", beside(path).display()))
}

/// Everything that decides what is built, as text: a few kilobytes need no hash.
fn text(program: Program) -> Result<String> {
    let go_mod = go::read_go_mod(&program.module_dir())?;
    Ok(format!("{}\n{go_mod}", go::build_arguments(program, &go_mod).join(" ")))
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("stamp")
}
