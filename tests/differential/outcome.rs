//! [`Outcome`]: the result of one kubeseal in one case: exit code, and the meaning of what it wrote.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use envelope::PrivateKey;
use serde_json::Value;
use tests::process::cli::CliOutput;

use crate::accepted::AcceptedRefusal;
use crate::case::Case;
use crate::meaning::{meaning, objects};

/// Success or not, the exit code, and the meaning of all that was written.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub succeeded: bool,
    /// None where a signal ended it, or where it had to be killed.
    pub code: Option<i32>,
    /// Whether it ended by a signal or a panic, or had to be killed.
    pub crashed: bool,
    pub stdout: Value,
    /// Files that the case has, and files that were made.
    pub files: BTreeMap<String, Value>,
    /// Whether a file of the case was changed.
    pub touched: bool,
    /// Manifests that were written.
    pub manifests: Vec<Manifest>,
    /// What the API server answered to them, if it refused them.
    pub refused: Option<AcceptedRefusal>,
    pub stderr: String,
}

/// Objects as they were written.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// `json` or `yaml`.
    pub format: &'static str,
    /// How many there are.
    pub objects: usize,
    pub text: String,
}

/// The exit code of a Rust program that panicked. Go's has 2, as a flag that does not exist.
const PANICKED: i32 = 101;

impl Outcome {
    /// The outcome of a run that had to be killed.
    pub(crate) fn hangs() -> Self {
        Self {
            succeeded: false,
            code: None,
            crashed: true,
            stdout: Value::Null,
            files: BTreeMap::new(),
            touched: false,
            manifests: Vec::new(),
            refused: None,
            stderr: "it does not end".into(),
        }
    }

    /// The outcome of a run in `dir`.
    pub(crate) fn of(ran: CliOutput, case: &Case, dir: &Path, key: &PrivateKey) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut touched = false;
        let mut manifests: Vec<Manifest> = manifest(&ran.stdout).into_iter().collect();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Links are the fixtures; folders belong to the case and hold no output.
            if !entry.file_type()?.is_file() {
                continue;
            }
            let content = fs::read(entry.path()).with_context(|| format!("cannot read {name}"))?;
            let before = case.files.iter().find(|(there, _)| *there == name);
            if before.is_none_or(|(_, before)| *before != content) {
                touched = true;
                manifests.extend(manifest(&content));
            }
            files.insert(name, meaning(&content, key));
        }
        Ok(Self {
            succeeded: ran.status.success(),
            code: ran.status.code(),
            crashed: ran.status.code().is_none_or(|code| code == PANICKED)
                || ran.stderr.starts_with("panic: "),
            stdout: meaning(&ran.stdout, key),
            files,
            touched,
            manifests,
            refused: None,
            stderr: ran.stderr,
        })
    }
}

/// The output as a manifest, unless it is a raw value or a certificate.
fn manifest(written: &[u8]) -> Option<Manifest> {
    let text = std::str::from_utf8(written).ok()?;
    let (format, objects) = objects(text)?;
    let is_one = !objects.is_empty() && objects.iter().all(|object| object["kind"].is_string());
    is_one.then(|| Manifest { format, objects: objects.len(), text: text.to_owned() })
}
