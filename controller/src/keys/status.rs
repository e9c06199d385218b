//! [`KeyReport`]: the sealing keys in figures, for `/readyz?verbose` and metrics. Pure.

use crate::keys::renewal::clock_skew::Misdated;
use crate::keys::renewal::observed::Observed;
use crate::keys::renewal::plan::next_renewal;
use crate::keys::renewal::schedule::Rules;
use envelope::Fingerprint;
use jiff::Timestamp;
use sealing::KeyRing;
use std::fmt;

/// One look at the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyReport {
    /// How many count.
    pub active: usize,
    /// The newest, and since when it is one.
    pub newest: Option<(Fingerprint, Timestamp)>,
    /// Whose certificate is served.
    pub published: Option<Fingerprint>,
    /// When the next is due; past if it is overdue, None for never.
    pub next_renewal: Option<Timestamp>,
    /// Whose dates do not fit the clock.
    pub misdated: Misdated,
}

impl KeyReport {
    pub(crate) fn new(
        ring: &KeyRing,
        seen: &Observed,
        rules: &Rules,
        published: Option<Fingerprint>,
        now: Timestamp,
    ) -> Self {
        Self {
            active: ring.len(),
            newest: ring.newest().map(|key| (key.fingerprint(), key.since())),
            published,
            next_renewal: next_renewal(seen, rules, now),
            misdated: Misdated::among(seen, rules, now),
        }
    }
}

impl fmt::Display for KeyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} active", self.active)?;
        if let Some((newest, since)) = &self.newest {
            write!(f, ", newest {} made {since:.0}", newest.short())?;
        }
        if let Some(published) = &self.published {
            write!(f, ", published {}", published.short())?;
        }
        match self.next_renewal {
            Some(next) => write!(f, ", next renewal {next:.0}"),
            None => f.write_str(", no renewal due"),
        }
    }
}
