//! `retry`: does what must be done, again where it may well succeed the next time.

use crate::key_store::error::KeyStoreError;
use std::thread::sleep;
use std::time::Duration;

/// Between two tries; about five seconds in all.
const PAUSES: [u64; 4] = [300, 700, 1500, 2500];

/// Does it, until it is done or refused.
pub(crate) fn retry(act: impl Fn() -> Result<(), KeyStoreError>) -> Result<(), KeyStoreError> {
    for pause in PAUSES {
        match act() {
            Err(error) if error.may_pass() => sleep(Duration::from_millis(pause)),
            done => return done,
        }
    }
    act()
}
