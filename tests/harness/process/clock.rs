//! [`Clock`]: the time of day as one process sees it, set by a test while it runs.
//!
//! Decided: a library of sixty lines of C, compiled where it is needed, that stands before libc's clock (`LD_PRELOAD`); instead
//! of libfaketime, which a machine may not have, and of a flag of the controller's, which would be there in production too. Not
//! `unshare --time`, which moves every clock but this one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;

use crate::failure::Unrun;

/// A clock for one or more processes: right, until [`set`](Self::set).
#[derive(Debug)]
pub struct Clock {
    dir: TempDir,
}

impl Clock {
    /// Makes one. An [`Unrun`] error where there is no C compiler, or none of Linux's dynamic loader.
    pub async fn new() -> Result<Self> {
        let clock = Self { dir: TempDir::new().context("cannot make a folder")? };
        clock.set(0)?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/process/clock/shift.c");
        let output = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&clock.library(), &source])
            .output()
            .await
            .map_err(|error| Unrun::new(format!("no C compiler (cc): {error}")))?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "cc failed with {}:\n{}", output.status, stderr.trim_end());
        if !cfg!(target_os = "linux") {
            return Err(Unrun::new("another process's clock is set by LD_PRELOAD, as Linux has it").into());
        }
        Ok(clock)
    }

    /// So many seconds ahead of the right time, or behind. Counts at once.
    pub fn set(&self, ahead: i64) -> Result<()> {
        let nanoseconds = ahead.checked_mul(1_000_000_000).context("no clock is that wrong")?;
        // Written over in place: the processes that look at it have this very file mapped.
        let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(self.file())?;
        std::os::unix::fs::FileExt::write_all_at(&file, &nanoseconds.to_ne_bytes(), 0)
            .context("cannot set the clock")
    }

    /// What a process needs in its environment to live by it.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        let text = |path: PathBuf| path.display().to_string();
        [("LD_PRELOAD", text(self.library())), ("SHIFTED_CLOCK", text(self.file()))]
    }

    fn library(&self) -> PathBuf {
        self.dir.path().join("shift.so")
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("shift")
    }
}
