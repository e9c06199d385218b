//! The manifest by which Krew, the package manager of kubectl plugins, installs kubeseal-rs as `kubectl sealed-secrets`.
//!
//! Decided: `sealed-secrets`, because Krew wants names without `kube`, in the words of the user's domain; not `seal`, because it seals
//! and does more.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::checksums;
use crate::platform::Platform;

/// The name of the plugin, which is that of its file too.
const NAME: &str = "sealed-secrets";

/// Writes `dir/sealed-secrets.yaml` for the archives in `dir`, which are downloaded from `download_url/FILE`; returns its path.
pub fn write(dir: &Path, download_url: &str, homepage: &str) -> Result<PathBuf> {
    let mut text = head(homepage);
    let mut count = 0;
    for file in checksums::files(dir)? {
        // Krew takes one archive for each platform: the one that runs on every Linux.
        let Some(platform) = Platform::of_archive(&file).filter(|platform| !platform.needs_glibc) else {
            continue;
        };
        let url = format!("{}/{file}", download_url.trim_end_matches('/'));
        text += &entry(&platform, &url, &checksums::of_file(&dir.join(&file))?);
        count += 1;
    }
    ensure!(count > 0, "{} has no archive of version {}", dir.display(), env!("CARGO_PKG_VERSION"));
    let path = dir.join(format!("{NAME}.yaml"));
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn head(homepage: &str) -> String {
    format!(
        "apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: {NAME}
spec:
  version: v{}
  homepage: {homepage}
  shortDescription: Encrypt Secrets into SealedSecrets for Git
  description: |
    Seals Secrets with the public certificate of a cluster, so that they can be
    kept in Git. The sealed-secrets controller in the cluster turns each
    SealedSecret into the Secret it stands for. Also edits and reseals sealed
    files, finds plaintext before it is committed, and backs up sealing keys.
  caveats: |
    This is kubeseal-rs: use \"kubectl {NAME}\" where its documentation says
    \"kubeseal-rs\". The cluster needs a sealed-secrets controller.
  platforms:
",
        env!("CARGO_PKG_VERSION")
    )
}

fn entry(platform: &Platform, url: &str, sha256: &str) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "  - selector:
      matchLabels:
        os: {os}
        arch: {architecture}
    uri: {url}
    sha256: {sha256}
    files:
      - from: {program}
        to: .
      - from: LICENSE
        to: .
    bin: {program}
",
        os = platform.os,
        architecture = platform.architecture,
        program = platform.program(),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(os: &str, needs_glibc: bool) -> String {
        Platform { os: os.to_owned(), architecture: "arm64".to_owned(), needs_glibc }.archive()
    }

    #[test]
    fn each_platform_has_one_archive() -> Result<()> {
        let dir = tempfile::tempdir()?;
        assert!(write(dir.path(), "https://example.com", "https://example.com").is_err());
        for file in [archive("linux", false), archive("linux", true), archive("windows", false)] {
            fs::write(dir.path().join(file), "abc")?;
        }
        let manifest =
            fs::read_to_string(write(dir.path(), "https://example.com/v1/", "https://example.com")?)?;
        let lines = |start: &str| {
            let lines = manifest.lines().map(str::trim).filter(|line| line.starts_with(start));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let uri = |os| format!("uri: https://example.com/v1/{}", archive(os, false));
        assert_eq!(lines("uri: "), [uri("linux"), uri("windows")]);
        assert_eq!(lines("bin: "), ["bin: kubeseal-rs", "bin: kubeseal-rs.exe"]);
        assert_eq!(lines("sha256: ")[0], format!("sha256: {}", checksums::of(b"abc")));
        Ok(())
    }
}
