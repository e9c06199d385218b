//! [`not_ignored`]: the signals that the parent process did not have ignored, as `nohup` does. Ignored ones stay ignored: a handler would end
//! the program.
//!
//! Decided: to ask a shell where there is no `/proc`, instead of sigaction(2), which Rust offers without `unsafe` nowhere. A child has the
//! same signals ignored, and shows which by surviving them.

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use std::ffi::c_int;
use std::fs;
use std::process::{Command, Stdio};

/// Signals that end a shell, and their names.
const ENDING: [(c_int, &str); 4] = [(SIGHUP, "HUP"), (SIGINT, "INT"), (SIGQUIT, "QUIT"), (SIGTERM, "TERM")];

/// Prints the names of the signals that a shell survives. Without core files.
const SURVIVED: &str = r#"ulimit -c 0; for name in HUP INT QUIT TERM; do /bin/sh -c "kill -$name \$\$" && echo $name; done; echo end"#;

/// Those of `signals` that may have handlers. If it cannot be found out, none has.
pub(crate) fn not_ignored(signals: &[c_int]) -> Vec<c_int> {
    let Some(ignored) = of_proc().or_else(of_shell) else { return Vec::new() };
    signals.iter().copied().filter(|signal| ignored & bit(*signal) == 0).collect()
}

fn bit(signal: c_int) -> u64 {
    1 << (signal - 1)
}

/// A mask of all ignored signals, which Linux says.
fn of_proc() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// The same mask of those that end a program. Whether a signal that stops it is ignored is not asked: it would stop the shell.
fn of_shell() -> Option<u64> {
    survived(Command::new("/bin/sh").arg("-c").arg(SURVIVED))
}

fn survived(shell: &mut Command) -> Option<u64> {
    let output = shell.env_clear().stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let names = String::from_utf8(output.stdout).ok()?;
    let names: Vec<&str> = names.lines().collect();
    let ignored = ENDING.iter().filter(|(_, name)| names.contains(name)).map(|(signal, _)| bit(*signal));
    (names.last() == Some(&"end")).then(|| ignored.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer of a process whose parent has these signals ignored.
    fn below(ignored: &str) -> Option<u64> {
        let script = format!("trap '' {ignored}; exec /bin/sh -c '{SURVIVED}'");
        survived(Command::new("/bin/sh").arg("-c").arg(if ignored.is_empty() { SURVIVED } else { &script }))
    }

    #[test]
    fn a_shell_tells_what_is_ignored() {
        assert_eq!(below("HUP"), Some(of_shell().unwrap() | bit(SIGHUP)));
        assert_eq!(below("INT QUIT"), Some(of_shell().unwrap() | bit(SIGINT) | bit(SIGQUIT)));
        let all = ENDING.iter().map(|(signal, _)| bit(*signal)).sum();
        assert_eq!(below("HUP INT QUIT TERM"), Some(all));
    }

    /// Linux says it, too.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_shell_and_the_system_agree() {
        let ending: u64 = ENDING.iter().map(|(signal, _)| bit(*signal)).sum();
        assert_eq!(of_shell().unwrap(), of_proc().unwrap() & ending);
    }

    #[test]
    fn a_shell_that_tells_nothing_is_not_believed() {
        assert_eq!(survived(Command::new("/bin/sh").arg("-c").arg("exit 1")), None);
        assert_eq!(survived(&mut Command::new("/nonexistent/sh")), None);
    }
}
