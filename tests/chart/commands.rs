//! helm and kubectl as a user runs them, at the root of the checkout.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tests::lab::Lab;
use tests::programs::program::Program;
use tests::workspace;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// How a command ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ran {
    pub succeeded: bool,
    /// None if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Standard output of a command that succeeded; else an error with everything that it wrote.
    pub(crate) fn stdout(self) -> Result<String> {
        ensure!(self.succeeded, "{}{}", self.stdout, self.stderr);
        Ok(self.stdout)
    }
}

pub(crate) async fn helm(lab: &Lab, args: &[&str]) -> Result<Ran> {
    as_admin(lab, Program::Helm, args, "").await
}

pub(crate) async fn kubectl(lab: &Lab, args: &[&str], stdin: &str) -> Result<Ran> {
    as_admin(lab, Program::Kubectl, args, stdin).await
}

async fn as_admin(lab: &Lab, program: Program, args: &[&str], stdin: &str) -> Result<Ran> {
    let mut command = Command::new(lab.programs.path(program)?);
    command.args(args).env("KUBECONFIG", lab.control_plane.kubeconfig());
    run(command, stdin).await
}

pub(crate) async fn run(mut command: Command, stdin: &str) -> Result<Ran> {
    command.current_dir(workspace::root()).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("a program cannot be started")?;
    let mut pipe = child.stdin.take().context("no pipe to standard input")?;
    let stdin = stdin.to_owned();
    // On a task of its own: a program that writes before it has read everything would otherwise wait for this process,
    // and this process for it.
    let writer = tokio::spawn(async move {
        // A program that does not read its input may close it.
        let _ = pipe.write_all(stdin.as_bytes()).await;
    });
    let output = child.wait_with_output().await?;
    writer.await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ran {
        succeeded: output.status.success(),
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    })
}
