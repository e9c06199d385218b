//! What is to be done in each state of the keys.

use super::super::name::successor_name;
use super::super::observed::KeySecret;
use super::*;
use crate::config::Renewal;
use jiff::Timestamp;

const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn fingerprint(digit: char) -> Fingerprint {
    digit.to_string().repeat(64).parse().unwrap()
}

fn key(digit: char, since: i64, asked: bool) -> KeySecret {
    let standing = Standing::Active { fingerprint: fingerprint(digit), since: at(since), asked };
    KeySecret { name: format!("restored-{digit}"), standing }
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

#[test]
fn a_key_is_never_made_in_the_second_of_its_predecessor() {
    assert_eq!(step(&[key('0', 10, true)], None, 10), Step::NotYet(at(11)));
    assert_eq!(made(&step(&[key('0', 10, true)], None, 11)).1, Why::Asked);
}

#[test]
fn a_revoked_successor_keeps_its_name_and_the_next_gets_another() {
    let named = Predecessor::Key(fingerprint('0'));
    let leaked = Standing::Leaked { fingerprint: fingerprint('1'), since: at(40 * DAY) };
    let leaked = KeySecret { name: successor_name("p", &named, 0), standing: leaked };
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
