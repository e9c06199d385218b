//! [`Clock`]: the time of day as one process sees it, which a test sets while the process runs.
//!
//! Decided: a library of sixty lines of C, compiled when needed, that replaces libc's clock (`LD_PRELOAD`); instead of
//! libfaketime, which a machine may not have, and of a flag of the controller's, which would exist in production too.
//! Not `unshare --time`, which moves every clock except this one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;

use crate::failure::Unrun;

/// A clock for one or more processes. It shows the right time until [`set`](Self::set).
#[derive(Debug)]
pub struct Clock {
    dir: TempDir,
}

impl Clock {
    /// Makes a clock. An [`Unrun`] error where there is no C compiler, or no dynamic loader of Linux.
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

    /// Sets it this many seconds ahead, or behind. Takes effect at once.
    pub fn set(&self, ahead: i64) -> Result<()> {
        let nanoseconds = ahead.checked_mul(1_000_000_000).context("no clock is that wrong")?;
        // Overwritten in place: the processes have this file mapped.
        let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(self.file())?;
        std::os::unix::fs::FileExt::write_all_at(&file, &nanoseconds.to_ne_bytes(), 0)
            .context("cannot set the clock")
    }

    /// The environment of a process that uses this clock.
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
