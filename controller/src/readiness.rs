//! [`Readiness`]: how many of the watches have shown their first complete list.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Ready once as many watches are listed as there are.
#[derive(Debug, Default)]
pub struct Readiness {
    /// None before it is known how many there will be.
    missing: AtomicUsize,
    known: std::sync::atomic::AtomicBool,
}

impl Readiness {
    /// There will be so many watches.
    pub fn expect(&self, watches: usize) {
        self.missing.store(watches, Ordering::SeqCst);
        self.known.store(true, Ordering::SeqCst);
    }

    /// One more is listed. True for the last.
    pub fn one_listed(&self) -> bool {
        self.missing.fetch_sub(1, Ordering::SeqCst) == 1
    }

    /// Whether all are.
    pub fn is_ready(&self) -> bool {
        self.known.load(Ordering::SeqCst) && self.missing.load(Ordering::SeqCst) == 0
    }
}
