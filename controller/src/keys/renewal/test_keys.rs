//! Keys for tests. Each is named by a digit, of which its fingerprint consists.

use crate::config::keys::Renewal;
use crate::keys::key_age::KeyAge;
use crate::keys::renewal::schedule::Schedule;
use crate::keys::renewal_request::RenewalRequest;
use crate::keys::store::key_records::{KeyRecord, KeyRecords, KeyState};
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn fingerprint(digit: char) -> Fingerprint {
    digit.to_string().repeat(64).parse().unwrap()
}

/// A key whose Secret and certificate were dated by one clock.
pub(crate) fn key(digit: char, since: i64) -> KeyRecord {
    dated_key(digit, KeyAge { since: at(since), valid_from: at(since) })
}

pub(crate) fn dated_key(digit: char, age: KeyAge) -> KeyRecord {
    let state = KeyState::Active { fingerprint: fingerprint(digit), age, request: None };
    KeyRecord { name: format!("restored-{digit}"), state, fulfils: Vec::new() }
}

/// The key with a request to renew it.
pub(crate) fn requested(mut key: KeyRecord) -> KeyRecord {
    if let KeyState::Active { fingerprint, request, .. } = &mut key.state {
        *request = Some(RenewalRequest::new(*fingerprint, "please"));
    }
    key
}

pub(crate) fn leaked(mut key: KeyRecord) -> KeyRecord {
    if let KeyState::Active { fingerprint, age, .. } = key.state {
        key.state = KeyState::Leaked { fingerprint, valid_from: age.valid_from };
    }
    key
}

pub(crate) fn retired(key: KeyRecord) -> KeyRecord {
    KeyRecord { state: KeyState::Unused, ..key }
}

/// The records of these Secrets. The cluster has had a key if one of them counts, or if it has had one before.
pub(crate) fn records(secrets: &[KeyRecord]) -> KeyRecords {
    KeyRecords { secrets: secrets.to_vec(), had_any: secrets.iter().any(KeyRecord::is_active) }
}

/// With a period of this many days; 0 for none.
pub(crate) fn schedule(records: &KeyRecords, days: i64, now: i64) -> Schedule<'_> {
    let period = (days > 0).then(|| SignedDuration::from_hours(24 * days));
    Schedule { records, prefix: "p", renewal: Renewal { period, cutoff: None }, now: at(now) }
}
