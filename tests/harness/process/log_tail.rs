//! Reads the log of a process.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// The whole log. Bytes that are not UTF-8 are replaced.
pub(crate) fn read_log(log: &Path) -> Result<String> {
    let bytes = fs::read(log).with_context(|| format!("cannot read {}", log.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The last `count` lines, indented, for an error message; where it cannot be read, that is the line.
pub(crate) fn log_tail(log: &Path, count: usize) -> String {
    let text = read_log(log).unwrap_or_else(|error| format!("({error:#})"));
    let lines: Vec<_> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(count)..];
    last.iter().flat_map(|line| ["    ", line, "\n"]).collect()
}
