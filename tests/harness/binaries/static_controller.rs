//! The controller as its image holds it: the release build, linked statically. `controller/build-static.sh` builds it,
//! and the Dockerfile runs that script too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::binaries::elf::Elf;
use crate::binaries::executable;
use crate::failure::Failure;
use crate::workspace;

/// The executable of `sealed-secrets-controller` for an image.
#[derive(Debug, Clone)]
pub struct StaticController {
    path: PathBuf,
}

impl StaticController {
    /// Builds it, with cargo's usual output on standard error, which takes minutes the first time. Checks that it starts where there is
    /// nothing else.
    pub fn build() -> Result<Self> {
        let script = workspace::root().join("controller/build-static.sh");
        // Tests that run meanwhile must not be late because of it.
        let output = Command::new("nice")
            .arg(&script)
            .arg("--message-format=json-render-diagnostics")
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot run {}", script.display()))?;
        ensure!(output.status.success(), "{} ended with {}", script.display(), output.status);
        let path = executable(&String::from_utf8_lossy(&output.stdout), "sealed-secrets-controller")?;
        let program = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let elf = Elf::parse(&program).with_context(|| format!("cannot understand {}", path.display()))?;
        ensure!(elf.is_static()?, not_static(&path));
        Ok(Self { path })
    }

    /// Path of the executable.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn not_static(path: &Path) -> Failure {
    Failure::new(
        format!("{} needs libraries, which its image does not have", path.display()),
        "build on Linux with glibc and its static library (Debian: libc6-dev)",
    )
}
