//! Programs of other projects, found, or built once from Go modules and kept under `target/programs`; and small Go
//! programs of this repository ([`own`]), which give a test the result of a Go library.
//!
//! [`control_plane`](crate::control_plane), [`pod`](crate::pod), [`chart`](crate::chart) and
//! [`cli`](crate::process::cli) run them.
//!
//! Decided: `go build` in a folder with a go.mod and go.sum of our own (`tests/programs/*`), because `go install
//! pkg@version` refuses modules with `replace` lines, which Kubernetes has, and because go.sum pins every byte; instead
//! of downloading release archives, which not every machine that runs the tests can reach.

pub(crate) mod assets;
pub(crate) mod build;
pub(crate) mod disk_space;
pub(crate) mod flux_definitions;
pub(crate) mod go;
pub(crate) mod module_files;
pub mod own;
pub mod program;
pub(crate) mod progress;
pub(crate) mod stamp;
pub mod upstream_chart;
pub mod upstream_flags;

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

use crate::programs::program::Program;
use crate::programs::progress::Progress;
use crate::workspace;

/// The requested programs, each with the path of its executable.
#[derive(Debug, Clone)]
pub struct Programs {
    paths: BTreeMap<Program, PathBuf>,
}

impl Programs {
    /// All programs that the tests on this machine can use; those of a node only if `with_node`.
    pub fn all(with_node: bool) -> Result<Self> {
        let node: &[Program] = if with_node { &Program::NODE } else { &[] };
        let others =
            [Program::SYSTEM.as_slice(), &Program::AGE, &Program::RELEASE, &[Program::KustomizeController]];
        Self::ready(&[others.concat().as_slice(), node].concat())
    }

    /// Finds or builds the programs `wanted`. Blocks while it builds, which takes minutes the first time; prints on
    /// standard error what it builds.
    pub fn ready(wanted: &[Program]) -> Result<Self> {
        let (mut paths, missing) = assets::found(wanted);
        let dir = Self::dir();
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        // Locked until the builds are done: a second test binary, or a second terminal, waits and then finds the
        // programs.
        let _lock = lock(&dir)?;
        let mut stale = Vec::new();
        for program in missing {
            let path = dir.join(program.file_name());
            if !stamp::is_current(program, &path)? {
                stale.push(program);
            }
            paths.insert(program, path);
        }
        if !stale.is_empty() {
            build::build(&stale, &dir)?;
        }
        Ok(Self { paths })
    }

    /// The path of one of them. An error if it was not requested.
    pub fn path(&self, program: Program) -> Result<&Path> {
        let path = self.paths.get(&program).map(PathBuf::as_path);
        path.ok_or_else(|| anyhow!("{program} is needed here, but is not in the suite's list of programs"))
    }

    /// The folder of the built programs, under their own names, for a PATH.
    pub fn dir() -> PathBuf {
        workspace::target_dir().join("programs")
    }
}

fn lock(dir: &Path) -> Result<File> {
    let path = dir.join(".lock");
    let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            Progress::note("waiting for another process that is building the test programs…");
            file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("cannot lock {}", path.display()));
        }
    }
    Ok(file)
}
