//! [`forbid`]: no core dump of this process, which holds private keys and values.
//!
//! Decided: both the limit and the flag. The limit does not count where the kernel pipes cores to a program (`core_pattern`); the
//! flag does, and also keeps other processes of the same user from reading this one's memory. The process still reads its own files
//! in `/proc`, for its metrics.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Forbids core dumps of this process. Best effort: no system refuses a lower limit, and the controller unseals without it too.
pub(crate) fn forbid() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    for forbidden in [setrlimit(Resource::Core, none), set_dumpable_behavior(DumpableBehavior::NotDumpable)] {
        if let Err(error) = forbidden {
            tracing::warn!(%error, "core dumps of this process could not be forbidden");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{dumpable_behavior, getrlimit};

    #[test]
    fn neither_the_limit_nor_the_flag_lets_a_core_be_dumped() {
        forbid();
        assert_eq!(getrlimit(Resource::Core), Rlimit { current: Some(0), maximum: Some(0) });
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
