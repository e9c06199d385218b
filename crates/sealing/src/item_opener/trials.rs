//! [`Trials`]: tries the keys of a ring on the items of one object, and counts the tries.

use crate::keys::key_ring::KeyRing;
use envelope::{AesKey, Fingerprint, OpenError, Plaintext, open_with, session_key};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// How many tries an object may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// A controller reconciles it. Any user may create such an object.
    Bounded,
    /// A request submits it. Any user may send such a request, and send it again.
    Request,
    /// Every key is tried.
    Unbounded,
}

/// Failed tries with a key that the items which do not open may cost. Enough to name every error of an honest mistake;
/// a few seconds of one processor for an object made to waste them.
const FAILED_TRIES: u32 = 600;

/// Failed tries on the way to the key that does open. An object whose items were sealed one by one, over years, under
/// as many keys, needs items times keys of them; a hundred items under a hundred keys are let through.
const MISSES: u32 = 10_000;

/// As [`MISSES`], for a request: a few seconds of one processor, during which no other request of a stranger is answered. Enough for
/// fifty items under fifty keys.
const MISSES_OF_A_REQUEST: u32 = 2_500;

/// The keys of a ring, in the order in which they are tried. While items share a key, their cost does not grow with the
/// number of keys.
pub(crate) struct Trials<'a> {
    ring: &'a KeyRing,
    effort: Effort,
    /// The keys by their index in the ring, in the order in which they are tried: what opened an item last comes first.
    order: RefCell<Vec<usize>>,
    failed: Cell<u32>,
    missed: Cell<u32>,
    /// Tries on envelopes that opened by an entry.
    foreign: Cell<u32>,
    opens: Cell<u32>,
    opened: RefCell<BTreeSet<Fingerprint>>,
    before_each: &'a dyn Fn(),
}

impl<'a> Trials<'a> {
    /// Starts on the items of one object; the hinted key, if the ring has it, is tried first, then from the newest on.
    pub(crate) fn new(ring: &'a KeyRing, hint: Option<Fingerprint>, effort: Effort) -> Self {
        let opener = Self {
            ring,
            effort,
            order: RefCell::new((0..ring.len()).collect()),
            failed: Cell::new(0),
            missed: Cell::new(0),
            foreign: Cell::new(0),
            opens: Cell::new(0),
            opened: RefCell::default(),
            before_each: &|| (),
        };
        opener.trying_first(hint.as_slice())
    }

    /// These tries, where the keys of this list, if the ring has them, come first, in the order of the list.
    pub(crate) fn trying_first(self, likely: &[Fingerprint]) -> Self {
        for key in likely.iter().rev() {
            if let Some(index) = self.ring.iter().position(|known| known.fingerprint() == *key) {
                self.prefer(index);
            }
        }
        self
    }

    /// These tries, with what is called before each operation with a private key.
    pub(crate) fn calling(self, before_each: &'a dyn Fn()) -> Self {
        Self { before_each, ..self }
    }

    /// Whether the object has cost as many tries as it may.
    pub(crate) fn is_spent(&self) -> bool {
        let misses = match self.effort {
            Effort::Unbounded => return false,
            Effort::Bounded => MISSES,
            Effort::Request => MISSES_OF_A_REQUEST,
        };
        self.failed.get() >= FAILED_TRIES || self.missed.get() >= misses
    }

    /// How many tries have succeeded so far.
    pub(crate) fn opens(&self) -> u32 {
        self.opens.get()
    }

    #[cfg(test)]
    pub(crate) fn tries_in_vain(&self) -> u32 {
        self.failed.get() + self.missed.get()
    }

    /// The keys that opened something so far.
    pub(crate) fn opened(&self) -> BTreeSet<Fingerprint> {
        self.opened.borrow().clone()
    }

    /// Records that something opened, with this key unless it was an age identity.
    pub(crate) fn opened_with(&self, key: Option<Fingerprint>) {
        self.opens.set(self.opens.get().saturating_add(1));
        self.opened.borrow_mut().extend(key);
    }

    /// The session key of an envelope that may be another cluster's, and opens by an entry: tries in vain are no failure of the object.
    pub(crate) fn own_session_key(
        &self,
        label: &[u8],
        envelope: &[u8],
        accepted: impl Fn(&AesKey) -> bool,
    ) -> Option<AesKey> {
        let is_bounded = self.effort != Effort::Unbounded;
        for index in self.order.borrow().iter().copied() {
            if is_bounded && self.foreign.get() >= FAILED_TRIES {
                return None;
            }
            if let Ok((key, _)) = self.attempt(index, label, envelope, &accepted) {
                self.opened_with(Some(self.ring.at(index).fingerprint()));
                return Some(key);
            }
            self.foreign.set(self.foreign.get().saturating_add(1));
        }
        None
    }

    fn attempt(
        &self,
        index: usize,
        label: &[u8],
        envelope: &[u8],
        accepted: impl Fn(&AesKey) -> bool,
    ) -> Result<(AesKey, Plaintext), OpenError> {
        (self.before_each)();
        let key = session_key(self.ring.at(index).pair().private(), label, envelope)?;
        let value = if accepted(&key) { open_with(&key, envelope) } else { Err(OpenError::DoesNotOpen) };
        value.map(|value| (key, value))
    }

    /// Tries the keys one after the other. A session key that is not `accepted` does not open.
    pub(crate) fn open(
        &self,
        label: &[u8],
        envelope: &[u8],
        accepted: impl Fn(&AesKey) -> bool,
    ) -> Result<(AesKey, Plaintext), OpenError> {
        let mut tried: u32 = 0;
        let mut opened = Err(OpenError::DoesNotOpen);
        for index in self.order.borrow().iter().copied() {
            match self.attempt(index, label, envelope, &accepted) {
                Err(OpenError::DoesNotOpen) => tried = tried.saturating_add(1),
                Err(malformed @ OpenError::Truncated(_)) => return Err(malformed),
                Ok(value) => {
                    opened = Ok((index, value));
                    break;
                }
            }
        }
        let counter = if opened.is_ok() { &self.missed } else { &self.failed };
        counter.set(counter.get().saturating_add(tried));
        let (index, value) = opened?;
        self.prefer(index);
        self.opened_with(Some(self.ring.at(index).fingerprint()));
        Ok(value)
    }

    /// Moves a key to the front.
    fn prefer(&self, index: usize) {
        let mut order = self.order.borrow_mut();
        if let Some(from) = order.iter().position(|there| *there == index) {
            order[..=from].rotate_right(1);
        }
    }
}
