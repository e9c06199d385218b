//! `each_file`: the files that are staged in Git, as they are staged.
//!
//! Decided: asks the program git, because the index, worktrees, sparse checkouts and what a hook's environment says
//! about them are its own business.

use super::error::GuardError;
use crate::command::walk::as_path;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::slice;
use zeroize::Zeroizing;

/// Shows each file that is staged, with what is staged of it, to `look`, and whether it was named itself.
pub(super) fn each_file(
    paths: &[PathBuf],
    look: &mut impl FnMut(&Path, &[u8], bool),
) -> Result<(), GuardError> {
    // Elsewhere, `git diff` would compare any two files.
    git("rev-parse", &["--is-inside-work-tree"], &[])?;
    let files = changed(paths)?;
    for path in paths.iter().filter(|path| fs::symlink_metadata(path).is_err()) {
        if !is_known(path)? {
            return Err(GuardError::NotStaged(path.clone()));
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    let mut blobs = Blobs::start()?;
    for (path, id) in files {
        let blob = blobs.get(&id).map_err(|_| GuardError::Answer("cat-file"))?;
        // Git names it from the top of the work tree, and we may be further down.
        let is_named = paths.iter().any(|named| path.ends_with(named.strip_prefix("./").unwrap_or(named)));
        look(&path, &blob, is_named);
    }
    Ok(())
}

/// Whether git has, or had before what is staged, anything under that name or pattern.
fn is_known(path: &PathBuf) -> Result<bool, GuardError> {
    let path = slice::from_ref(path);
    Ok(!git("ls-files", &["-z"], path)?.is_empty()
        || !git("diff", &["--cached", "--name-only", "-z"], path)?.is_empty())
}

/// Path and blob of each file whose content is new in the index.
fn changed(paths: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, GuardError> {
    const ARGUMENTS: [&str; 8] = [
        "--cached",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--diff-filter=ACMT",
        "--no-ext-diff",
        "--ignore-submodules",
    ];
    let answer = git("diff", &ARGUMENTS, paths)?;
    let mut files = Vec::new();
    let mut fields = answer.split(|byte| *byte == 0);
    while let (Some(facts), Some(path)) = (fields.next(), fields.next()) {
        let facts = std::str::from_utf8(facts).map_err(|_| GuardError::Answer("diff"))?;
        // `:MODE MODE ID ID STATUS`, of which the second is the index's.
        let facts: Vec<&str> = facts.split(' ').collect();
        let [_, mode, _, id, _] = facts[..] else { return Err(GuardError::Answer("diff")) };
        // No links, no submodules.
        if mode.starts_with("100") {
            files.push((as_path(path), id.to_owned()));
        }
    }
    Ok(files)
}

/// What git answers.
fn git(command: &'static str, arguments: &[&str], paths: &[PathBuf]) -> Result<Vec<u8>, GuardError> {
    let mut git = Command::new("git");
    // Told of everything, in whatever directory somebody stands.
    git.args(["-c", "diff.relative=false", command]).args(arguments).stdin(Stdio::null());
    if !paths.is_empty() {
        git.arg("--").args(paths);
    }
    let output = git.output().map_err(GuardError::Start)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it does not say why").trim_start_matches("fatal: ").to_owned();
    Err(GuardError::Git { command, said })
}

/// A `git cat-file` that answers for one blob after the other.
struct Blobs {
    git: Child,
    ask: Option<ChildStdin>,
    /// Without a buffer, which would keep parts of what was read.
    answers: ChildStdout,
}

impl Blobs {
    fn start() -> Result<Self, GuardError> {
        let mut git = Command::new("git")
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(GuardError::Start)?;
        let ask = git.stdin.take();
        let answers = git.stdout.take().ok_or(GuardError::Answer("cat-file"))?;
        Ok(Self { git, ask, answers })
    }

    fn get(&mut self, id: &str) -> std::io::Result<Zeroizing<Vec<u8>>> {
        let unknown = || std::io::Error::other("unknown answer");
        let ask = self.ask.as_mut().ok_or_else(unknown)?;
        ask.write_all(format!("{id}\n").as_bytes())?;
        ask.flush()?;
        // `ID blob SIZE`
        let mut facts = Vec::new();
        let mut byte = [0];
        while byte != *b"\n" {
            self.answers.read_exact(&mut byte)?;
            facts.extend(byte);
        }
        let facts = String::from_utf8_lossy(&facts);
        let size =
            facts.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(unknown)?;
        let mut blob = Zeroizing::new(vec![0; size]);
        self.answers.read_exact(&mut blob)?;
        self.answers.read_exact(&mut [0])?;
        Ok(blob)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // It ends when nobody asks any more.
        drop(self.ask.take());
        let _ = self.git.wait();
    }
}
