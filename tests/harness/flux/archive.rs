//! Archives as source-controller makes them of a commit: `.tar.gz`.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::process::Command;

/// Of these files, each a path and its content.
pub(super) fn of_files(files: &[(&str, &str)]) -> Result<Vec<u8>> {
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

/// Of the last commit in the git repository at `dir`; and that commit's id.
pub(super) async fn of_head(dir: &Path) -> Result<(String, Vec<u8>)> {
    let id = String::from_utf8(git(dir, &["rev-parse", "HEAD"]).await?).context("git wrote no UTF-8")?;
    let id = id.trim().to_owned();
    let archive = git(dir, &["archive", "--format=tar.gz", &id]).await?;
    Ok((id, archive))
}

async fn git(dir: &Path, args: &[&str]) -> Result<Vec<u8>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).args(args).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.context("cannot run git")?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "git {} failed: {}", args.join(" "), stderr.trim_end());
    Ok(output.stdout)
}
