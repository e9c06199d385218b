//! The status contract, as a table.

use super::*;
use crate::unseal::cause::api_message::ApiMessage;
use crate::unseal::cause::refusal::Refusal;
use crate::unseal::cause::transient::Transient;
use crate::unseal::read::compromise::compromise;
use crate::unseal::report::event::{event_for, leak_event};
use api::{Scope, WatchedSealedSecret};
use sealing::KeyRing;
use serde_json::json;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn synced(written: bool) -> Outcome {
    done(if written { Act::Written } else { Act::Found })
}

fn done(act: Act) -> Outcome {
    Outcome::Synced { resource_version: "7".into(), opened_by: Some(keys(&["aa"])), act }
}

fn keys(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

fn refused() -> Outcome {
    Outcome::Refused(Refusal::Unmanaged { namespace: "ns".into(), name: "a".into() })
}

fn failed() -> Outcome {
    Outcome::Failed(Transient::Api("no".to_owned().into()))
}

fn denied() -> Outcome {
    Outcome::Failed(Transient::Denied("a policy said no".to_owned().into()))
}

/// The inputs of a SealedSecret of this generation.
fn of(generation: i64) -> Inputs {
    Inputs { generation: Some(generation), ..Inputs::default() }
}

fn next(previous: Option<&SealedSecretStatus>, outcome: &Outcome, second: i64) -> SealedSecretStatus {
    next_status(previous, None, &of(3), outcome, |_| None, at(second))
}

/// As `next`, while the key "aa" is known to have leaked.
fn next_leaked(previous: Option<&SealedSecretStatus>, outcome: &Outcome, second: i64) -> SealedSecretStatus {
    let leak = |opened_by: Option<&BTreeSet<String>>| {
        opened_by
            .is_some_and(|keys| keys.contains("aa"))
            .then(|| Compromise { message: "aa leaked".into(), keys: keys(&["aa"]) })
    };
    next_status(previous, None, &of(3), outcome, leak, at(second))
}

fn words(status: &SealedSecretStatus) -> String {
    let words: Vec<String> = status
        .conditions
        .iter()
        .map(|condition| format!("{}={:?}", condition.type_, condition.status))
        .collect();
    words.join(" ")
}

/// A later reconcile compares both with the annotations.
#[test]
fn a_success_records_scope_and_recipients() {
    let inputs = Inputs { scope: Scope::ClusterWide, recipients: Some("digest".into()), ..of(3) };
    let target = next_status(None, None, &inputs, &synced(true), |_| None, at(0)).target.unwrap();
    assert_eq!((target.scope.as_str(), target.recipients.as_deref()), ("cluster-wide", Some("digest")));
}

#[test]
fn a_change_that_waits_for_its_turn_is_in_progress_and_no_event() {
    let waits = Outcome::Failed(Transient::RateLimited { wait: std::time::Duration::from_secs(9) });
    let before = next(None, &synced(true), 1);
    let status = next(Some(&before), &waits, 2);
    assert_eq!(words(&status), "Synced=Unknown Ready=False Reconciling=True");
    assert_eq!(status.target, before.target, "the Secret stays");
    assert!(event_for(Some(&before), &status, &waits).is_none());
    let later = Outcome::Failed(Transient::RateLimited { wait: std::time::Duration::from_secs(7) });
    assert!(says_the_same(&status, &next(Some(&status), &later, 3)), "nothing is written while it waits");
}

#[test]
fn the_contract() {
    let cases = [
        (synced(true), "Synced=True Ready=True"),
        (synced(false), "Synced=True Ready=True"),
        (refused(), "Synced=False Ready=False Stalled=True"),
        (failed(), "Synced=Unknown Ready=False Reconciling=True"),
        // Not synced, and tried again.
        (denied(), "Synced=False Ready=False Reconciling=True"),
    ];
    let before = [
        None,
        Some(next(None, &synced(true), 1)),
        Some(next(None, &refused(), 1)),
        Some(next(None, &failed(), 1)),
    ];
    for (outcome, expected) in &cases {
        for previous in &before {
            let status = next(previous.as_ref(), outcome, 2);
            assert_eq!(words(&status), *expected);
            assert_eq!(status.observed_generation, Some(3), "on success and on failure");
        }
    }
}

/// A settled SealedSecret as well: without a change, nothing else would write its status again.
#[test]
fn a_status_is_written_if_it_is_news_or_unwritten() {
    let good = next(None, &synced(true), 1);
    for (outcome, is_news) in [(done(Act::Settled), false), (synced(false), false), (refused(), true)] {
        let next = next(Some(&good), &outcome, 2);
        for is_unwritten in [true, false] {
            let memory = Memory { status: Some(good.clone()), is_unwritten, ..Memory::default() };
            assert_eq!(must_be_written(&memory, &next, &outcome), is_news || is_unwritten, "{outcome:?}");
        }
    }
    assert!(must_be_written(&Memory::default(), &good, &synced(true)), "the first status");
}

#[test]
fn a_time_reads_as_when_it_changed() {
    let first = next(None, &refused(), 10);
    let same = next(Some(&first), &refused(), 20);
    assert!(says_the_same(&first, &same));
    assert_eq!(first, same, "nothing changed, so no time moves");

    let other = Outcome::Refused(Refusal::Immutable { name: "a".into(), rendering: None });
    let other = next(Some(&same), &other, 30);
    assert!(!says_the_same(&same, &other), "a change of message alone is written");
    assert_eq!(other.conditions[0].last_transition_time, Some(Time(at(10))));
    assert_eq!(other.conditions[0].last_update_time, Some(Time(at(30))));

    let recovered = next(Some(&other), &synced(true), 40);
    assert_eq!(recovered.conditions[0].last_transition_time, Some(Time(at(40))));
    assert_eq!(recovered.conditions[0].message, None);
}

/// As in upstream's controller: a client that edits an object waits for this time to change.
#[test]
fn a_new_generation_moves_the_update_of_synced_alone() {
    let of = |previous: Option<&SealedSecretStatus>, generation, outcome: &Outcome, second| {
        next_status(previous, None, &of(generation), outcome, |_| None, at(second))
    };
    let times = |condition: &Condition| {
        let second = |time: &Option<Time>| time.as_ref().unwrap().0.as_second();
        (second(&condition.last_transition_time), second(&condition.last_update_time))
    };
    for outcome in [synced(true), refused(), failed()] {
        let first = of(None, 1, &outcome, 10);
        assert_eq!(first.conditions.iter().map(times).next(), Some((10, 10)));
        let edited = of(Some(&first), 2, &outcome, 20);
        assert_eq!(times(&edited.conditions[0]), (10, 20));
        assert_eq!(edited.conditions[1..], first.conditions[1..]);
        assert_eq!(of(Some(&edited), 2, &outcome, 30), edited, "nothing changed since");
    }
}

/// What `kubectl get --output wide` shows.
#[test]
fn when_it_was_unsealed_and_with_which_keys() {
    let key = "0123456789abcdef".repeat(4);
    let outcome = |version: &str, act| Outcome::Synced {
        resource_version: version.into(),
        opened_by: Some(keys(&[&key, "bb"])),
        act,
    };
    let written = next(None, &outcome("7", Act::Written), 10);
    let unsealed = written.unsealed.clone().unwrap();
    assert_eq!((unsealed.at.0, unsealed.keys.as_str()), (at(10), "0123456789ab,bb"));
    for (later, second) in [
        (outcome("7", Act::Found), 10),
        (outcome("7", Act::Settled), 10),
        (refused(), 10),
        (failed(), 10),
        (outcome("8", Act::Corrected), 20),
    ] {
        let status = next(Some(&written), &later, 20);
        assert_eq!(status.unsealed.unwrap().at.0, at(second), "{later:?}");
    }
    // An earlier definition drops fields of the target.
    let mut dropped = written.clone();
    dropped.target.as_mut().unwrap().generation = None;
    assert_eq!(next(Some(&dropped), &outcome("7", Act::Found), 20).unsealed, written.unsealed);
    // An earlier version of the controller wrote no such field: its status is not written again for that.
    let before = SealedSecretStatus { unsealed: None, ..written };
    let found = next(Some(&before), &outcome("7", Act::Found), 20);
    assert!(found.unsealed.is_none() && says_the_same(&before, &found));
}

#[test]
fn failure_remembers_the_secret_that_was_left() {
    let good = next(None, &synced(true), 1);
    for failure in [refused(), failed()] {
        let failed = next_status(Some(&good), None, &of(4), &failure, |_| None, at(2));
        assert_eq!((&failed.target, failed.observed_generation), (&good.target, Some(4)));
    }
    assert_eq!(good.target.unwrap().generation, Some(3));
    assert_eq!(next(None, &refused(), 2).target, None);
}

#[test]
fn events_are_recorded_for_transitions_only() {
    let (good, bad) = (next(None, &synced(true), 1), next(None, &refused(), 1));
    let cases = [
        ("first unseal", None, synced(true), Some("Unsealed")),
        ("written again", Some(&good), synced(true), Some("Unsealed")),
        ("found right", Some(&good), synced(false), None),
        ("recovered", Some(&bad), synced(false), Some("Unsealed")),
        ("new error", Some(&good), refused(), Some("ErrUpdateFailed")),
        ("same error", Some(&bad), refused(), None),
        ("transient error", Some(&good), failed(), Some("ErrUpdateFailed")),
        (
            "does not open",
            Some(&good),
            Outcome::Refused(Refusal::Unseal(sealing::UnsealError::DeprecatedShape)),
            Some("ErrUnsealFailed"),
        ),
    ];
    for (name, previous, outcome, expected) in cases {
        let status = next(previous, &outcome, 2);
        let event = event_for(previous, &status, &outcome);
        assert_eq!(event.map(|event| event.reason), expected, "{name}");
    }
}

#[test]
fn a_correction_is_reported_as_a_correction() {
    let good = next(None, &synced(true), 1);
    for (act, words) in [
        (Act::Written, "unsealed successfully"),
        (Act::Corrected, ": the Secret had been edited, which was corrected"),
        (Act::Recreated, ": the Secret had been deleted, and was created again"),
    ] {
        let status = next(Some(&good), &done(act), 2);
        let event = event_for(Some(&good), &status, &done(act)).unwrap();
        assert_eq!((event.warning, event.reason), (false, "Unsealed"));
        assert!(event.message.ends_with(words), "{}", event.message);
        assert!(event.message.starts_with("SealedSecret unsealed successfully"), "{}", event.message);
    }
}

#[test]
fn a_leak_is_marked_in_every_state_and_changes_nothing_else() {
    let good = next(None, &synced(true), 1);
    for outcome in [synced(false), refused(), failed()] {
        let plain = next(Some(&good), &outcome, 2);
        let marked = next_leaked(Some(&good), &outcome, 2);
        assert_eq!(words(&marked), format!("{} Compromised=True", words(&plain)));
        assert!(!says_the_same(&plain, &marked), "so that it is written");
        assert_eq!(marked.opened_by, Some(keys(&["aa"])), "kept, whatever happened since");
        assert_eq!((&marked.compromised_by, plain.compromised_by.as_ref()), (&Some(keys(&["aa"])), None));
        assert_eq!(
            next(Some(&marked), &outcome, 3).conditions,
            plain.conditions,
            "and taken off without a trace"
        );
    }
    let resealed =
        Outcome::Synced { resource_version: "8".into(), opened_by: Some(keys(&["bb"])), act: Act::Written };
    let marked = next_leaked(Some(&good), &synced(false), 2);
    let recovered = next_leaked(Some(&marked), &resealed, 3);
    assert_eq!(
        (words(&recovered).as_str(), recovered.opened_by),
        ("Synced=True Ready=True", Some(keys(&["bb"])))
    );
}

#[test]
fn a_leak_is_reported_once() {
    let good = next(None, &synced(true), 1);
    let marked = next_leaked(Some(&good), &synced(false), 2);
    let event = leak_event(Some(&good), &marked).unwrap();
    assert_eq!((event.warning, event.reason, event.message.as_str()), (true, "KeyCompromised", "aa leaked"));
    assert_eq!(event_for(Some(&good), &marked, &synced(false)), None, "nothing was unsealed");
    assert_eq!(leak_event(Some(&marked), &next_leaked(Some(&marked), &refused(), 3)), None);
    assert_eq!(leak_event(Some(&marked), &good), None);
}

const KEY: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[test]
fn a_settled_status_is_written_for_a_mark_that_is_due_or_overdue_alone() {
    let revoking = KeyRing::default().revoking(BTreeSet::from([KEY.parse().unwrap()]));
    let object: WatchedSealedSecret =
        serde_json::from_value(json!({ "metadata": { "name": "a" }, "spec": { "encryptedData": {} } }))
            .unwrap();
    let plain: SealedSecretStatus = serde_json::from_value(json!({
        "observedGeneration": 2,
        "conditions": [{ "type": "Synced", "status": "True" }],
        "target": { "resourceVersion": "7", "scope": "strict" },
        "openedBy": [KEY],
    }))
    .unwrap();
    let due = compromise(&object, None, plain.opened_by.as_ref(), false, &revoking).unwrap();
    let mark = json!({ "type": "Compromised", "status": "True", "message": due.message });
    let mut as_before = plain.clone();
    as_before.conditions.push(serde_json::from_value(mark).unwrap());
    let marked = SealedSecretStatus { compromised_by: Some(due.keys), ..as_before.clone() };
    let mut overdue = marked.clone();
    overdue.opened_by = Some(BTreeSet::from(["b".repeat(64)]));
    let cases = [
        ("sound", &plain, KeyRing::default(), false),
        ("due", &plain, revoking.clone(), true),
        ("said, but by the message alone", &as_before, revoking.clone(), true),
        ("said", &marked, revoking, false),
        ("said, and the key's Secret is gone since", &marked, KeyRing::default(), false),
        ("overdue: no key of now", &overdue, KeyRing::default(), true),
    ];
    for (name, status, ring, expected) in cases {
        let outcome = Outcome::Synced {
            resource_version: "7".into(),
            opened_by: status.opened_by.clone(),
            act: Act::Settled,
        };
        let leak = |keys: Option<&_>| compromise(&object, Some(status), keys, false, &ring);
        let next = next_status(Some(status), None, &of(2), &outcome, leak, at(9));
        assert_eq!(is_news(Some(status), &next, &outcome), expected, "{name}");
        assert_eq!(next.opened_by, status.opened_by, "{name}");
        assert_eq!(next.target.unwrap().resource_version, "7", "{name}");
    }
}

/// A webhook is down, and each retry has another text. After a restart, the text alone is known.
#[test]
fn a_cause_that_lasts_is_one_status_and_one_event() {
    let down = |how: &str| -> Outcome {
        let error = json!({ "status": "Failure", "code": 500, "message": "failed calling webhook \"w\"" });
        Transient::Api(ApiMessage::answered(&serde_json::from_value(error).unwrap(), how.into())).into()
    };
    let (refused, late) = (down("connection refused"), down("context deadline exceeded"));
    let first = next(None, &refused, 0);
    let cause = refused.identity();
    for (cause, generation, outcome, is_new) in [
        (&cause, 3, &late, false),
        (&None, 3, &late, true),
        (&cause, 3, &denied(), true),
        (&cause, 4, &late, true),
    ] {
        let later = next_status(Some(&first), cause.as_ref(), &of(generation), outcome, |_| None, at(9));
        assert_eq!(is_news(Some(&first), &later, outcome), is_new, "{later:?}");
        assert_eq!(event_for(Some(&first), &later, outcome).is_some(), is_new, "{later:?}");
    }
}
