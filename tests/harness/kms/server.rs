//! [`Server`]: the process of a service, which a test stops and starts again.

use std::fmt;
use std::path::{Path, PathBuf};
use std::slice;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::process::Command;
use tokio::sync::Mutex;

use crate::control_plane::ended;
use crate::process::Process;
use crate::process::log_tail::log_tail;

/// A second on an idle machine; longer while something compiles.
const LONGEST: Duration = Duration::from_mins(1);
const INTERVAL: Duration = Duration::from_millis(50);
const GRACE: Duration = Duration::from_secs(5);

/// How a process is started, and the process while it runs. It is killed when this is dropped.
pub(crate) struct Server {
    name: &'static str,
    log: PathBuf,
    command: Box<dyn Fn() -> Command + Send + Sync>,
    process: Mutex<Option<Process>>,
}

impl Server {
    /// A server that does not run yet. Its output is appended to `log`.
    pub(crate) fn new(
        name: &'static str,
        log: &Path,
        command: impl Fn() -> Command + Send + Sync + 'static,
    ) -> Self {
        Self { name, log: log.to_owned(), command: Box::new(command), process: Mutex::default() }
    }

    /// Starts the process, and waits until `ready` succeeds. One that runs already is killed first.
    pub(crate) async fn start(&self, mut ready: impl AsyncFnMut() -> Result<()>) -> Result<()> {
        let mut running = self.process.lock().await;
        if let Some(mut process) = running.take() {
            process.kill().await?;
        }
        let mut process = Process::spawn(self.name, (self.command)(), &self.log)?;
        let start = Instant::now();
        while let Err(error) = ready().await {
            ended::check(slice::from_mut(&mut process))?;
            if start.elapsed() > LONGEST {
                let tail = log_tail(&self.log, 15);
                let what =
                    format!("{} was not ready after {LONGEST:?}; the end of its log:\n{tail}", self.name);
                return Err(error.context(what));
            }
            tokio::time::sleep(INTERVAL).await;
        }
        *running = Some(process);
        Ok(())
    }

    /// Ends the process: SIGTERM, and SIGKILL if that takes too long. A second call does nothing.
    pub(crate) async fn stop(&self) -> Result<()> {
        if let Some(mut process) = self.process.lock().await.take() {
            process.stop(GRACE).await?;
        }
        Ok(())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("name", &self.name).field("log", &self.log).finish_non_exhaustive()
    }
}
