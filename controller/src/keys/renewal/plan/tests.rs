//! What is to be done in each state of the keys.

use super::*;
use crate::config::keys::Renewal;
use crate::keys::renewal::key_age::Dates;
use crate::keys::renewal::observed::KeySecret;
use crate::keys::renewal::successor_name::successor_name;
use jiff::Timestamp;
use sealing::KeyOrder;

const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn dates(second: i64) -> Dates {
    Dates { since: at(second), valid_from: at(second) }
}

fn fingerprint(digit: char) -> Fingerprint {
    digit.to_string().repeat(64).parse().unwrap()
}

fn key(digit: char, since: i64, asked: bool) -> KeySecret {
    let asked = asked.then(|| Ask::of(fingerprint(digit), "please"));
    let standing = Standing::Active { fingerprint: fingerprint(digit), dates: dates(since), asked };
    KeySecret { name: format!("restored-{digit}"), standing, answers: Vec::new() }
}

fn rules() -> Rules {
    let period = Some(SignedDuration::from_hours(30 * 24));
    Rules { prefix: "p".into(), origin: "here".into(), renewal: Renewal { period, cutoff: None } }
}

fn step(secrets: &[KeySecret], asked: Option<Asked>, now: i64) -> Step {
    let had_any = secrets.iter().any(|secret| matches!(secret.standing, Standing::Active { .. }));
    next_step(&Observed { secrets: secrets.to_vec(), had_any }, asked, &rules(), at(now))
}

fn made(step: &Step) -> (Option<Fingerprint>, Why) {
    let Step::Make { predecessor, why, .. } = step else { panic!("{step:?}") };
    (*predecessor, *why)
}

#[test]
fn a_new_cluster_gets_its_first_key_and_an_emptied_one_none() {
    assert_eq!(made(&step(&[], None, 0)), (None, Why::First));
    let emptied = Observed { secrets: Vec::new(), had_any: true };
    assert_eq!(next_step(&emptied, None, &rules(), at(0)), Step::Settled(None));
    let asked = next_step(&emptied, Some(Asked(None)), &rules(), at(0));
    assert_eq!(made(&asked), (None, Why::Asked));
}

#[test]
fn asked_once_is_answered_once() {
    let old = key('0', 0, true);
    let answer = step(std::slice::from_ref(&old), None, DAY);
    assert_eq!(made(&answer), (Some(fingerprint('0')), Why::Asked));
    let Step::Make { name, .. } = answer else { unreachable!() };
    let newer = KeySecret { name, ..key('1', DAY, false) };
    assert!(matches!(step(&[old, newer], None, DAY), Step::Settled(Some(_))));
    let signalled = Some(Asked(Some(fingerprint('0'))));
    assert_eq!(made(&step(&[key('0', 0, false)], signalled, DAY)).1, Why::Asked);
    assert!(matches!(step(&[key('0', 0, false), key('1', 5, false)], signalled, DAY), Step::Settled(_)));
}

/// The clock was ahead when it was asked, and the request could not be taken off.
#[test]
fn asked_once_is_answered_once_even_if_the_answer_is_from_the_future() {
    let old = key('0', 0, true);
    let Step::Make { name, answers, .. } = step(std::slice::from_ref(&old), None, 20 * DAY) else { panic!() };
    let newer = KeySecret { name, answers, ..key('1', 20 * DAY, false) };
    let all = [old.clone(), newer.clone()];
    assert!(matches!(step(&all, None, DAY), Step::Settled(Some(_))));
    // Once that leaked, the same words ask for another.
    let leaked = Standing::Leaked { fingerprint: fingerprint('1'), since: at(20 * DAY) };
    let all = [old, KeySecret { standing: leaked, ..newer }];
    assert_eq!(made(&step(&all, None, 21 * DAY)), (Some(fingerprint('0')), Why::Asked));
}

#[test]
fn a_key_is_never_made_in_the_second_of_its_predecessor() {
    assert_eq!(step(&[key('0', 10, true)], None, 10), Step::NotYet(at(11)));
    assert_eq!(made(&step(&[key('0', 10, true)], None, 11)).1, Why::Asked);
}

#[test]
fn a_revoked_successor_keeps_its_name_and_the_next_gets_another() {
    let named = Predecessor::Key(fingerprint('0'));
    let leaked = Standing::Leaked { fingerprint: fingerprint('1'), since: at(40 * DAY) };
    let leaked = KeySecret { name: successor_name("p", &named, 0), standing: leaked, answers: Vec::new() };
    let answer = step(&[key('0', 0, false), leaked.clone()], None, 41 * DAY);
    assert_eq!(made(&answer), (Some(fingerprint('0')), Why::Due));
    let Step::Make { name, .. } = answer else { unreachable!() };
    assert_eq!(name, successor_name("p", &named, 1));
    assert_eq!(made(&step(&[leaked], None, 41 * DAY)), (Some(fingerprint('1')), Why::Leaked));
}

#[test]
fn a_key_from_the_future_neither_stops_renewal_nor_starts_a_loop() {
    let future = key('f', 9_999 * DAY, false);
    let old = key('0', 0, false);
    assert!(matches!(step(&[old.clone(), future.clone()], None, DAY), Step::Settled(Some(_))));
    assert_eq!(made(&step(&[old, future.clone()], None, 31 * DAY)), (Some(fingerprint('0')), Why::Due));
    assert_eq!(made(&step(std::slice::from_ref(&future), None, DAY)), (Some(fingerprint('f')), Why::Clock));
    assert!(matches!(step(&[future, key('1', DAY, false)], None, DAY + 1), Step::Settled(Some(_))));
}

#[test]
fn of_two_made_in_one_second_the_successor_counts() {
    let name = successor_name("p", &Predecessor::Key(fingerprint('0')), 0);
    let answer = KeySecret { name, ..key('1', 10, false) };
    assert!(matches!(step(&[key('0', 10, true), answer], None, 20), Step::Settled(Some(_))));
}

/// The API server's clock was a month ahead when one was made. A list shows that one as the newest, so it is asked.
#[test]
fn a_key_from_the_future_is_asked_in_place_of_the_one_that_counts() {
    let [old, future] = [key('0', 0, false), key('f', 32 * DAY, true)];
    let answer = step(&[old.clone(), future.clone()], None, 2 * DAY);
    assert_eq!(made(&answer), (Some(fingerprint('0')), Why::Asked));
    let Step::Make { name, answers, .. } = answer else { unreachable!() };
    assert_eq!(answers, [Ask::of(fingerprint('f'), "please")]);
    let new = KeySecret { name, answers, ..key('1', 2 * DAY, false) };
    let all = [old.clone(), future.clone(), new.clone()];
    // It stays answered: the annotation may be there for ever, and time catches up with that key.
    for day in [2, 3, 31] {
        assert!(matches!(step(&all, None, day * DAY + 5), Step::Settled(Some(_))), "on day {day}");
    }
    assert!(matches!(step(&all[1..], None, 33 * DAY), Step::Settled(Some(_))));
    let taken_out = KeySecret { standing: Standing::Out, ..new.clone() };
    assert!(matches!(step(&[old.clone(), future.clone(), taken_out], None, 3 * DAY), Step::Settled(Some(_))));
    // In other words, it is asked again.
    let asked = Some(Ask::of(fingerprint('f'), "again"));
    let standing = Standing::Active { fingerprint: fingerprint('f'), dates: dates(32 * DAY), asked };
    let again = KeySecret { standing, ..future };
    assert_eq!(made(&step(&[old, again, new], None, 3 * DAY)), (Some(fingerprint('1')), Why::Asked));
}

/// What a key from the future is asked is answered by whatever key is made next.
#[test]
fn a_date_and_a_request_of_a_key_from_the_future_are_one_key() {
    let future = key('f', 99 * DAY, true);
    for (others, predecessor) in [(vec![key('0', 0, false)], '0'), (vec![], 'f')] {
        let mut all: Vec<KeySecret> = others.into_iter().chain([future.clone()]).collect();
        let answer = step(&all, None, 31 * DAY);
        assert_eq!(made(&answer).0, Some(fingerprint(predecessor)));
        let Step::Make { name, answers, .. } = answer else { unreachable!() };
        all.push(KeySecret { name, answers, ..key('1', 31 * DAY, false) });
        assert!(matches!(step(&all, None, 31 * DAY + 5), Step::Settled(Some(_))));
    }
}

/// Both were made while the clock was wrong, the second to renew the first.
#[test]
fn what_was_answered_in_the_future_is_not_asked_in_the_present() {
    let name = successor_name("p", &Predecessor::Key(fingerprint('e')), 0);
    let newer = KeySecret { name, ..key('f', 50 * DAY, false) };
    let all = [key('0', 0, false), key('e', 40 * DAY, true), newer];
    assert!(matches!(step(&all, None, DAY), Step::Settled(Some(_))));
}

#[test]
fn what_was_asked_of_this_process_is_meant_for_the_key_that_counts() {
    let all = vec![key('0', 0, false), key('f', 32 * DAY, false)];
    let seen = Observed { secrets: all, had_any: true };
    let [present, future] = ['0', 'f'].map(|digit| Asked(Some(fingerprint(digit))));
    for (asked, day, expected) in
        [(future, 1, present), (present, 1, present), (future, 33, future), (Asked(None), 1, Asked(None))]
    {
        assert_eq!(asked.of_the_present(&seen, &rules(), at(day * DAY)), expected, "{asked:?} on day {day}");
    }
}

/// The API server that dates the answer is behind the one that dated the key before it.
#[test]
fn an_answer_that_is_a_little_older_is_one() {
    let old = key('0', 40, true);
    let answer = step(std::slice::from_ref(&old), None, 41);
    let Step::Make { name, .. } = answer else { panic!("{answer:?}") };
    let answer = KeySecret { name: name.clone(), ..key('1', 25, false) };
    let all = [old.clone(), answer];
    assert!(matches!(step(&all, None, 41), Step::Settled(Some(_))));
    // The next follows that one.
    assert_eq!(made(&step(&all, None, 60 * DAY)), (Some(fingerprint('1')), Why::Due));
    // What was made long before the key came to count renews something else.
    let before = KeySecret { name, ..key('1', 0, false) };
    assert_eq!(made(&step(&[key('0', DAY, true), before], None, DAY + 1)).0, Some(fingerprint('0')));
}

/// What makes each key by its own clock finds it due no more, whatever clock dates Secrets, and however often they take turns.
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
            let mut all = vec![key('0', now, false)];
            for second in 0..40 {
                let now = now + 1 + second;
                for ahead in &clocks {
                    let Step::Make { name, answers, .. } = step(&all, None, now + ahead) else { continue };
                    let valid_from = at(now + ahead);
                    let since = match order {
                        KeyOrder::CertNotBefore => valid_from.min(at(now)),
                        KeyOrder::SecretCreationTimestamp => at(now),
                    };
                    let fingerprint = format!("{:064x}", all.len()).parse().unwrap();
                    let dates = Dates { since, valid_from };
                    let standing = Standing::Active { fingerprint, dates, asked: None };
                    all.push(KeySecret { name, standing, answers });
                }
            }
            // The one that agrees with the clock of Secrets needs none.
            assert!(all.len() <= clocks.len() + 1, "{} keys for {clocks:?} {order:?}", all.len());
        }
    }
}

/// Another API server, whose clock is years behind, stores the answer.
#[test]
fn an_answer_that_was_stored_with_a_date_of_long_ago_is_one() {
    let old = key('0', 400 * DAY, true);
    for (now, why) in [(401 * DAY, Why::Asked), (440 * DAY, Why::Due)] {
        let old = if why == Why::Asked { old.clone() } else { key('0', 400 * DAY, false) };
        let answer = step(std::slice::from_ref(&old), None, now);
        assert_eq!(made(&answer).1, why);
        let Step::Make { name, .. } = answer else { unreachable!() };
        let dates = Dates { since: at(DAY), valid_from: at(now) };
        let standing = Standing::Active { fingerprint: fingerprint('1'), dates, asked: None };
        let all = [old, KeySecret { name, standing, answers: Vec::new() }];
        assert!(matches!(step(&all, None, now + 5), Step::Settled(Some(_))), "{why:?}");
        assert_eq!(made(&step(&all, None, now + 31 * DAY)), (Some(fingerprint('1')), Why::Due));
    }
}
