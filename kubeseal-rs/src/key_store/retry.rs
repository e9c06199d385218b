//! `retry`: repeats a request that may succeed the next time.

use crate::key_store::error::KeyStoreError;
use std::thread::sleep;
use std::time::Duration;

/// Delays between the tries; about five seconds in all.
const PAUSES: [u64; 4] = [300, 700, 1500, 2500];

/// Repeats a request until it succeeds or is refused.
pub(crate) fn retry(act: impl Fn() -> Result<(), KeyStoreError>) -> Result<(), KeyStoreError> {
    for delay in PAUSES {
        match act() {
            Err(error) if error.may_pass() => sleep(Duration::from_millis(delay)),
            done => return done,
        }
    }
    act()
}
