//! kubeseal as a function, ours or upstream's: arguments and standard input in, exit status and output out.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// A kubeseal, and its environment, which has nothing of the user's, so that a test means the same everywhere.
#[derive(Debug, Clone)]
pub struct Cli {
    program: PathBuf,
    env: Vec<(OsString, OsString)>,
    dir: Option<PathBuf>,
    /// An empty home directory, deleted with the last clone: no user's configuration is read, and caches stay in it.
    home: Arc<OnceLock<TempDir>>,
}

/// How a run ended, and what it wrote.
#[derive(Debug)]
pub struct CliOutput {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output, byte for byte.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
    command: String,
}

impl Cli {
    /// The kubeseal at `program`, without a cluster.
    pub fn new(program: &Path) -> Self {
        Self { program: program.to_owned(), env: Vec::new(), dir: None, home: Arc::default() }
    }

    /// Sets the kubeconfig.
    #[must_use]
    pub fn kubeconfig(self, path: &Path) -> Self {
        self.env("KUBECONFIG", path)
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn current_dir(mut self, dir: &Path) -> Self {
        self.dir = Some(dir.to_owned());
        self
    }

    /// Runs it until it ends, with any exit status.
    pub async fn run<S: AsRef<OsStr>>(&self, args: &[S], stdin: &[u8]) -> Result<CliOutput> {
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", self.home()?)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(dir) = &self.dir {
            command.current_dir(dir);
        }
        let text = line(&self.program, args);
        let mut child = command.spawn().with_context(|| format!("cannot run {text}"))?;
        let mut pipe = child.stdin.take().context("no pipe to standard input")?;
        let stdin = stdin.to_owned();
        // On a task of its own: a program that writes before it has read everything would otherwise wait for this
        // process, and this process for it.
        let writer = tokio::spawn(async move {
            // A program that ends without reading its input is no error here; the caller sees its status.
            let _ = pipe.write_all(&stdin).await;
        });
        let output = child.wait_with_output().await.with_context(|| format!("cannot wait for {text}"))?;
        writer.await.context("writing to standard input panicked")?;
        Ok(CliOutput {
            status: output.status,
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            command: text,
        })
    }

    fn home(&self) -> Result<&Path> {
        if let Some(home) = self.home.get() {
            return Ok(home.path());
        }
        let made = TempDir::new().context("cannot make a home directory")?;
        Ok(self.home.get_or_init(|| made).path())
    }

    /// Runs it; its standard output if it exits with 0, else an error that shows its standard error.
    pub async fn output<S: AsRef<OsStr>>(&self, args: &[S], stdin: &[u8]) -> Result<Vec<u8>> {
        self.run(args, stdin).await?.success()
    }
}

impl CliOutput {
    /// Its standard output if it exited with 0, else an error that shows its standard error.
    pub fn success(self) -> Result<Vec<u8>> {
        ensure!(
            self.status.success(),
            "`{}` ended with {}:\n{}",
            self.command,
            self.status,
            self.stderr.trim_end()
        );
        Ok(self.stdout)
    }

    /// Its standard error if it exited with `code`, else an error that shows both.
    pub fn failure(self, code: i32) -> Result<String> {
        ensure!(
            self.status.code() == Some(code),
            "`{}` ended with {} and not with {code}:\n{}",
            self.command,
            self.status,
            self.stderr.trim_end()
        );
        Ok(self.stderr)
    }
}

fn line<S: AsRef<OsStr>>(program: &Path, args: &[S]) -> String {
    let name = program.file_name().unwrap_or(program.as_os_str()).display().to_string();
    let args = args.iter().map(|arg| arg.as_ref().display().to_string());
    [name].into_iter().chain(args).collect::<Vec<_>>().join(" ")
}
