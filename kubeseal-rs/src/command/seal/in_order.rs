//! `seal_in_order`: many Secrets on all cores, written out in the order they came in.
//!
//! Memory is bounded by what was read and what is written: a Secret is dropped, wiped, as soon as it is sealed.

use crate::cli::Format;
use crate::failure::Failure;
use crate::manifest;
use envelope::Certificate;
use rand::rngs::SysRng;
use sealing::SecretToSeal;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Under this many, starting threads costs more than it saves.
const FEW: usize = 8;

/// How many Secrets a thread takes at a time: few enough that all end together.
const AT_A_TIME: usize = 8;

/// Seals all of them; the error is that of the first that fails.
pub(super) fn seal_in_order(
    format: Format,
    certificate: &Certificate,
    secrets: Vec<SecretToSeal>,
) -> Result<Vec<u8>, Failure> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if secrets.len() < FEW || cores == 1 {
        return seal_batch(format, certificate, secrets);
    }
    let mut batches = Vec::with_capacity(secrets.len() / AT_A_TIME + 1);
    let mut secrets = secrets.into_iter().peekable();
    while secrets.peek().is_some() {
        batches.push(secrets.by_ref().take(AT_A_TIME).collect::<Vec<_>>());
    }
    let mut sealed: Vec<Option<Result<Vec<u8>, Failure>>> = batches.iter().map(|_| None).collect();
    let slots = Mutex::new(batches.into_iter().zip(&mut sealed));
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    // Held only while taking; a thread that panicked ends the scope with its panic anyway.
                    let next = slots.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((batch, slot)) = next else { break };
                    *slot = Some(seal_batch(format, certificate, batch));
                }
            });
        }
    });
    drop(slots);
    let mut written = Vec::new();
    for batch in sealed.into_iter().flatten() {
        written.append(&mut batch?);
    }
    Ok(written)
}

fn seal_batch(
    format: Format,
    certificate: &Certificate,
    batch: Vec<SecretToSeal>,
) -> Result<Vec<u8>, Failure> {
    let mut written = Vec::new();
    for secret in batch {
        let sealed = sealing::seal_secret(&mut SysRng, certificate, secret)?;
        manifest::write(format, &sealed, &mut written)?;
    }
    Ok(written)
}
