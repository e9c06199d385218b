//! Commands as a person types them: shown, then run by a shell word for word, so that what is shown is what was done.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use harness::lab::Lab;
use harness::programs::Program;
use tokio::process::Command;

use crate::paint;

/// A shell with kubectl, helm and kubeseal-rs on its PATH, in a folder of its own, with the admin's kubeconfig.
#[derive(Debug)]
pub(super) struct Shell {
    dir: PathBuf,
    kubeconfig: PathBuf,
    tools: Vec<PathBuf>,
}

impl Shell {
    pub(super) fn new(lab: &Lab) -> Result<Self> {
        let dir = lab.control_plane.dir().join("demo");
        fs::create_dir(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let programs =
            [lab.programs.path(Program::Kubectl)?, lab.programs.path(Program::Helm)?, &lab.binaries.kubeseal];
        let mut tools: Vec<_> = programs.into_iter().filter_map(Path::parent).map(Path::to_owned).collect();
        tools.dedup();
        Ok(Self { dir, kubeconfig: lab.control_plane.kubeconfig(), tools })
    }

    /// The folder in which commands run.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The folders in which kubectl, helm and kubeseal-rs are.
    pub(super) fn tools(&self) -> &[PathBuf] {
        &self.tools
    }

    /// Writes a file, and shows it as if a person had asked to see it.
    pub(super) fn file(&self, name: &str, content: &str) -> Result<()> {
        println!("{}", paint::command(&format!("$ cat {name}")));
        print!("{content}");
        fs::write(self.dir.join(name), content).with_context(|| format!("cannot write {name}"))
    }

    /// Runs a line; its output goes where ours goes.
    pub(super) async fn run(&self, line: &str) -> Result<()> {
        self.run_in(&self.dir, line).await
    }

    /// The same in another folder.
    pub(super) async fn run_in(&self, dir: &Path, line: &str) -> Result<()> {
        println!("{}", paint::command(&format!("$ {line}")));
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(dir)
            .env("KUBECONFIG", &self.kubeconfig)
            .env("PATH", self.path()?);
        let status = command.kill_on_drop(true).status().await.context("cannot run sh")?;
        ensure!(status.success(), "`{line}` ended with {status}");
        Ok(())
    }

    fn path(&self) -> Result<OsString> {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let folders = self.tools.iter().cloned().chain(env::split_paths(&inherited));
        env::join_paths(folders).context("a folder of the PATH has a colon in its name")
    }
}
