//! What renewal does in each state of the keys.

use super::*;
use crate::keys::key_age::KeyAge;
use crate::keys::renewal::test_keys::{
    at, dated_key, fingerprint, key, leaked, records, requested, retired, schedule,
};
use crate::keys::store::key_records::{KeyRecord, KeyRecords, KeyState};
use sealing::{KeyOrder, successor_name};

const DAY: i64 = 86_400;

/// The period, in days.
const PERIOD: i64 = 30;

fn step(secrets: &[KeyRecord], local: Option<LocalRequest>, now: i64) -> RenewalPlan {
    next_step(&schedule(&records(secrets), PERIOD, now), local, "here", true)
}

fn new_key(plan: RenewalPlan) -> NewKey {
    let RenewalPlan::Create(key) = plan else { panic!("{plan:?}") };
    key
}

fn created(plan: RenewalPlan) -> (Option<Fingerprint>, RenewalReason) {
    let key = new_key(plan);
    (key.predecessor, key.reason)
}

/// Waits until the newest key is due.
fn waits(plan: &RenewalPlan) -> bool {
    matches!(plan, RenewalPlan::Wait(Wait::UntilDue(Some(_))))
}

#[test]
fn a_new_cluster_gets_its_first_key_and_an_emptied_one_none() {
    assert_eq!(created(step(&[], None, 0)), (None, RenewalReason::First));
    let emptied = KeyRecords { secrets: Vec::new(), had_any: true };
    let step = |local| next_step(&schedule(&emptied, PERIOD, 0), local, "here", true);
    assert_eq!(step(None), RenewalPlan::Wait(Wait::UntilDue(None)));
    let requested = Some(LocalRequest { key: None });
    assert_eq!(created(step(requested)), (None, RenewalReason::Requested));
}

#[test]
fn one_request_makes_one_key() {
    let old = requested(key('0', 0));
    let new = new_key(step(std::slice::from_ref(&old), None, DAY));
    assert_eq!((new.predecessor, new.reason), (Some(fingerprint('0')), RenewalReason::Requested));
    let newer = KeyRecord { name: new.name, ..key('1', DAY) };
    assert!(waits(&step(&[old, newer], None, DAY)));
    let local = Some(LocalRequest { key: Some(fingerprint('0')) });
    assert_eq!(created(step(&[key('0', 0)], local, DAY)).1, RenewalReason::Requested);
    assert!(waits(&step(&[key('0', 0), key('1', 5)], local, DAY)));
}

/// The clock was ahead when the renewal was requested, and the annotation could not be removed.
#[test]
fn one_request_makes_one_key_even_if_that_is_dated_in_the_future() {
    let old = requested(key('0', 0));
    let NewKey { name, fulfils, .. } = new_key(step(std::slice::from_ref(&old), None, 20 * DAY));
    let newer = KeyRecord { name, fulfils, ..key('1', 20 * DAY) };
    assert!(waits(&step(&[old.clone(), newer.clone()], None, DAY)));
    // Once the new key leaked, the same annotation makes another.
    let all = [old, leaked(newer)];
    assert_eq!(created(step(&all, None, 21 * DAY)), (Some(fingerprint('0')), RenewalReason::Requested));
}

#[test]
fn a_key_is_never_made_in_the_second_of_its_predecessor() {
    let wait = RenewalPlan::Wait(Wait::UntilNewer(at(11)));
    assert_eq!(step(&[requested(key('0', 10))], None, 10), wait);
    assert_eq!(created(step(&[requested(key('0', 10))], None, 11)).1, RenewalReason::Requested);
}

#[test]
fn a_revoked_successor_keeps_its_name_and_the_next_gets_another() {
    let predecessor = Predecessor::Key(fingerprint('0'));
    let name = successor_name("p", &predecessor, 0);
    let leaked = leaked(KeyRecord { name, ..key('1', 40 * DAY) });
    let new = new_key(step(&[key('0', 0), leaked.clone()], None, 41 * DAY));
    assert_eq!((new.predecessor, new.reason), (Some(fingerprint('0')), RenewalReason::Due));
    assert_eq!(new.name, successor_name("p", &predecessor, 1));
    assert_eq!(created(step(&[leaked], None, 41 * DAY)), (Some(fingerprint('1')), RenewalReason::Leaked));
}

#[test]
fn a_key_dated_in_the_future_neither_stops_renewal_nor_starts_a_loop() {
    let future = key('f', 9_999 * DAY);
    let old = key('0', 0);
    assert!(waits(&step(&[old.clone(), future.clone()], None, DAY)));
    let due = step(&[old, future.clone()], None, 31 * DAY);
    assert_eq!(created(due), (Some(fingerprint('0')), RenewalReason::Due));
    let alone = step(std::slice::from_ref(&future), None, DAY);
    assert_eq!(created(alone), (Some(fingerprint('f')), RenewalReason::FutureDates));
    assert!(waits(&step(&[future, key('1', DAY)], None, DAY + 1)));
}

#[test]
fn of_two_keys_made_in_one_second_the_successor_is_the_newest() {
    let name = successor_name("p", &Predecessor::Key(fingerprint('0')), 0);
    let successor = KeyRecord { name, ..key('1', 10) };
    assert!(waits(&step(&[requested(key('0', 10)), successor], None, 20)));
}

/// The API server's clock was a month ahead when one key was made. A list shows that key as the newest, so a user annotates it.
#[test]
fn a_request_for_a_key_dated_in_the_future_renews_the_newest() {
    let [old, future] = [key('0', 0), requested(key('f', 32 * DAY))];
    let new = new_key(step(&[old.clone(), future.clone()], None, 2 * DAY));
    assert_eq!((new.predecessor, new.reason), (Some(fingerprint('0')), RenewalReason::Requested));
    assert_eq!(new.fulfils, [RenewalRequest::new(fingerprint('f'), "please")]);
    let new = KeyRecord { name: new.name, fulfils: new.fulfils, ..key('1', 2 * DAY) };
    let all = [old.clone(), future.clone(), new.clone()];
    // The request remains fulfilled: the annotation may stay for ever, and the date of that key comes.
    for day in [2, 3, 31] {
        assert!(waits(&step(&all, None, day * DAY + 5)), "on day {day}");
    }
    assert!(waits(&step(&all[1..], None, 33 * DAY)));
    assert!(waits(&step(&[old.clone(), future.clone(), retired(new.clone())], None, 3 * DAY)));
    // Another value of the annotation is another request.
    let request = Some(RenewalRequest::new(fingerprint('f'), "again"));
    let age = KeyAge { since: at(32 * DAY), valid_from: at(32 * DAY) };
    let state = KeyState::Active { fingerprint: fingerprint('f'), age, request };
    let again = step(&[old, KeyRecord { state, ..future }, new], None, 3 * DAY);
    assert_eq!(created(again), (Some(fingerprint('1')), RenewalReason::Requested));
}

/// A request for a key dated in the future is fulfilled by whatever key is made next.
#[test]
fn a_due_date_and_a_request_for_a_key_dated_in_the_future_make_one_key() {
    let future = requested(key('f', 99 * DAY));
    for (others, predecessor) in [(vec![key('0', 0)], '0'), (vec![], 'f')] {
        let mut all: Vec<KeyRecord> = others.into_iter().chain([future.clone()]).collect();
        let NewKey { name, fulfils, predecessor: renewed, .. } = new_key(step(&all, None, 31 * DAY));
        assert_eq!(renewed, Some(fingerprint(predecessor)));
        all.push(KeyRecord { name, fulfils, ..key('1', 31 * DAY) });
        assert!(waits(&step(&all, None, 31 * DAY + 5)));
    }
}

/// Both keys were made while the clock was wrong, the second to renew the first.
#[test]
fn a_request_that_was_fulfilled_in_the_future_is_not_open_in_the_present() {
    let name = successor_name("p", &Predecessor::Key(fingerprint('e')), 0);
    let newer = KeyRecord { name, ..key('f', 50 * DAY) };
    let all = [key('0', 0), requested(key('e', 40 * DAY)), newer];
    assert!(waits(&step(&all, None, DAY)));
}

#[test]
fn a_local_request_is_about_the_newest_key_that_is_not_dated_in_the_future() {
    let records = records(&[key('0', 0), key('f', 32 * DAY)]);
    let [present, future] = ['0', 'f'].map(|digit| LocalRequest { key: Some(fingerprint(digit)) });
    let none = LocalRequest { key: None };
    for (request, day, expected) in
        [(future, 1, present), (present, 1, present), (future, 33, future), (none, 1, none)]
    {
        let about = schedule(&records, PERIOD, day * DAY).about_present(request);
        assert_eq!(about, expected, "{request:?} on day {day}");
    }
}

/// The API server that dates the successor is behind the one that dated the key before it.
#[test]
fn a_successor_that_is_a_little_older_is_one() {
    let old = requested(key('0', 40));
    let name = new_key(step(std::slice::from_ref(&old), None, 41)).name;
    let successor = KeyRecord { name: name.clone(), ..key('1', 25) };
    let all = [old, successor];
    assert!(waits(&step(&all, None, 41)));
    // The next key renews the successor.
    assert_eq!(created(step(&all, None, 60 * DAY)), (Some(fingerprint('1')), RenewalReason::Due));
    // A key that was made long before does not renew this one.
    let before = KeyRecord { name, ..key('1', 0) };
    let plan = step(&[requested(key('0', DAY)), before], None, DAY + 1);
    assert_eq!(created(plan).0, Some(fingerprint('0')));
}

/// A controller that makes a key by its own clock does not find it due, whatever clock dates Secrets, and however often several
/// controllers take turns.
#[test]
fn clocks_that_differ_have_one_key_each() {
    const YEAR: i64 = 365 * DAY;
    for order in [KeyOrder::CertNotBefore, KeyOrder::SecretCreationTimestamp] {
        for clocks in [
            vec![3 * YEAR],
            vec![-3 * YEAR],
            vec![0, 3 * YEAR],
            vec![YEAR, 2 * YEAR],
            vec![2 * YEAR, YEAR, 0, -YEAR, 3 * YEAR],
        ] {
            let now = 10 * YEAR;
            let mut all = vec![key('0', now)];
            for second in 0..40 {
                let now = now + 1 + second;
                for ahead in &clocks {
                    let RenewalPlan::Create(new) = step(&all, None, now + ahead) else { continue };
                    let valid_from = at(now + ahead);
                    let since = match order {
                        KeyOrder::CertNotBefore => valid_from.min(at(now)),
                        KeyOrder::SecretCreationTimestamp => at(now),
                    };
                    let fingerprint = format!("{:064x}", all.len()).parse().unwrap();
                    let age = KeyAge { since, valid_from };
                    let state = KeyState::Active { fingerprint, age, request: None };
                    all.push(KeyRecord { name: new.name, state, fulfils: new.fulfils });
                }
            }
            // A clock that agrees with the one of Secrets needs no key of its own.
            assert!(all.len() <= clocks.len() + 1, "{} keys for {clocks:?} {order:?}", all.len());
        }
    }
}

/// Another API server, whose clock is years behind, stores the successor.
#[test]
fn a_successor_that_was_stored_with_a_date_of_long_ago_is_one() {
    for (is_requested, now, reason) in
        [(true, 401 * DAY, RenewalReason::Requested), (false, 440 * DAY, RenewalReason::Due)]
    {
        let old = key('0', 400 * DAY);
        let old = if is_requested { requested(old) } else { old };
        let new = new_key(step(std::slice::from_ref(&old), None, now));
        assert_eq!(new.reason, reason);
        let successor = dated_key('1', KeyAge { since: at(DAY), valid_from: at(now) });
        let all = [old, KeyRecord { name: new.name, ..successor }];
        assert!(waits(&step(&all, None, now + 5)), "{reason:?}");
        let next = created(step(&all, None, now + 31 * DAY));
        assert_eq!(next, (Some(fingerprint('1')), RenewalReason::Due));
    }
}

fn in_state(state: KeyState) -> KeyRecord {
    KeyRecord { name: "wrapped".into(), state, fulfils: Vec::new() }
}

#[test]
fn nothing_is_made_while_wrapped_keys_wait_or_where_none_opens() {
    let only_opens = |digit| {
        let age = KeyAge { since: at(0), valid_from: at(0) };
        in_state(KeyState::OpensOnly { fingerprint: fingerprint(digit), age })
    };
    let (waiting, closed) = (in_state(KeyState::Waiting), in_state(KeyState::Closed));
    let wait = |wait| RenewalPlan::Wait(wait);
    for (name, secrets, expected) in [
        ("waiting", vec![waiting.clone()], wait(Wait::ForProviders)),
        ("waiting, beside one in plain", vec![only_opens('1'), waiting.clone()], wait(Wait::ForProviders)),
        (
            "waiting, beside a leaked one",
            vec![leaked(key('1', 0)), waiting.clone()],
            wait(Wait::ForProviders),
        ),
        ("none opens", vec![closed.clone()], wait(Wait::UntilDue(None))),
    ] {
        assert_eq!(step(&secrets, None, DAY), expected, "{name}");
    }
    // A request stays open while keys wait, and is fulfilled where none opens.
    let local = Some(LocalRequest { key: None });
    assert_eq!(step(std::slice::from_ref(&waiting), local, DAY), RenewalPlan::Wait(Wait::ForProviders));
    assert!(matches!(step(std::slice::from_ref(&closed), local, DAY), RenewalPlan::Create(_)));
    // A planted key changes nothing while another one is in use.
    assert!(waits(&step(&[key('1', 0), waiting.clone()], None, DAY)));
    // Once the providers have worked for long, keys that wait hold nothing.
    let after = |secrets: &[KeyRecord], local| {
        next_step(&schedule(&records(secrets), PERIOD, (PERIOD + 1) * DAY), local, "here", false)
    };
    assert_eq!(after(std::slice::from_ref(&waiting), None), RenewalPlan::Wait(Wait::UntilDue(None)));
    assert_eq!(created(after(std::slice::from_ref(&waiting), local)), (None, RenewalReason::First));
    assert_eq!(created(after(&[key('1', 0), waiting], None)), (Some(fingerprint('1')), RenewalReason::Due));
    assert!(waits(&step(&[key('1', 0), closed.clone()], None, DAY)));
    // A key that is due waits too: the one that waits may be newer.
    let due = step(&[key('1', 0), in_state(KeyState::Waiting)], None, (PERIOD + 1) * DAY);
    assert_eq!(due, RenewalPlan::Wait(Wait::ForProviders));
    // A leaked key gets its successor, whatever does not open beside it.
    let made = created(step(&[leaked(key('1', 0)), closed.clone()], None, DAY));
    assert_eq!(made, (Some(fingerprint('1')), RenewalReason::Leaked));
    // Only keys in plain: the successor of the newest is made at once.
    let made = created(step(&[only_opens('1'), closed], None, DAY));
    assert_eq!(made, (Some(fingerprint('1')), RenewalReason::InPlain));
}
