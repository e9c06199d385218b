//! [`KeyStatus`]: figures about the sealing keys, for `/readyz?verbose` and metrics.

use crate::keys::renewal::clock_skew::ClockSkew;
use crate::keys::renewal::schedule::Schedule;
use crate::keys::store::ring::SharedRing;
use envelope::Fingerprint;
use jiff::Timestamp;
use sealing::SealingKey;
use std::collections::BTreeSet;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyStatus {
    /// How many keys count.
    pub active: usize,
    /// How many wrapped keys wait to be unwrapped.
    pub waiting: usize,
    /// The newest key, and its date.
    pub newest: Option<(Fingerprint, Timestamp)>,
    /// Whether its Secret says that there is a backup of the newest key.
    pub is_backed_up: bool,
    /// The key whose certificate is served.
    pub published: Option<Fingerprint>,
    /// When the next key is due; past if it is overdue, None for never.
    pub next_renewal: Option<Timestamp>,
    /// Keys whose dates do not fit the API server's clock.
    pub clock_skew: ClockSkew,
}

impl SharedRing {
    pub(crate) fn status(&self) -> KeyStatus {
        let state = self.state();
        let schedule = Schedule::new(&state.records, self.settings(), self.clock().now());
        let served: BTreeSet<_> = state.records.active().map(|key| key.fingerprint).collect();
        let newest = state.ring.iter().find(|key| served.contains(&key.fingerprint()));
        let newest = newest.map(|key| (key.fingerprint(), key.since()));
        KeyStatus {
            active: state.ring.len(),
            waiting: state.ring.waiting().len(),
            newest,
            is_backed_up: newest.is_some_and(|(newest, _)| state.backed_up.contains(&newest)),
            published: self.published(&state.ring).map(SealingKey::fingerprint),
            next_renewal: schedule.next_renewal(),
            clock_skew: ClockSkew::of(&schedule),
        }
    }
}

impl fmt::Display for KeyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} active", self.active)?;
        if self.waiting > 0 {
            write!(f, ", {} waiting to be unwrapped", self.waiting)?;
        }
        if let Some((newest, since)) = &self.newest {
            write!(f, ", newest {} made {since:.0}", newest.short())?;
            if !self.is_backed_up {
                f.write_str(", in no backup")?;
            }
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
