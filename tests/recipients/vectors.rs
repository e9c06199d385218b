//! The committed vectors, and those that the Python program writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tests::workspace;

use crate::stage::Program;

/// Fewer vectors would mean that the folder was not found.
const AT_LEAST: usize = 80;

pub(crate) async fn are_what_python_writes(program: Arc<Program>) -> Result<()> {
    compare(&program, "recipients.py", "crates/recipients/tests")
}

/// Compares the vectors in a folder `tests` of a crate with those that a Python program writes.
pub(crate) fn compare(program: &Program, file: &str, tests: &str) -> Result<()> {
    let written = tempfile::tempdir()?;
    let folder = written.path().to_str().context("the temporary folder is not UTF-8")?;
    program.python.run(file, &["vectors", folder], b"")?;
    let committed = files(&workspace::root().join(tests).join("vectors"))?;
    let by_python = files(written.path())?;
    ensure!(committed.len() >= AT_LEAST, "there are {} vectors", committed.len());
    let names = committed.keys().chain(by_python.keys());
    let mut differing: Vec<_> = names.filter(|name| committed.get(*name) != by_python.get(*name)).collect();
    differing.sort();
    differing.dedup();
    ensure!(
        differing.is_empty(),
        "Python writes other vectors than those committed ({tests}/README.md says how to write them): {differing:?}"
    );
    Ok(())
}

/// The texts of the files in a folder, by name.
fn files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        files.insert(entry.file_name().display().to_string(), fs::read_to_string(entry.path())?);
    }
    Ok(files)
}
