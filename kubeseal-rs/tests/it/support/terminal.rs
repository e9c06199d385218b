//! A terminal in which the program runs, and the user's side of it.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long the program may write nothing while a test waits for its words.
const TIMEOUT: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

/// A terminal in which the program runs.
pub(crate) struct Terminal {
    person: File,
    program_side: File,
    child: Child,
    shown: String,
}

impl Terminal {
    /// Starts the program: standard input and error are the terminal; standard output is a pipe.
    pub(crate) fn start(command: Command) -> Self {
        Self::run(command, false)
    }

    /// Starts the program: standard output is the terminal as well.
    pub(crate) fn start_all(command: Command) -> Self {
        Self::run(command, true)
    }

    fn run(mut command: Command, stdout: bool) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        tcsetwinsize(&person, Winsize { ws_row: 24, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let program_side = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        command.stdin(Stdio::from(program_side.try_clone().unwrap()));
        command.stderr(Stdio::from(program_side.try_clone().unwrap()));
        // Ctrl-C ends all processes in the foreground, and the tests are none of them.
        command.process_group(0);
        if stdout {
            command.stdout(Stdio::from(program_side.try_clone().unwrap()));
        }
        Self { person: person.into(), program_side, child: command.spawn().unwrap(), shown: String::new() }
    }

    /// Waits until the terminal shows these words.
    pub(crate) fn wait_for(&mut self, words: &str) {
        // Earlier output was matched by earlier calls.
        let begin = self.shown.len();
        while !self.shown[begin..].ends_with(words) {
            let ready = poll(&mut [PollFd::new(&self.person, PollFlags::IN)], Some(&TIMEOUT)).unwrap();
            assert!(ready > 0, "waited for {words:?}; shown: {:?}", self.shown);
            let mut bytes = [0; 256];
            let count = self.person.read(&mut bytes).unwrap();
            self.shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }

    /// Whether the terminal shows typed input.
    pub(crate) fn echoes(&self) -> bool {
        tcgetattr(&self.program_side).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    /// The program's process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(i32::try_from(self.id()).unwrap()).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// Waits until a signal has stopped the program.
    pub(crate) fn wait_until_stopped(&self) {
        let state = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
            stat.rsplit(')').next().unwrap().trim_start().chars().next()
        };
        while state() != Some('T') {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The signal that ended the program, and all of its terminal output.
    pub(crate) fn end_by_signal(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        let (_, _, shown) = self.end();
        (std::os::unix::process::ExitStatusExt::signal(&status), shown)
    }

    /// Exit code, standard output where that is a pipe, and all of the terminal output.
    pub(crate) fn end(mut self) -> (Option<i32>, String, String) {
        let mut output = String::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            stdout.read_to_string(&mut output).unwrap();
        }
        let code = self.child.wait().unwrap().code();
        assert!(
            tcgetattr(&self.program_side)
                .unwrap()
                .local_modes
                .contains(LocalModes::ECHO | LocalModes::ICANON)
        );
        let mut rest = vec![0; 4096];
        // Everything that was written can be read now; a terminal has no end of file.
        std::thread::sleep(Duration::from_millis(50));
        rustix::io::ioctl_fionbio(&self.person, true).unwrap();
        while let Ok(count) = self.person.read(&mut rest)
            && count > 0
        {
            self.shown.push_str(&String::from_utf8_lossy(&rest[..count]));
        }
        (code, output, self.shown)
    }
}
