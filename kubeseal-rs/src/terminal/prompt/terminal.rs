//! `read_hidden`: a line typed at the terminal on standard input, without showing it.

use crate::terminal::prompt::typed::Typed;
use std::io;

/// Prints the prompt, and reads a line.
#[cfg(unix)]
pub(crate) fn read_hidden(question: &str) -> io::Result<Typed> {
    use crate::terminal::warnings::say;
    let hidden = unix::Sensitive::begin(question)?;
    let typed = crate::terminal::prompt::typed::read(|| hidden.next());
    drop(hidden);
    // The line end was not shown either.
    say("\n");
    typed
}

#[cfg(not(unix))]
pub(crate) fn read_hidden(_: &str) -> io::Result<Typed> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "typing without echo is not possible on this system"))
}

#[cfg(unix)]
mod unix {
    //! Reads the terminal byte by byte, so that this program gets Ctrl-C, of which it makes the signal; and restores it before a signal ends or stops
    //! the program.

    use crate::terminal::held_signals::{HeldSignals, deliver};
    use crate::terminal::prompt::line;
    use crate::terminal::prompt::typed::CTRL_U;
    use crate::terminal::warnings::say;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::process::{Signal, kill_current_process_group};
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use std::env;
    use std::ffi::c_int;
    use std::io::{self, IsTerminal as _, Write as _};

    const CTRL_C: u8 = 0x03;
    const CTRL_Z: u8 = 0x1a;
    const CTRL_BACKSLASH: u8 = 0x1c;

    /// Makes a terminal put marks around pasted text, so that its line ends are told from the key Enter; and ends that.
    const MARKED_PASTE: [&[u8]; 2] = [b"\x1b[?2004h", b"\x1b[?2004l"];

    /// A signal that comes right before the wait is noticed after this time; any other interrupts the wait.
    const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

    /// Typed characters are hidden until this is dropped.
    pub(crate) struct Sensitive<'a> {
        question: &'a str,
        before: Termios,
        /// Dropped last: held signals are delivered once the terminal is restored.
        signals: HeldSignals,
    }

    impl<'a> Sensitive<'a> {
        /// Hides typed characters, and prints the prompt.
        pub(crate) fn begin(question: &'a str) -> io::Result<Self> {
            let signals = HeldSignals::begin()?;
            let hidden = Self { question, before: tcgetattr(io::stdin())?, signals };
            hidden.hide()?;
            Ok(hidden)
        }

        fn hide(&self) -> io::Result<()> {
            let mut modes = self.before.clone();
            modes.local_modes.remove(
                LocalModes::ECHO
                    | LocalModes::ECHONL
                    | LocalModes::ICANON
                    | LocalModes::ISIG
                    | LocalModes::IEXTEN,
            );
            tcsetattr(io::stdin(), OptionalActions::Flush, &modes)?;
            control(MARKED_PASTE[0]);
            say(self.question);
            Ok(())
        }

        /// Restores the terminal, and discards unread input: the shell would show and run it, for example the next
        /// lines of a pasted key.
        fn put_back(&self) {
            control(MARKED_PASTE[1]);
            // If the terminal is gone, there is nothing to restore.
            let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.before);
        }

        /// The next key; none at the end. If the prompt was repeated, the key that starts the line again.
        pub(crate) fn next(&self) -> io::Result<Option<u8>> {
            loop {
                if let Some(signal) = self.signals.take() {
                    self.give_way(signal)?;
                    return Ok(Some(CTRL_U));
                }
                let stdin = io::stdin();
                match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&LOOK)) {
                    Ok(0) | Err(Errno::INTR) => {}
                    Ok(_) => {
                        let key = line::next(&mut line::stdin()?)?;
                        match key.and_then(signal_of) {
                            // As a terminal does: to all processes in its foreground, this one included.
                            Some(signal) => kill_current_process_group(signal)?,
                            None => return Ok(key),
                        }
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }

        /// Restores the terminal, and ends or stops as the signal would. Once continued, prints the prompt again.
        fn give_way(&self, signal: c_int) -> io::Result<()> {
            self.put_back();
            say("\n");
            deliver(signal);
            self.hide()
        }
    }

    /// The signal that a terminal sends for this key.
    const fn signal_of(key: u8) -> Option<Signal> {
        match key {
            CTRL_C => Some(Signal::INT),
            CTRL_Z => Some(Signal::TSTP),
            CTRL_BACKSLASH => Some(Signal::QUIT),
            _ => None,
        }
    }

    /// Sends a control sequence to the terminal, if it understands more than text.
    fn control(sequence: &[u8]) {
        let is_plain = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        if !is_plain && io::stderr().is_terminal() {
            // Without it, a paste of several lines is refused.
            let _ = io::stderr().write_all(sequence);
        }
    }

    impl Drop for Sensitive<'_> {
        fn drop(&mut self) {
            self.put_back();
        }
    }
}
