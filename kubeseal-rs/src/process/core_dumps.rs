//! `forbid`: no core dump of this program, which may hold plaintext, and private keys from a backup.
//!
//! Programs that it starts may dump no core either: an editor holds what is typed. A process that is not dumpable cannot be traced by
//! other processes of the same user, and its files in `/proc` are root's; it opens `/dev/stdin` all the same.

/// Forbids it. Best effort: a system that refuses does not prevent sealing.
#[cfg(unix)]
pub(crate) fn forbid() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // The limit does not count where cores are piped to a program (`core_pattern`).
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(not(unix))]
pub(crate) fn forbid() {}
