//! [`PrivateKeyOperation`]: what only the private half of a sealing key can do, once for each item; by the controller's own crate.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use envelope::PrivateKey;

use super::load::Key;

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
