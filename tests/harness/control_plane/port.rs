//! Free ports on loopback, for programs that cannot say which they took.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use crate::failure::Failure;

/// Below the range that kernels give to outgoing connections (from 32768 on Linux), so that no connection made between our
/// look and the program's `bind` takes the port.
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// Ports given to this process's programs; none is given twice.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port on 127.0.0.1 at which nothing listens. From a random place, so that processes side by side seldom meet.
pub(crate) fn free_port() -> Result<u16> {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in 0..1000 {
        let port = rand::random_range(RANGE);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() && given.insert(port) {
            return Ok(port);
        }
    }
    let hint = "end what listens on 127.0.0.1 there: `ss -ltn` lists it";
    Err(Failure::new(format!("no free port between {} and {}", RANGE.start, RANGE.end), hint).into())
}

/// Another process took a port between our look and the program's `bind`: worth another try.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The program that did not get it.
    pub(crate) program: String,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the port that was free for {} was taken before it could listen there", self.program)
    }
}

impl std::error::Error for Taken {}
