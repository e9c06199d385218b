//! [`RenderRate`]: how often edits of one SealedSecret may probe its sealed values. No clock: the time is an argument.
//!
//! A user who may edit a SealedSecret but not read Secrets learns one bit with each edit: whether its templates
//! rendered. 95 such bits are a password of 16 random letters and digits. So the edits of one object that render
//! templates are limited. The limit also applies to values that are compared with an immutable Secret: whether they are
//! refused reveals whether they are equal.
//!
//! Decided: by the object's namespace and name, instead of by its UID, which a deletion changes. A value that was
//! sealed with the strict scope opens under no other name. One that was sealed namespace-wide or cluster-wide can be
//! probed under as many names as a user may create; limiting those together would delay a restore, and the other
//! tenants who use the same value.
//!
//! Decided: ten at once and then one every five minutes. A user who works at a template gets ten tries in a row; a
//! pipeline that changes one object every few minutes for a day is never delayed; those 95 bits take seven hours. A
//! probe with the same text (the spec without the Secret's metadata) costs nothing a second time. A template that may
//! use the time or randomness is a new probe each time.

use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Number of probes at once.
const BURST: u32 = 10;

/// Time until there may be one more.
pub(crate) const REFILL: Duration = Duration::from_mins(5);

/// Number of probes that are remembered of each object.
const REMEMBERED: usize = 16;

/// A bucket of tokens for each SealedSecret.
#[derive(Debug, Default)]
pub(crate) struct RenderRate(Mutex<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    /// By namespace and name.
    by_object: HashMap<(String, String), Bucket>,
    /// At this number of buckets, those that are full again are dropped.
    forget_at: usize,
}

#[derive(Debug)]
struct Bucket {
    /// When the bucket is full again.
    full_at: Instant,
    charged: VecDeque<Digest>,
}

/// The first half of a SHA-256, which is enough: no two texts with the same one can be found.
pub(crate) type Digest = [u8; 16];

/// An unseal that reveals something of the sealed values beside that they open.
#[derive(Debug)]
pub(crate) struct Probe {
    /// Namespace and name of the SealedSecret.
    pub(crate) object: (String, String),
    /// The digest of everything in the spec that the result depends on; None where the result may differ each time.
    pub(crate) text: Option<Digest>,
}

/// What a probe cost, so that it can be refunded.
#[derive(Debug)]
pub(crate) struct Charge {
    probe: Probe,
    is_charged: bool,
}

impl RenderRate {
    /// Charges for a probe. Else the error is the delay, and nothing is charged.
    pub(crate) fn charge(&self, probe: Probe, now: Instant) -> Result<Charge, Duration> {
        let mut buckets = self.0.lock();
        let empty = || Bucket { full_at: now, charged: VecDeque::new() };
        let bucket = buckets.by_object.entry(probe.object.clone()).or_insert_with(empty);
        let is_charged = !probe.text.is_some_and(|text| bucket.charged.contains(&text));
        if is_charged {
            if let Some(wait) = bucket.wait(now) {
                return Err(wait);
            }
            bucket.charge(probe.text, now);
        }
        buckets.forget(now);
        Ok(Charge { probe, is_charged })
    }

    /// Refunds a probe that revealed nothing, because nothing was rendered.
    pub(crate) fn refund(&self, charge: &Charge, now: Instant) {
        let mut buckets = self.0.lock();
        if charge.is_charged
            && let Some(bucket) = buckets.by_object.get_mut(&charge.probe.object)
        {
            bucket.full_at = bucket.full_at.checked_sub(REFILL).unwrap_or(now);
            bucket.charged.retain(|text| Some(text) != charge.probe.text.as_ref());
            if bucket.full_at <= now {
                buckets.by_object.remove(&charge.probe.object);
            }
        }
    }

    /// How many objects are remembered.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.lock().by_object.len()
    }
}

impl Buckets {
    fn forget(&mut self, now: Instant) {
        if self.by_object.len() >= self.forget_at {
            self.by_object.retain(|_, bucket| bucket.full_at > now);
            self.forget_at = (2 * self.by_object.len()).max(1_024);
        }
    }
}

impl Bucket {
    fn wait(&self, now: Instant) -> Option<Duration> {
        let owed = self.full_at.saturating_duration_since(now) + REFILL;
        owed.checked_sub(BURST * REFILL).filter(|wait| !wait.is_zero())
    }

    fn charge(&mut self, text: Option<Digest>, now: Instant) {
        self.full_at = self.full_at.max(now) + REFILL;
        self.charged.extend(text);
        if self.charged.len() > REMEMBERED {
            self.charged.pop_front();
        }
    }
}
