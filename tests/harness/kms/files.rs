//! The files by which the harness and a service of ours speak: what is wrong with its responses, and what it was asked for.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::NamedTempFile;

/// Replaces the file as a whole, because the service may read it at any time.
pub(crate) fn write_whole(path: &Path, value: &Value) -> Result<()> {
    let file = NamedTempFile::new_in(path.parent().unwrap_or(path)).and_then(|mut file| {
        file.write_all(value.to_string().as_bytes())?;
        Ok(file.persist(path)?)
    });
    file.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// The lines of JSON in a file, none if it is not there. A line that is still being written is left out.
pub(crate) fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
