//! [`Editor`]: runs the editor, and handles the signals that would end this program before the text is wiped.
//!
//! Decided: Ctrl-C goes to the editor, as with git; other signals that would end this program are passed on to the
//! editor.

use crate::cluster::runtime;
use crate::commands::edit::error::EditError;
use std::env;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use tokio::process::{Child, Command};
use tokio::runtime::Runtime;

/// Numbers of signals, which are the same on every Unix.
const HANGUP: u8 = 1;
const INTERRUPT: u8 = 2;
#[cfg(unix)]
const QUIT: u8 = 3;
const TERMINATE: u8 = 15;

/// The editor's command, and the signals of this program.
pub(crate) struct Editor {
    runtime: Runtime,
    signals: Signals,
    command: OsString,
}

impl Editor {
    /// Listens for signals from here on; call it before writing text that has to be wiped.
    pub(crate) fn listening() -> Result<Self, EditError> {
        let command = ["VISUAL", "EDITOR"]
            .into_iter()
            .filter_map(env::var_os)
            .find(|command| !command.is_empty())
            .unwrap_or_else(|| "vi".into());
        let failed = |source| EditError::Start { editor: command.to_string_lossy().into_owned(), source };
        let runtime = runtime::runtime().map_err(failed)?;
        let signals = runtime.block_on(async { Signals::listening() }).map_err(failed)?;
        Ok(Self { runtime, signals, command })
    }

    /// Runs the editor on a file until it ends.
    pub(crate) fn run(&mut self, file: &Path) -> Result<(), EditError> {
        let editor = self.command.to_string_lossy().into_owned();
        let (status, stopped) = self
            .runtime
            .block_on(async {
                let mut child = command(&self.command, file).spawn()?;
                self.signals.until_end_of(&mut child).await
            })
            .map_err(|source| EditError::Start { editor: editor.clone(), source })?;
        if let Some(signal) = stopped {
            return Err(EditError::Stopped(signal));
        }
        if status.success() {
            return Ok(());
        }
        // A shell's exit code for a program that it did not find.
        if status.code() == Some(127) {
            return Err(EditError::NoEditor(editor));
        }
        Err(EditError::Editor { editor, how: status.to_string() })
    }

    /// Waits for a future that holds nothing to wipe, until a signal comes.
    pub(crate) fn wait<T>(&mut self, something: impl Future<Output = T>) -> Result<T, EditError> {
        self.runtime.block_on(async {
            tokio::select! {
                result = something => Ok(result),
                signal = self.signals.any() => Err(EditError::Stopped(signal)),
            }
        })
    }
}

/// The command may have arguments, as in `code --wait`; the shell splits it, as for every program that runs an editor.
#[cfg(unix)]
fn command(editor: &OsString, file: &Path) -> Command {
    let mut script = editor.clone();
    script.push(" \"$@\"");
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).arg(editor).arg(file);
    command
}

#[cfg(not(unix))]
fn command(editor: &OsString, file: &Path) -> Command {
    let text = editor.to_string_lossy();
    let mut words = text.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("notepad"));
    command.args(words).arg(file);
    command
}

impl Signals {
    /// The exit status, and the signal to end that this program received.
    async fn until_end_of(&mut self, child: &mut Child) -> io::Result<(ExitStatus, Option<u8>)> {
        let mut stopped = None;
        loop {
            tokio::select! {
                status = child.wait() => return status.map(|status| (status, stopped)),
                signal = self.any() => {
                    stopped = Some(signal);
                    // The terminal sends the others to the editor, too.
                    if [HANGUP, TERMINATE].contains(&signal) {
                        terminate(child);
                    }
                }
            }
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listening() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The number of the next signal.
    async fn any(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPT,
            _ = self.quit.recv() => QUIT,
            _ = self.hangup.recv() => HANGUP,
            _ = self.terminate.recv() => TERMINATE,
        }
    }
}

#[cfg(unix)]
fn terminate(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It may have ended already.
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listening() -> io::Result<Self> {
        Ok(Self)
    }

    async fn any(&mut self) -> u8 {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        INTERRUPT
    }
}

#[cfg(not(unix))]
fn terminate(_: &Child) {}
