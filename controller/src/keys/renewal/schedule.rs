//! [`Schedule`]: which sealing key is renewed, which requests are open, and how the next key's Secret is named. Its date is in
//! [`due`](crate::keys::renewal::due). Pure: it depends on the keys' own ages, never on the process's, so that a restart changes nothing.
//!
//! - **One clock.** `now` is the API server's time, which is the same for all replicas; their own clocks may be wrong.
//! - **Two dates** belong to a key; [`KeyAge`] says from which its age is counted.
//! - **A key that is dated in the future**, because that clock was wrong when it was made, unseals what was sealed with it, and renewal
//!   ignores it; otherwise no key would be renewed until its date. If there is no other key, one is made.
//! - **Names** are derived from the predecessor, so that a successor is recognized, and made once (`sealing::successor_name`).

use crate::config::keys::{Keys, Renewal};
use crate::keys::key_age::{CLOCK_TOLERANCE, KeyAge};
use crate::keys::renewal_request::{LocalRequest, RenewalRequest};
use crate::keys::store::key_records::{ActiveKey, KeyRecords};
use envelope::Fingerprint;
use jiff::Timestamp;
use sealing::{Predecessor, successor_name};
use std::cmp::Reverse;

/// The keys at one moment, and the settings of their renewal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule<'a> {
    pub records: &'a KeyRecords,
    /// `--key-prefix`: the start of each name.
    pub prefix: &'a str,
    pub renewal: Renewal,
    pub now: Timestamp,
}

impl<'a> Schedule<'a> {
    pub(crate) fn new(records: &'a KeyRecords, settings: &'a Keys, now: Timestamp) -> Self {
        Self { records, prefix: &settings.new.prefix, renewal: settings.renewal, now }
    }

    /// The keys that count and are not dated in the future.
    pub(crate) fn present(&self) -> impl Iterator<Item = ActiveKey<'a>> + use<'a> {
        let now = self.now;
        self.records.active().filter(move |key| !key.age.is_future(now))
    }

    /// The keys that count and are dated in the future.
    pub(crate) fn future(&self) -> impl Iterator<Item = ActiveKey<'a>> + use<'a> {
        let now = self.now;
        self.records.active().filter(move |key| key.age.is_future(now))
    }

    /// The newest key that is not dated in the future. Of two keys made at almost the same time, the one that was made to renew the
    /// other: its Secret may have been dated by another API server, whose clock is behind.
    pub(crate) fn newest(&self) -> Option<ActiveKey<'a>> {
        let mut newest = self.present().max_by_key(|key| self.rank(key))?;
        // Each step goes to a successor, of which there are no more than Secrets.
        for _ in &self.records.secrets {
            let successors = self.successors(&newest).filter(|key| !key.age.is_future(self.now));
            let Some(next) = successors.max_by_key(|key| self.rank(key)) else { break };
            newest = next;
        }
        // Two Secrets may hold one key, and either may carry the request. A key that was made for it may have leaked since;
        // then the same request makes another.
        let same_key = self.present().filter(|key| key.fingerprint == newest.fingerprint);
        let mut requests = same_key.filter_map(|key| key.request);
        newest.request = requests.find(|request| !self.records.is_fulfilled_by_active(*request));
        Some(newest)
    }

    /// The key at the top of a list: the newest, even where that is dated in the future.
    pub(crate) fn newest_listed(&self) -> Option<ActiveKey<'a>> {
        self.records.active().max_by_key(|key| self.rank(key))
    }

    /// The key that is renewed next: the newest, or if all are dated in the future, the newest of those.
    pub(crate) fn next_to_renew(&self) -> Option<ActiveKey<'a>> {
        self.newest().or_else(|| self.newest_listed())
    }

    /// Whether a key was made to renew this one and is not older.
    fn has_successor(&self, key: &ActiveKey<'a>) -> bool {
        self.successors(key).next().is_some()
    }

    /// The requests for keys dated in the future that are not fulfilled.
    pub(crate) fn open_future_requests(&self) -> Vec<RenewalRequest> {
        let open = self.future().filter(|key| {
            key.request.is_some_and(|request| !self.records.is_fulfilled(request)) && !self.has_successor(key)
        });
        let mut requests: Vec<_> = open.filter_map(|key| key.request).collect();
        requests.sort_unstable();
        requests.dedup();
        requests
    }

    /// The keys that carry a request which is fulfilled: by a newer key, or by one that says so.
    pub(crate) fn fulfilled(&self) -> impl Iterator<Item = ActiveKey<'a>> {
        let newest = self.newest().map(|newest| (newest.fingerprint, newest.age.ordered_by(self.now)));
        self.records.active().filter(move |key| {
            let Some(request) = key.request else { return false };
            let is_newest = newest.is_some_and(|(newest, _)| key.fingerprint == newest);
            let is_older = newest.is_some_and(|(_, since)| key.age.ordered_by(self.now) <= since);
            self.records.is_fulfilled(request) || !is_newest && (is_older || self.has_successor(key))
        })
    }

    /// A local request about a key that turns out to be dated in the future is about the newest key instead: the process did
    /// not know the time when the request was made.
    pub(crate) fn about_present(&self, request: LocalRequest) -> LocalRequest {
        if self.future().any(|key| Some(key.fingerprint) == request.key) {
            return self.newest().map_or(request, |key| LocalRequest { key: Some(key.fingerprint) });
        }
        request
    }

    /// The first name for the successor that no Secret has.
    pub(crate) fn free_name(&self, predecessor: &Predecessor) -> String {
        let mut attempt = 0;
        loop {
            let name = successor_name(self.prefix, predecessor, attempt);
            // There is one name more than there are Secrets.
            if attempt > self.records.secrets.len() || !self.records.has_name(&name) {
                return name;
            }
            attempt += 1;
        }
    }

    /// The keys that were made to renew this one; but not those of a time when it was dated in the future, which are older now.
    fn successors(&self, key: &ActiveKey<'a>) -> impl Iterator<Item = ActiveKey<'a>> + use<'a> {
        let (key, now) = (*key, self.now);
        let is_newer = move |other: &ActiveKey<'_>| {
            // By either date: another API server, whose clock is far behind, may have dated the other key's Secret.
            let [order, age] = [KeyAge::ordered_by, KeyAge::counted_from]
                .map(|date| date(&key.age, now).duration_since(date(&other.age, now)));
            other.fingerprint != key.fingerprint && order.min(age) <= CLOCK_TOLERANCE
        };
        let mut newer = self.records.active().filter(is_newer).peekable();
        // Names are hashes, and nearly always no key is newer: then none is computed.
        let count = if newer.peek().is_some() { self.records.secrets.len() + 1 } else { 0 };
        let predecessor = Predecessor::Key(key.fingerprint);
        let names: Vec<String> =
            (0..count).map(|attempt| successor_name(self.prefix, &predecessor, attempt)).collect();
        newer.filter(move |other| names.iter().any(|name| name == other.name))
    }

    /// The order of the ring: the newer key, then the smaller fingerprint.
    fn rank(&self, key: &ActiveKey<'_>) -> (Timestamp, Reverse<Fingerprint>) {
        (key.age.ordered_by(self.now), Reverse(key.fingerprint))
    }
}

#[cfg(test)]
mod tests {
    use crate::keys::renewal::test_keys::{key, records, requested, schedule};
    use crate::keys::store::key_records::KeyRecord;

    #[test]
    fn a_request_is_fulfilled_by_a_newer_key_that_is_not_dated_in_the_future() {
        let fulfilled = |secrets: [KeyRecord; 2]| {
            let records = records(&secrets);
            schedule(&records, 0, 5_000).fulfilled().map(|key| key.name.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(fulfilled([requested(key('1', 1_000)), key('2', 2_000)]), ["restored-1"]);
        assert!(fulfilled([key('1', 1_000), requested(key('2', 2_000))]).is_empty());
        // The key that is dated in the future is not the newest, and the newest does not fulfil its request.
        assert!(fulfilled([key('1', 1_000), requested(key('2', 9_000))]).is_empty());
    }
}
