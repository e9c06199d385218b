//! [`Shell`]: shows a command, then runs exactly that command.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use harness::binaries::Binaries;
use harness::failure::Failure;
use harness::programs::Programs;
use harness::programs::program::Program;
use tokio::process::Command;

use crate::paint;

/// Prints the heading of what is typed next.
pub(super) fn heading(text: &str) {
    println!("\n{}", paint::bold(text));
}

/// Fails if git is missing.
pub(super) fn check_git() -> Result<()> {
    let there = std::process::Command::new("git")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    ensure!(there, Failure::new("the demo needs git", "install it: apt-get install git"));
    Ok(())
}

/// A shell with kubectl, helm and kubeseal-rs on its PATH, in a folder of its own, with the admin's kubeconfig.
#[derive(Debug)]
pub(super) struct Shell {
    dir: PathBuf,
    kubeconfig: PathBuf,
    /// Where kubeseal-rs keeps what was accepted of a project file, instead of the user's own folder.
    config: PathBuf,
    /// Where kubeseal-rs keeps the certificates of clusters that are gone after the demo.
    cache: PathBuf,
    tools: Vec<PathBuf>,
}

/// The environment of git: an author, and none of the user's own settings.
const GIT: [(&str, &str); 6] = [
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_AUTHOR_NAME", "A developer"),
    ("GIT_AUTHOR_EMAIL", "developer@example.com"),
    ("GIT_COMMITTER_NAME", "A developer"),
    ("GIT_COMMITTER_EMAIL", "developer@example.com"),
];

impl Shell {
    /// In a new folder `demo` of `dir`.
    pub(super) fn new(
        dir: &Path,
        kubeconfig: PathBuf,
        programs: &Programs,
        binaries: &Binaries,
    ) -> Result<Self> {
        let (dir, config, cache) = (dir.join("demo"), dir.join("config"), dir.join("cache"));
        fs::create_dir(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let tools = [programs.path(Program::Kubectl)?, programs.path(Program::Helm)?, &binaries.kubeseal];
        let mut tools: Vec<_> = tools.into_iter().filter_map(Path::parent).map(Path::to_owned).collect();
        tools.dedup();
        Ok(Self { dir, kubeconfig, config, cache, tools })
    }

    /// The folder in which commands run.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Prints how a user gets the same shell in another terminal.
    pub(super) fn print_setup(&self) {
        let tools: Vec<_> = self.tools.iter().map(|dir| dir.display().to_string()).collect();
        println!("export KUBECONFIG={}", self.kubeconfig.display());
        println!("export XDG_CONFIG_HOME={}", self.config.display());
        println!("export XDG_CACHE_HOME={}", self.cache.display());
        println!("export PATH={}:$PATH", tools.join(":"));
        println!("cd {}", self.dir.display());
    }

    /// Writes a file, and shows it as `cat` would.
    pub(super) fn file(&self, name: &str, content: &str) -> Result<()> {
        println!("{}", paint::command(&format!("$ cat {name}")));
        print!("{content}");
        fs::write(self.dir.join(name), content).with_context(|| format!("cannot write {name}"))
    }

    /// Runs a line; its output goes where ours goes.
    pub(super) async fn run(&self, line: &str) -> Result<()> {
        self.run_in(&self.dir, line).await
    }

    /// A shell in another folder.
    pub(super) async fn run_in(&self, dir: &Path, line: &str) -> Result<()> {
        println!("{}", paint::command(&format!("$ {line}")));
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(dir)
            .envs(GIT)
            .env("KUBECONFIG", &self.kubeconfig)
            .env("XDG_CONFIG_HOME", &self.config)
            .env("XDG_CACHE_HOME", &self.cache)
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
