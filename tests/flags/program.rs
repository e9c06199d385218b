//! The two controllers, run without a cluster, and whether they accept their flags.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use tests::binaries::Binaries;
use tests::programs::Programs;
use tests::programs::program::Program as HarnessProgram;

/// One program.
#[derive(Debug)]
pub(crate) struct Program {
    path: PathBuf,
    /// What the program prints once it has accepted its flags.
    goes_on: &'static str,
}

/// Ours and upstream's.
#[derive(Debug)]
pub(crate) struct Both {
    pub ours: Program,
    pub upstreams: Program,
}

/// Whether a program accepted its flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Taken,
    Refused,
    /// It did what a flag such as `--help` says, and ended.
    Done,
}

/// The verdicts of both programs about the same flags.
#[derive(Debug)]
pub(crate) struct Judged {
    pub ours: Verdict,
    pub upstreams: Verdict,
}

/// What a program wrote, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Both {
    pub(crate) fn ready() -> Result<Self> {
        let upstreams = Programs::ready(&[HarnessProgram::UpstreamController])?
            .path(HarnessProgram::UpstreamController)?
            .to_owned();
        let ours = Binaries::ready()?.controller;
        Ok(Self {
            ours: Program { path: ours, goes_on: "sealed-secrets-controller stops" },
            upstreams: Program { path: upstreams, goes_on: "unable to load in-cluster configuration" },
        })
    }

    /// Runs both programs with the same flags.
    pub(crate) fn judge(&self, arguments: &[String], variables: &[(String, String)]) -> Result<Judged> {
        let verdict = |program: &Program| program.run(arguments, variables)?.verdict(program.goes_on);
        Ok(Judged { ours: verdict(&self.ours)?, upstreams: verdict(&self.upstreams)? })
    }

    /// The text in which upstream's program lists its flags and their types.
    pub(crate) fn upstreams_help(&self) -> Result<String> {
        let ran = self.upstreams.run(&["--help".to_owned()], &[])?;
        Ok(ran.stdout + &ran.stderr)
    }
}

impl Program {
    pub(crate) fn run(&self, arguments: &[String], variables: &[(String, String)]) -> Result<Ran> {
        let mut command = Command::new(&self.path);
        command.args(arguments).env_clear().env("KUBECONFIG", "/nonexistent").stdin(Stdio::null());
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().with_context(|| format!("cannot run {}", self.path.display()))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Ran {
            code: output.status.code().context("a signal ended it")?,
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        })
    }
}

impl Ran {
    fn verdict(&self, goes_on: &str) -> Result<Verdict> {
        match self.code {
            0 => Ok(Verdict::Done),
            _ if self.stderr.contains(goes_on) => Ok(Verdict::Taken),
            // Both programs exit with this code when they refuse a flag.
            2 => Ok(Verdict::Refused),
            code => bail!("it ended with {code}: {}{}", self.stdout, self.stderr),
        }
    }
}
