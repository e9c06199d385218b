//! How a process is ended with the harness, however the harness ends. `Process::stop` ends it normally.
//!
//! Decided: `setpriv --pdeathsig`, because every Linux has that program and it needs no `unsafe` here; instead of
//! `prctl` in a `pre_exec` hook, which needs it. Where it is missing (macOS, busybox) a harness that was killed with
//! SIGKILL leaves its processes behind; every other end of the harness stops them.
//!
//! The signal is KILL, not TERM: no data is worth saving when the tests have ended, and an API server without its etcd
//! takes a minute to end.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command as StdCommand, Stdio};
use std::sync::LazyLock;

use tokio::process::Command;

const SETPRIV: [&str; 4] = ["setpriv", "--pdeathsig", "KILL", "--"];

static HAS_SETPRIV: LazyLock<bool> = LazyLock::new(|| {
    let [program, args @ ..] = SETPRIV;
    let mut probe = StdCommand::new(program);
    probe.args(args).arg("true").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
});

/// The words to put before a command line so that the process ends with the harness; none where the system cannot.
pub(crate) fn prefix() -> &'static [&'static str] {
    if *HAS_SETPRIV { &SETPRIV } else { &[] }
}

/// A command that runs `program`, and ends with the harness.
pub(crate) fn command(program: &Path) -> Command {
    let mut words = prefix().iter().map(OsString::from).chain([program.into()]);
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}
