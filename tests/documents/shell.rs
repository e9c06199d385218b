//! [`Shell`]: the reader's terminal: a folder with the chart in it, and a PATH with kubectl, helm, age and kubeseal-rs.

use std::os::unix::fs::symlink;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tests::lab::Lab;
use tests::programs::program::Program;
use tests::user::page::console::Typed;
use tests::workspace;
use tokio::process::Command;

/// Longer than any command of a page takes.
const LONGEST: Duration = Duration::from_mins(3);

/// The fingerprint that the pages show as an example. The test replaces it by that of the oldest active key.
const EXAMPLE: &str = "3f2a9c0d1e2b";
const OLDEST: &str = "kubeseal-rs keys list -o json";

pub(crate) struct Shell<'a> {
    lab: &'a Lab,
    /// The reader's folders: `work` is the working directory, `tools` is on the PATH, `home` holds caches.
    folder: TempDir,
}

impl<'a> Shell<'a> {
    pub(crate) fn new(lab: &'a Lab) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for name in ["work", "tools", "home"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        let tools = folder.path().join("tools");
        for program in [Program::Kubectl, Program::Helm, Program::Age, Program::AgeKeygen] {
            symlink(lab.programs.path(program)?, tools.join(program.file_name()))?;
        }
        symlink(&lab.binaries.kubeseal, tools.join("kubeseal-rs"))?;
        symlink(workspace::root().join("charts"), folder.path().join("work/charts"))?;
        Ok(Self { lab, folder })
    }

    /// Writes a file into the folder in which commands run.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        std::fs::write(self.folder.path().join("work").join(name), text)
            .with_context(|| format!("cannot write {name}"))
    }

    /// Runs a command of a page, which must do what the page shows.
    pub(crate) async fn types(&self, typed: &Typed) -> Result<()> {
        let command = &typed.command;
        let command = if command.contains(EXAMPLE) {
            command.replace(EXAMPLE, &self.oldest_active_key().await?)
        } else {
            command.clone()
        };
        let (succeeded, output) = self.run(&command).await?;
        ensure!(succeeded != typed.fails(), "$ {command}\n{output}\nit succeeded: {succeeded}");
        if let Some(shown) = typed.missing_in(&output) {
            anyhow::bail!("$ {command}\n{output}\nthe page shows a line that is not in this output: {shown}");
        }
        Ok(())
    }

    /// Runs a command that must succeed; its output.
    pub(crate) async fn succeeds(&self, command: &str) -> Result<String> {
        let (succeeded, output) = self.run(command).await?;
        ensure!(succeeded, "$ {command}\n{output}");
        Ok(output)
    }

    async fn oldest_active_key(&self) -> Result<String> {
        let listing: serde_json::Value = serde_json::from_str(&self.succeeds(OLDEST).await?)?;
        let keys = listing["keys"].as_array().context("no keys")?;
        let oldest = keys.iter().rfind(|key| key["state"] == "active").context("no active key")?;
        let fingerprint = oldest["fingerprint"].as_str().context("no fingerprint")?;
        Ok(fingerprint.chars().take(EXAMPLE.len()).collect())
    }

    /// Whether it succeeded, and what it wrote to standard output and standard error.
    async fn run(&self, command: &str) -> Result<(bool, String)> {
        let folder = self.folder.path();
        let path = format!(
            "{}:{}",
            folder.join("tools").display(),
            std::env::var("PATH").context("there is no PATH")?
        );
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("exec 2>&1; {command}")])
            .env_clear()
            .env("PATH", path)
            .env("HOME", folder.join("home"))
            .env("KUBECONFIG", self.lab.control_plane.kubeconfig())
            .current_dir(folder.join("work"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = tokio::time::timeout(LONGEST, shell.output())
            .await
            .with_context(|| format!("`{command}` is not done after {LONGEST:?}"))?
            .context("cannot run sh")?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned()))
    }
}
