//! [`Judge`]: a Go program of this repository (`tests/programs/*`, with a `main.go`) that gives a test the result of
//! another project's library. Upstream's programs are in `program`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context as _, Result, bail};

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
        let name = self.name().display();
        let mut child = Command::new(&self.program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        let mut stdin = child.stdin.take().context("no standard input")?;
        // Written and read at the same time: a long input and a long output would otherwise wait for each other.
        let output = thread::scope(|scope| {
            let writing = scope.spawn(move || stdin.write_all(input.as_bytes()));
            let output = child.wait_with_output();
            // A program that failed has closed its input early; its own message says more than the broken pipe.
            drop(writing.join());
            output
        })?;
        if !output.status.success() {
            bail!("{name} failed with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        }
        String::from_utf8(output.stdout).with_context(|| format!("{name} did not answer in UTF-8"))
    }

    fn name(&self) -> &Path {
        Path::new(self.program.file_name().unwrap_or_default())
    }
}
