//! [`Outcome`]: how one kubeseal answered one case, reduced to what it means.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use envelope::PrivateKey;
use serde_json::Value;
use tests::kubeseal::Ran;

use crate::case::Case;
use crate::meaning::meaning;

/// Success or not, and the meaning of all that was written.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub succeeded: bool,
    /// It ended by a signal or a panic, or not at all, which no program may.
    pub crashed: bool,
    pub stdout: Value,
    /// Files that the case brought along or that were made.
    pub files: BTreeMap<String, Value>,
    /// A file of the case is not what it was.
    pub touched: bool,
    pub stderr: String,
}

/// The exit code of a Rust program that panicked.
const PANICKED: i32 = 101;

impl Outcome {
    /// Of a run that had to be ended.
    pub(crate) fn hangs() -> Self {
        Self {
            succeeded: false,
            crashed: true,
            stdout: Value::Null,
            files: BTreeMap::new(),
            touched: false,
            stderr: "it does not end".into(),
        }
    }

    /// Of a run in `dir`.
    pub(crate) fn of(ran: Ran, case: &Case, dir: &Path, key: &PrivateKey) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut touched = false;
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Links are the fixtures, folders are the case's own and hold no output.
            if !entry.file_type()?.is_file() {
                continue;
            }
            let content = fs::read(entry.path()).with_context(|| format!("cannot read {name}"))?;
            let before = case.files.iter().find(|(there, _)| *there == name);
            touched |= before.is_none_or(|(_, before)| *before != content);
            files.insert(name, meaning(&content, key));
        }
        Ok(Self {
            succeeded: ran.status.success(),
            crashed: ran.status.code().is_none_or(|code| code == PANICKED),
            stdout: meaning(&ran.stdout, key),
            files,
            touched,
            stderr: ran.stderr,
        })
    }
}
