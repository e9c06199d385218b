//! An archive of kubeseal-rs for one platform.

mod content;
mod format;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::archive::content::Content;
use crate::platform::Platform;
use crate::program::{Linkage, Program};

/// Builds kubeseal-rs, and writes its archive into `dir`, which it creates; returns the path of the archive.
pub fn build(dir: &Path, linkage: Linkage) -> Result<PathBuf> {
    write(dir, Program::kubeseal_rs(linkage)?.path(), &Platform::host(linkage))
}

/// Writes the archive of the executable `program` into `dir`.
pub fn write(dir: &Path, program: &Path, platform: &Platform) -> Result<PathBuf> {
    let content = Content::of(program, platform.program())?;
    let bytes = if platform.is_windows() { format::zip(&content)? } else { format::tar_gz(&content)? };
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let path = dir.join(platform.archive());
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
