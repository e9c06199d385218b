//! The number of file descriptors that this process and its children may have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit to the highest one that needs no right. Many systems start programs with 1,024, and proxies hold two for each
/// connection. Where that fails, the old limit stays, and most tests run with it.
pub(crate) fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    // The kernel refuses nothing here: a soft limit may be raised up to the hard one.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}
