//! Archives as source-controller makes them of a commit: `.tar.gz`.

use std::path::Path;
use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::process::Command;

/// The archive of these files, each a path and its content.
pub(crate) fn of_files(files: &[(&str, &str)]) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(content.len())?);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, path, content.as_bytes())
            .with_context(|| format!("cannot archive {path}"))?;
    }
    archive.into_inner().and_then(GzEncoder::finish).context("cannot finish the archive")
}

/// The id of the last commit in the git repository at `dir`; None where there is none yet.
pub(crate) async fn head(dir: &Path) -> Result<Option<String>> {
    let output = git(dir, &["rev-parse", "--verify", "--quiet", "HEAD"]).await?;
    let id = String::from_utf8(output.stdout).context("git wrote no UTF-8")?;
    Ok(output.status.success().then(|| id.trim().to_owned()))
}

/// The archive of the commit `id` in the git repository at `dir`.
pub(crate) async fn of_commit(dir: &Path, id: &str) -> Result<Vec<u8>> {
    let output = git(dir, &["archive", "--format=tar.gz", id]).await?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "git cannot archive {id}: {}", stderr.trim_end());
    Ok(output.stdout)
}

async fn git(dir: &Path, args: &[&str]) -> Result<Output> {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).args(args).stdin(Stdio::null()).kill_on_drop(true);
    command.output().await.context("cannot run git")
}
