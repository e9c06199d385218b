//! What becomes of a request when keys come and go.

use super::*;
use crate::keys::renewal::plan::{NewKey, RenewalPlan, Wait, next_step};
use crate::keys::renewal::test_keys::{self, fingerprint, key, leaked, records, requested, retired};
use crate::keys::store::key_records::{KeyRecord, KeyRecords};

fn schedule(records: &KeyRecords, now: i64) -> Schedule<'_> {
    test_keys::schedule(records, 0, now)
}

fn plan(secrets: &[KeyRecord], now: i64) -> RenewalPlan {
    next_step(&schedule(&records(secrets), now), None, "", true)
}

/// The key that is made because renewal of this one was requested.
fn successor(of: &KeyRecord, others: &[KeyRecord], since: i64) -> KeyRecord {
    let all: Vec<_> = others.iter().cloned().chain([requested(of.clone())]).collect();
    let RenewalPlan::Create(NewKey { name, .. }) = plan(&all, since) else { panic!("no successor") };
    KeyRecord { name, ..key('a', since) }
}

#[test]
fn a_request_is_lost_with_its_key_unless_it_was_fulfilled() {
    let (old, new) = (key('1', 100), key('2', 200));
    let request = SignalRequest::new(&schedule(&records(&[old.clone(), new.clone()]), 300)).unwrap();
    assert_eq!((request.secret.as_str(), request.key), ("restored-2", fingerprint('2')));
    let successor = successor(&new, std::slice::from_ref(&old), 300);
    let (leaked, retired_successor) = (leaked(new.clone()), retired(successor.clone()));
    let retired = retired(new.clone());
    for (what, secrets, expected) in [
        ("nothing happened", vec![&old, &new], Progress::Open),
        ("renewed", vec![&old, &new, &successor], Progress::Fulfilled),
        ("another key that is newer was restored", vec![&old, &new, &key('3', 250)], Progress::Fulfilled),
        ("another key that is older was restored", vec![&old, &new, &key('3', 150)], Progress::Open),
        ("deleted", vec![&old], Progress::Lost),
        ("retired", vec![&old, &retired], Progress::Lost),
        ("revoked", vec![&old, &leaked], Progress::Lost),
        ("all are deleted", vec![], Progress::Lost),
        ("renewed and retired", vec![&old, &retired, &successor], Progress::Fulfilled),
        ("renewed, and both are retired", vec![&old, &retired, &retired_successor], Progress::Fulfilled),
    ] {
        let secrets: Vec<_> = secrets.into_iter().cloned().collect();
        assert_eq!(request.progress(&schedule(&records(&secrets), 301)), expected, "{what}");
    }
}

/// A successor that fulfilled an earlier request and was retired does not fulfil this one.
#[test]
fn a_successor_of_an_earlier_request_does_not_count() {
    let old = key('1', 100);
    let earlier = retired(successor(&old, &[], 200));
    let request = SignalRequest::new(&schedule(&records(&[old.clone(), earlier.clone()]), 300)).unwrap();
    assert_eq!(request.key, fingerprint('1'));
    let progress = |secrets: &[KeyRecord]| request.progress(&schedule(&records(secrets), 300));
    assert_eq!(progress(&[old, earlier.clone()]), Progress::Open);
    assert_eq!(progress(&[earlier]), Progress::Lost);
}

/// The successor was being made when the key was deleted, so that a second request was made, about the other key.
#[test]
fn a_second_request_makes_no_second_key() {
    let (old, new) = (key('1', 100), key('2', 200));
    let successor = successor(&new, std::slice::from_ref(&old), 300);
    let all = [requested(old), successor];
    assert_eq!(plan(&all, 310), RenewalPlan::Wait(Wait::UntilDue(None)));
    // Without the successor, it makes one.
    assert!(matches!(plan(&all[..1], 310), RenewalPlan::Create(_)));
}
