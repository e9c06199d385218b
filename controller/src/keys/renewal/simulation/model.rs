//! [`Model`]: an API server with its key Secrets and clocks, and what each replica has seen of it.

use crate::config::keys::Renewal;
use crate::keys::key_age::{CLOCK_TOLERANCE, KeyAge};
use crate::keys::renewal::plan::NewKey;
use crate::keys::renewal::schedule::Schedule;
use crate::keys::renewal::simulation::action::REPLICAS;
use crate::keys::renewal_request::{LocalRequests, RenewalRequest};
use crate::keys::store::key_records::{KeyRecord, KeyRecords, KeyState};
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};
use sealing::KeyOrder;
use std::collections::BTreeSet;
use std::sync::Arc;

/// In seconds.
pub(crate) const DAY: i64 = 86_400;
/// The year 2020.
pub(crate) const START: i64 = 1_577_836_800;

pub(crate) const PREFIX: &str = "p";

/// The API server, and what replicas know of it.
pub(crate) struct Model {
    pub now: i64,
    pub store: Vec<KeyRecord>,
    /// How many keys were made.
    pub made: i64,
    pub views: [Arc<KeyRecords>; REPLICAS],
    pub requests: [Arc<LocalRequests>; REPLICAS],
    /// How far the clock that dates a replica's answers is ahead of the one that dates Secrets.
    pub ahead: [i64; REPLICAS],
    /// Keys that were renewed, and how many of their dates were in the future then; renewed a second time, it is a key too many.
    /// Once such a date comes, it is one like any other. Where clocks differ, each clock may have its own key.
    renewed: BTreeSet<(Fingerprint, usize)>,
    pub renewal: Renewal,
    order: KeyOrder,
    /// How much time has really passed, in seconds.
    pub elapsed: i64,
    /// How many keys may have been made for other reasons than time that passed.
    pub allowed: i64,
    /// By how much clocks were set forwards, in seconds; each time by a period at most.
    pub skipped: i64,
    annotations: u64,
}

impl Model {
    pub(crate) fn new(period: Option<i64>, cutoff: Option<i64>, order: KeyOrder) -> Self {
        let at = |second| Timestamp::from_second(second).unwrap();
        Self {
            now: START,
            store: Vec::new(),
            made: 0,
            views: Default::default(),
            requests: Default::default(),
            ahead: [0; REPLICAS],
            renewed: BTreeSet::new(),
            renewal: Renewal { period: period.map(SignedDuration::from_secs), cutoff: cutoff.map(at) },
            order,
            elapsed: 0,
            // The first; and one that is not from before the cut-off.
            allowed: 1 + i64::from(cutoff.is_some()),
            skipped: 0,
            annotations: 0,
        }
    }

    pub(crate) fn period(&self) -> i64 {
        self.renewal.period.map_or(30 * DAY, |period| period.as_secs())
    }

    pub(crate) fn time(&self, replica: usize) -> Timestamp {
        Timestamp::from_second((self.now + self.ahead[replica]).max(0)).unwrap()
    }

    pub(crate) fn schedule<'a>(&self, records: &'a KeyRecords, now: Timestamp) -> Schedule<'a> {
        Schedule { records, prefix: PREFIX, renewal: self.renewal, now }
    }

    pub(crate) fn refresh(&mut self, replica: usize) {
        let had_any = self.views[replica].had_any || self.store.iter().any(KeyRecord::is_active);
        self.views[replica] = Arc::new(KeyRecords { secrets: self.store.clone(), had_any });
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now += seconds;
        self.elapsed += seconds;
    }

    pub(crate) fn add_to_view(&mut self, replica: usize, secret: KeyRecord) {
        let view = Arc::make_mut(&mut self.views[replica]);
        view.had_any |= secret.is_active();
        view.secrets.push(secret);
    }

    pub(crate) fn create(&mut self, replica: usize, key: &NewKey, now: Timestamp) {
        if let Some(predecessor) = key.predecessor {
            let renewed = (predecessor, self.future_dates(predecessor, now));
            assert!(
                self.renewed.insert(renewed) || self.ahead != [0; REPLICAS],
                "{predecessor:?} was renewed twice ({:?})",
                key.reason
            );
        }
        let (name, fulfils) = (key.name.clone(), key.fulfils.clone());
        let secret = KeyRecord { name, state: self.new_key(now), fulfils };
        self.store.push(secret.clone());
        self.add_to_view(replica, secret);
    }

    fn future_dates(&self, key: Fingerprint, now: Timestamp) -> usize {
        let age = self.store.iter().find_map(|secret| match secret.state {
            KeyState::Active { fingerprint, age, .. } if fingerprint == key => Some(age),
            _ => None,
        });
        let dates = age.map_or_else(Vec::new, |age| vec![age.since, age.valid_from]);
        dates.iter().filter(|date| date.duration_since(now) > CLOCK_TOLERANCE).count()
    }

    fn new_key(&mut self, valid_from: Timestamp) -> KeyState {
        self.made += 1;
        let mixed = self.made.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let fingerprint = format!("{mixed:016x}{:048x}", self.made).parse().unwrap();
        let created = Timestamp::from_second(self.now).unwrap();
        let since = match self.order {
            KeyOrder::CertNotBefore => created.min(valid_from),
            KeyOrder::SecretCreationTimestamp => created,
        };
        KeyState::Active { fingerprint, age: KeyAge { since, valid_from }, request: None }
    }

    pub(crate) fn restart(&mut self, replica: usize) {
        self.views[replica] = Arc::default();
        self.requests[replica] = Arc::default();
        self.refresh(replica);
    }

    /// After a user's intervention a key that was renewed may have to be renewed again.
    pub(crate) fn disturb(&mut self) {
        // A replica may miss for any time what others created, but sees that a key was removed before it acts. Two replicas that
        // differ in that as well, after a clock was set, may choose different names.
        for replica in 0..REPLICAS {
            self.refresh(replica);
        }
        self.renewed.clear();
    }

    /// A clock that is set back behind every key makes one more. One that is set forwards makes dates come sooner, but of the dates
    /// that it skips no more than one makes a key.
    pub(crate) fn clock_was_set(&mut self, by: i64) {
        self.disturb();
        self.skipped += by.clamp(0, self.period());
        self.allowed += i64::from(by < 0);
    }

    pub(crate) fn annotate(&mut self, as_listed: bool) {
        self.annotations += 1;
        self.allowed += 1;
        let records = KeyRecords { secrets: self.store.clone(), had_any: true };
        let schedule = self.schedule(&records, self.time(0));
        let key = if as_listed { schedule.newest_listed() } else { schedule.next_to_renew() };
        let Some(key) = key else { return };
        let new = RenewalRequest::new(key.fingerprint, &self.annotations.to_string());
        for secret in &mut self.store {
            if let KeyState::Active { fingerprint, request, .. } = &mut secret.state
                && *fingerprint == key.fingerprint
            {
                *request = Some(new);
            }
        }
    }
}
