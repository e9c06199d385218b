//! Whether a disk has room for a build, checked before it starts. Nothing is deleted.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::failure::Failure;

const GIB: u64 = 1 << 30;

/// Fails, with advice, unless the file system that holds `dir` (or will) has `needed` bytes free.
pub(crate) fn check(dir: &Path, needed: u64, what_for: &str) -> Result<()> {
    let existing = dir.ancestors().find(|dir| dir.exists()).unwrap_or(dir);
    let fs = rustix::fs::statvfs(existing)
        .with_context(|| format!("cannot find out how much space is free at {}", existing.display()))?;
    let free = fs.f_bavail.saturating_mul(fs.f_frsize);
    ensure!(free >= needed, too_little(dir, free, needed, what_for));
    Ok(())
}

fn too_little(dir: &Path, free: u64, needed: u64, what_for: &str) -> Failure {
    Failure::new(
        format!("{} has {} free, and {what_for} takes {}", dir.display(), gib(free), gib(needed)),
        "free some space there, or move it: CARGO_TARGET_DIR, GOCACHE and GOMODCACHE say where things are kept",
    )
}

fn gib(bytes: u64) -> String {
    format!("{}.{} GiB", bytes / GIB, bytes % GIB * 10 / GIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_counts_as_its_parent() -> Result<()> {
        let dir = tempfile::tempdir()?;
        check(&dir.path().join("a/b"), 1, "nothing")
    }

    #[test]
    fn too_little_names_the_place_and_both_numbers() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let error = check(dir.path(), u64::MAX, "the moon").expect_err("no disk is that big");
        let text = crate::failure::report(&error);
        assert!(text.contains(&dir.path().display().to_string()), "{text}");
        assert!(text.contains("the moon takes 17179869183.9 GiB"), "{text}");
        assert!(text.contains("CARGO_TARGET_DIR"), "{text}");
        Ok(())
    }
}
