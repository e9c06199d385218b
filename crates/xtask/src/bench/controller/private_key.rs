//! [`PrivateKeyOperation`]: what only the private half of a sealing key can do, once for each item; by the controller's own crate.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use envelope::PrivateKey;

use super::load::{Key, in_parallel};
use super::usage::cpu_seconds;
use crate::bench::statistics::as_f64;

/// CPU seconds of one of `operations`, on all cores at once: beside a busy core, another is slower than alone, because two may be threads
/// of one core, and because a processor clocks higher with less work.
pub(super) fn cpu_on_all_cores(key: &Key, operations: usize) -> Result<f64> {
    let operation = PrivateKeyOperation::with(key)?;
    let before = cpu_seconds(std::process::id());
    in_parallel(operations, |_| operation.run())?;
    Ok((cpu_seconds(std::process::id()) - before) / as_f64(operations))
}

pub(super) struct PrivateKeyOperation {
    key: PrivateKey,
    sealed: Vec<u8>,
}

const LABEL: &[u8] = b"bench";

impl PrivateKeyOperation {
    pub(super) fn with(key: &Key) -> Result<Self> {
        let pem = key.secret["stringData"]["tls.key"].as_str().context("a key without its private half")?;
        let sealed = envelope::seal(&mut rand::rng(), key.certificate.public(), LABEL, b"one")?;
        Ok(Self { key: PrivateKey::from_pem(pem)?, sealed })
    }

    /// Opens one item; returns how long that took.
    pub(super) fn run(&self) -> Result<Duration> {
        let start = Instant::now();
        envelope::open(&self.key, LABEL, &self.sealed)?;
        Ok(start.elapsed())
    }
}
