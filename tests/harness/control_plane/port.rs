//! Free ports on loopback, for programs that cannot report which port they took.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use crate::failure::Failure;

/// Below the range that kernels give to outgoing connections (from 32768 on Linux), so that no connection made between
/// this check and the program's `bind` takes the port.
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// Ports given to this process's programs; no port is given twice.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port on 127.0.0.1 at which nothing listens. The search starts at a random port, so that two processes seldom
/// choose the same.
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

/// Another process took a port between the check and the program's `bind`: the start can be tried again.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The program that did not get the port.
    pub(crate) program: String,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the port that was free for {} was taken before it could listen there", self.program)
    }
}

impl std::error::Error for Taken {}
