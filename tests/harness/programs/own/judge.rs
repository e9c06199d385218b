//! [`Judge`]: a Go program of this repository (`tests/programs/*`, with a `main.go`) that gives a test the result of
//! another project's library. Upstream's programs are in `program`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::programs::own::pipe;
use crate::programs::{module_files, own};

/// A Go program that was built.
#[derive(Debug, Clone)]
pub struct Judge {
    source: PathBuf,
    program: PathBuf,
}

impl Judge {
    /// Builds the program of the folder `tests/programs/NAME`. Blocks for a minute the first time.
    pub fn ready(name: &str) -> Result<Self> {
        let source = own::source(name);
        Ok(Self { program: own::build(name, &format!("judge-{name}"))?, source })
    }

    /// The files of `module` at `version`, downloaded. They must match `sum` (as in a go.sum), whatever this machine's
    /// Go verifies by itself.
    pub fn files_of(&self, module: &str, version: &str, sum: &str) -> Result<PathBuf> {
        module_files::at_version(&self.source, module, version, sum)
    }

    /// Runs it with `args` and `input`; returns its standard output.
    pub fn run(&self, args: &[String], input: &str) -> Result<String> {
        let name = self.program.file_name().unwrap_or_default().display().to_string();
        pipe::run(Command::new(&self.program).args(args), &name, input.as_bytes())
    }
}
