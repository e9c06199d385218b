//! [`Shell`]: a shell at a terminal, and the user's side of it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// How long the shell may print nothing while a test waits.
const TIMEOUT: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

/// What a stage's program prints after its arguments.
const END: &str = " END";

/// A shell that runs.
#[derive(Debug)]
pub(crate) struct Shell {
    user: File,
    child: Child,
    shown: String,
}

impl Shell {
    /// Starts the shell, and types these lines.
    pub(crate) fn start(mut command: Command, lines: &[&str]) -> Result<Self> {
        let user = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&user)?;
        unlockpt(&user)?;
        tcsetwinsize(&user, Winsize { ws_row: 24, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 })?;
        let name = ptsname(&user, Vec::new())?;
        let terminal = File::options().read(true).write(true).open(name.to_str()?)?;
        command.stdin(Stdio::from(terminal.try_clone()?)).stdout(Stdio::from(terminal.try_clone()?));
        command.stderr(Stdio::from(terminal)).env("TERM", "xterm");
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let mut shell = Self { user: user.into(), child, shown: String::new() };
        for line in lines {
            shell.type_in(&format!("{line}\n"))?;
        }
        // The lines have been run once this one has.
        shell.ran("kubeseal-rs ready")?;
        Ok(shell)
    }

    /// The arguments that the program gets of this line, each in brackets.
    pub(crate) fn ran(&mut self, keys: &str) -> Result<String> {
        self.type_in(keys)?;
        self.type_in("\n")?;
        let begin = self.shown.len();
        loop {
            let fresh = &self.shown[begin..];
            if let Some((arguments, _)) = fresh.split_once("RAN[").and_then(|(_, rest)| rest.split_once(END))
            {
                return Ok(format!("[{arguments}"));
            }
            let ready = poll(&mut [PollFd::new(&self.user, PollFlags::IN)], Some(&TIMEOUT))?;
            ensure!(ready > 0, "the program did not run; shown: {:?}", self.shown);
            let mut bytes = [0; 1024];
            let count = self.user.read(&mut bytes).context("the shell has ended")?;
            self.shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }

    fn type_in(&mut self, keys: &str) -> Result<()> {
        Ok(self.user.write_all(keys.as_bytes())?)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It may have ended.
        let _ = kill_process(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}
