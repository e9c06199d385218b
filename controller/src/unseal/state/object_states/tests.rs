//! What is remembered, and when it is forgotten.

use super::*;
use serde_json::json;

fn object(version: &str, synced: &str) -> WatchedSealedSecret {
    serde_json::from_value(json!({
        "metadata": { "name": "a", "uid": "u", "generation": 1, "resourceVersion": version },
        "status": status(synced),
    }))
    .unwrap()
}

fn status(synced: &str) -> SealedSecretStatus {
    let conditions = json!([{ "type": "Synced", "status": synced }]);
    serde_json::from_value(json!({ "observedGeneration": 1, "conditions": conditions })).unwrap()
}

/// States that know the one object.
fn states() -> ObjectStates {
    let states = ObjectStates::default();
    states.follow(&Event::Apply(object("1", "Unknown")));
    states
}

fn look(states: &ObjectStates, object: &WatchedSealedSecret) -> Memory {
    states.look(object, Instant::now())
}

/// The status was written, and the object has this version since.
fn wrote(states: &ObjectStates, synced: &str, version: &str) {
    states.wrote_status(&object("0", "Unknown"), &status(synced), Some(version.into()), Instant::now());
}

fn already_reported(states: &ObjectStates, inputs: &Inputs) -> Option<Action> {
    states.already_reported(&object("1", "Unknown"), inputs, Instant::now())
}

fn list(states: &ObjectStates, listed: &[WatchedSealedSecret]) -> Vec<String> {
    assert!(states.follow(&Event::Init).is_empty());
    for object in listed {
        assert!(states.follow(&Event::InitApply(object.clone())).is_empty());
    }
    states.follow(&Event::InitDone)
}

#[test]
fn a_failure_is_logged_once_until_it_is_another() {
    let (states, object) = (states(), object("1", "False"));
    let logged =
        ["one", "one", "other", "other", "one"].map(|failure| states.is_news_to_the_log(&object, failure));
    assert_eq!(logged, [true, false, true, false, true]);
    states.follow(&Event::Delete(object.clone()));
    assert!(!states.is_news_to_the_log(&object, "two"), "it is gone");
}

#[test]
fn a_later_status_of_another_client_counts_and_an_earlier_one_does_not() {
    let states = states();
    assert!(!states.yield_to(&object("99", "False")), "nothing was written yet");
    wrote(&states, "True", "100");
    for (name, version, synced, expected) in [
        ("the watch lags behind", "99", "False", false),
        ("our own", "100", "True", false),
        ("something else of the object changed", "101", "True", false),
        ("another client's", "102", "False", true),
        ("known by now", "102", "False", false),
    ] {
        assert_eq!(states.yield_to(&object(version, synced)), expected, "{name}");
    }
    assert_eq!(look(&states, &object("102", "False")).status, Some(status("False")));
    assert_eq!(look(&states, &object("101", "True")).version.as_deref(), Some("102"));
}

/// There may be ten thousand of them. Another client's status is noticed as before.
#[test]
fn a_status_that_the_watch_shows_is_not_kept_twice() {
    let (states, now) = (states(), Instant::now());
    let is_kept = || states.0.lock().by_uid["u"].as_ref().unwrap().status.is_some();
    wrote(&states, "True", "100");
    for (version, synced, expected) in
        [("99", "Unknown", true), ("100", "Unknown", true), ("100", "True", false), ("101", "True", false)]
    {
        assert_eq!(states.recall(&object(version, synced), now).status, Some(status("True")), "{version}");
        assert_eq!(is_kept(), expected, "{version}");
    }
    assert_eq!(states.recall(&object("102", "False"), now).status, Some(status("False")));
    wrote(&states, "True", "103");
    assert_eq!(
        states.recall(&object("102", "False"), now).status,
        Some(status("True")),
        "the watch lags behind"
    );
}

/// Helm leaves a definition unchanged: an older one of ours drops fields that it does not have, which has no meaning.
#[test]
fn what_an_older_definition_drops_is_no_other_status() {
    let states = states();
    let with = |target: serde_json::Value| {
        let mut object = object("2", "True");
        let mut shown = status("True");
        shown.target = serde_json::from_value(target).unwrap();
        object.status = Some(KeptStatus::of(&shown));
        object
    };
    let ours =
        with(json!({ "resourceVersion": "7", "scope": "strict", "generation": 1 })).status.unwrap().decoded();
    states.wrote_status(&object("0", "Unknown"), &ours, Some("1".into()), Instant::now());
    for target in [json!(null), json!({ "resourceVersion": "7", "scope": "strict" })] {
        assert!(!states.yield_to(&with(target.clone())), "{target}");
    }
    assert!(states.yield_to(&with(json!({ "resourceVersion": "8", "scope": "strict" }))));
}

#[test]
fn a_reported_refusal_is_decided_again_once_another_client_writes_a_status() {
    let (states, before) = (states(), object("9", "Unknown"));
    states.wrote_status(&before, &status("False"), Some("10".into()), Instant::now());
    states.reported(&before, Inputs::default(), None);
    assert!(states.yield_to(&object("11", "True")));
    assert_eq!(states.already_reported(&before, &Inputs::default(), Instant::now()), None);
}

#[test]
fn a_status_that_is_overwritten_each_time_is_written_again_after_growing_delays() {
    let (states, start) = (states(), Instant::now());
    wrote(&states, "True", "1");
    let mut written = 0;
    for tenth in 1..600_u32 {
        states.yield_to(&object(&(2 * tenth).to_string(), "False"));
        let now = start + Duration::from_millis(100) * tenth;
        if states.look(&object("0", "False"), now).status_delay.is_none() {
            written += 1;
            states.wrote_status(
                &object("0", "False"),
                &status("True"),
                Some((2 * tenth + 1).to_string()),
                now,
            );
        }
    }
    assert!((4..15).contains(&written), "{written}");
    wrote(&states, "True", "9999");
    assert!(
        states.look(&object("9999", "True"), start).status_delay.is_none(),
        "no other client wrote since"
    );
}

#[test]
fn an_unwritten_status_counts_as_reported_and_stays_unwritten_until_it_is_written() {
    let states = states();
    wrote(&states, "False", "2");
    states.could_not_write_status(&object("2", "False"), &status("True"));
    for version in ["2", "3"] {
        let shown = object(version, "False");
        assert!(!states.yield_to(&shown), "what it shows is only what could not be written over");
        assert!(look(&states, &shown).is_unwritten && look(&states, &shown).status == Some(status("True")));
        assert_eq!(look(&states, &shown).version.as_deref(), Some(version));
    }
    wrote(&states, "True", "4");
    assert!(!look(&states, &object("4", "True")).is_unwritten);
}

#[test]
fn nothing_is_allocated_for_nothing() {
    let (states, object) = (states(), object("1", "True"));
    states.forget_failures(&object);
    states.forget_reported(&object);
    states.yield_to(&object);
    assert!(states.0.lock().by_uid.values().all(Option::is_none));
}

#[test]
fn conflicts_last_until_a_status_is_written() {
    let (states, object, start) = (states(), object("1", "Unknown"), Instant::now());
    let after = |seconds| states.status_conflict(&object, start + Duration::from_secs(seconds)).as_secs();
    assert_eq!((after(0), after(9)), (0, 9));
    states.wrote_status(&object, &status("True"), Some("2".into()), start);
    assert_eq!(after(20), 0);
}

/// The states after the status was written in version 10, before a list or while it was being read.
fn wrote_ten(before: bool) -> ObjectStates {
    let (states, write) = (states(), |states: &ObjectStates| {
        wrote(states, "True", "10");
        states.unsealed(&object("9", "Unknown"));
    });
    if before {
        write(&states);
    }
    states.follow(&Event::Init);
    if !before {
        write(&states);
    }
    states
}

#[test]
fn a_restored_etcd_is_believed() {
    for (name, before, listed, stays) in [
        ("restored from an older backup", true, "8", false),
        ("as it was", true, "10", true),
        ("changed since", true, "11", true),
        ("the list was requested before we wrote", false, "8", true),
    ] {
        let states = wrote_ten(before);
        states.follow(&Event::InitApply(object(listed, "Unknown")));
        states.follow(&Event::InitDone);
        let now = object(listed, "Unknown");
        let expected = if stays { status("True") } else { status("Unknown") };
        assert_eq!(look(&states, &now).status, Some(expected), "{name}");
        assert_eq!(look(&states, &now).unsealed, stays, "{name}");
        let version = if stays && listed == "8" { "10" } else { listed };
        assert_eq!(look(&states, &now).version.as_deref(), Some(version), "{name}");
    }
}

#[test]
fn an_unsealed_generation_is_known_without_a_status() {
    let states = states();
    let generation = |generation: Option<i64>| -> WatchedSealedSecret {
        serde_json::from_value(json!({ "metadata": { "uid": "u", "generation": generation } })).unwrap()
    };
    assert!(!look(&states, &generation(Some(1))).unsealed);
    states.unsealed(&generation(Some(1)));
    assert!(look(&states, &generation(Some(1))).unsealed && !look(&states, &generation(Some(2))).unsealed);
    states.unsealed(&generation(None));
    assert!(!look(&states, &generation(None)).unsealed, "without a generation nothing is known");
}

#[test]
fn the_same_inputs_are_not_decided_again_before_their_time() {
    let (states, observed) = (states(), object("1", "Unknown"));
    assert_eq!(already_reported(&states, &Inputs::default()), None);
    states.reported(&observed, Inputs::default(), None);
    assert_eq!(already_reported(&states, &Inputs::default()), Some(Action::await_change()));
    let newer = Inputs { ring_version: 2, ..Inputs::default() };
    assert_eq!(already_reported(&states, &newer), None);
    states.reported(&observed, Inputs::default(), Some(Instant::now() + Duration::from_mins(1)));
    assert!(
        already_reported(&states, &Inputs::default()).is_some_and(|action| action != Action::await_change())
    );
    states.reported(&observed, Inputs::default(), Some(Instant::now()));
    assert_eq!(already_reported(&states, &Inputs::default()), None, "its time has come");
    states.forget_failures(&observed);
    assert_eq!(already_reported(&states, &Inputs::default()), None);
}

#[test]
fn failures_are_forgotten_with_all_that_they_delay() {
    let (observed, start) = (object("1", "Unknown"), Instant::now());
    let states = states();
    let lasted = |seconds| states.failed(&observed, start + Duration::from_secs(seconds)).as_secs();
    assert_eq!((lasted(0), lasted(60)), (0, 60));
    states.blocked(&observed, start);
    assert!(states.look(&observed, start + Duration::from_mins(1)).is_collector_late);
    states.forget_failures(&observed);
    assert_eq!(lasted(90_000), 0);
    assert!(!states.look(&observed, start + Duration::from_hours(24)).is_collector_late);
}

#[test]
fn only_the_secret_of_a_deleted_sealed_secret_makes_the_collector_late() {
    let (states, observed, start) = (states(), object("1", "Unknown"), Instant::now());
    states.failed(&observed, start);
    let day = start + Duration::from_hours(24);
    assert!(!states.look(&observed, day).is_collector_late, "another failure");
    states.blocked(&observed, day);
    states.blocked(&observed, day + Duration::from_secs(30));
    assert!(!states.look(&observed, day + Duration::from_secs(44)).is_collector_late);
    assert!(states.look(&observed, day + Duration::from_secs(45)).is_collector_late);
}

/// Objects of which nothing is remembered are reported as gone as well; and a reconciliation that still runs brings none back.
#[test]
fn objects_that_are_gone_are_reported_and_forgotten() {
    let other: WatchedSealedSecret =
        serde_json::from_value(json!({ "metadata": { "name": "b", "uid": "v" } })).unwrap();
    let states = ObjectStates::default();
    assert!(list(&states, &[object("1", "True"), other.clone()]).is_empty());
    assert_eq!(list(&states, std::slice::from_ref(&other)), ["u"], "deleted while the watch was away");
    assert_eq!(states.follow(&Event::Delete(other.clone())), ["v"]);
    for gone in [object("1", "True"), other] {
        states.wrote_status(&gone, &status("False"), Some("2".into()), Instant::now());
        states.unsealed(&gone);
        states.reported(&gone, Inputs::default(), None);
        assert_eq!(states.failed(&gone, Instant::now()), Duration::ZERO);
        assert!(
            !look(&states, &gone).unsealed
                && states.already_reported(&gone, &Inputs::default(), Instant::now()).is_none()
        );
        states.while_known(&gone, || panic!("it is gone"));
    }
    assert!(states.0.lock().by_uid.is_empty());
    let mut known = false;
    states.follow(&Event::Apply(object("1", "True")));
    states.while_known(&object("1", "True"), || known = true);
    assert!(known);
}

#[test]
fn nothing_is_shown_of_an_object_once_its_watch_has_ended() {
    let states = states();
    let mut shown = 0;
    states.while_known(&object("1", "True"), || shown += 1);
    states.forget_all();
    states.while_known(&object("1", "True"), || shown += 1);
    assert_eq!(shown, 1);
}
