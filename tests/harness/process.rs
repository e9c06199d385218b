//! A child process that ends with the harness: started, watched, stopped, its output written to a file.
//! [`control_plane`](crate::control_plane) and [`pod`](crate::pod) say what it runs.

pub mod cli;
pub mod clock;
pub(crate) mod file_descriptors;
pub(crate) mod lifeline;
pub(crate) mod log_tail;
pub(crate) mod spawner;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal};
use tokio::process::{Child, Command};

/// A running child process. When this is dropped, it is killed; it is also killed with the harness, where the system
/// can ([`lifeline`]).
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    /// Locked for short calls only; the lock makes a Process, and so a Pod, `Sync`.
    child: Mutex<Child>,
    log: PathBuf,
    /// Whether the harness has told it to end.
    is_told: bool,
}

impl Process {
    /// Starts `command`; its output is appended to the file `log`.
    pub(crate) fn spawn(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(log);
        let file = file.with_context(|| format!("cannot write {}", log.display()))?;
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone().context("cannot share the log file")?)
            .stderr(file)
            // Ctrl-C in the terminal is for the harness only, which then ends its children in order.
            .process_group(0)
            .kill_on_drop(true);
        let child = spawner::spawn(command).with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child: Mutex::new(child), log: log.to_owned(), is_told: false })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Its process id, until it is known to have ended.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// Its exit status, if it has ended.
    pub(crate) fn exited(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.child().try_wait();
        status.with_context(|| format!("cannot find out whether {} still runs", self.name))
    }

    /// Its exit status, if it has ended before it was told to.
    pub(crate) fn ended_by_itself(&mut self) -> Result<Option<ExitStatus>> {
        if self.is_told { Ok(None) } else { self.exited() }
    }

    /// Sends a signal, if it still runs.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let Some(pid) = self.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)) else {
            return Ok(());
        };
        // The child is not reaped before `wait`, so this process id cannot belong to another process.
        match rustix::process::kill_process(pid, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error).with_context(|| format!("cannot signal {}", self.name)),
        }
    }

    /// Sends SIGTERM, then SIGKILL if it still runs after `grace`; returns the exit status.
    pub(crate) async fn stop(&mut self, grace: Duration) -> Result<ExitStatus> {
        self.is_told = true;
        self.signal(Signal::TERM)?;
        match tokio::time::timeout(grace, self.child().wait()).await {
            Ok(status) => status.with_context(|| format!("cannot wait for {}", self.name)),
            Err(_) => self.kill().await,
        }
    }

    /// Sends SIGKILL; returns the exit status.
    pub(crate) async fn kill(&mut self) -> Result<ExitStatus> {
        self.is_told = true;
        self.signal(Signal::KILL)?;
        let status = self.child().wait().await;
        status.with_context(|| format!("cannot wait for {}", self.name))
    }

    fn child(&mut self) -> &mut Child {
        self.child.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}
