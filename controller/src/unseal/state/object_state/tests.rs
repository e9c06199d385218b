//! What the ledger remembers, and when it forgets.

use super::*;
use crate::unseal::state::pause::Pause;
use api::Scope;
use serde_json::json;
use std::time::Duration;

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

/// A ledger that knows the one object.
fn ledger() -> Ledger {
    let ledger = Ledger::default();
    ledger.follow(&Event::Apply(object("1", "Unknown")));
    ledger
}

fn list(ledger: &Ledger, listed: &[WatchedSealedSecret]) -> Vec<String> {
    assert!(ledger.follow(&Event::Init).is_empty());
    for object in listed {
        assert!(ledger.follow(&Event::InitApply(object.clone())).is_empty());
    }
    ledger.follow(&Event::InitDone)
}

fn inputs() -> Inputs {
    Inputs {
        generation: Some(1),
        scope: Scope::Strict,
        correct_drift: true,
        hint: None,
        revoked: false,
        ring_version: 1,
        target_version: None,
    }
}

#[test]
fn a_failure_is_logged_once_until_it_is_another() {
    let (ledger, object) = (ledger(), object("1", "False"));
    let logged =
        ["one", "one", "other", "other", "one"].map(|failure| ledger.is_news_to_the_log(&object, failure));
    assert_eq!(logged, [true, false, true, false, true]);
    ledger.follow(&Event::Delete(object.clone()));
    assert!(!ledger.is_news_to_the_log(&object, "two"), "it is gone");
}

#[test]
fn a_later_status_of_another_client_counts_and_an_earlier_one_does_not() {
    let ledger = ledger();
    assert!(!ledger.yield_to(&object("99", "False")), "nothing was written yet");
    ledger.wrote(&object("99", "False"), status("True"), Some("100".into()), Instant::now());
    for (name, version, synced, expected) in [
        ("the watch lags behind", "99", "False", false),
        ("our own", "100", "True", false),
        ("something else of the object changed", "101", "True", false),
        ("another client's", "102", "False", true),
        ("known by now", "102", "False", false),
    ] {
        assert_eq!(ledger.yield_to(&object(version, synced)), expected, "{name}");
    }
    assert_eq!(ledger.status_of(&object("102", "False")), Some(status("False")));
    assert_eq!(ledger.version_of(&object("101", "True")).as_deref(), Some("102"));
}

/// Helm leaves a definition as it is: an older one of ours drops what it does not know, and means nothing by it.
#[test]
fn what_an_older_definition_drops_is_no_other_status() {
    let ledger = ledger();
    let with = |target: serde_json::Value| {
        let mut object = object("2", "True");
        object.status.as_mut().unwrap().target = serde_json::from_value(target).unwrap();
        object
    };
    let ours = with(json!({ "resourceVersion": "7", "scope": "strict", "generation": 1 })).status.unwrap();
    ledger.wrote(&object("0", "Unknown"), ours, Some("1".into()), Instant::now());
    for target in [json!(null), json!({ "resourceVersion": "7", "scope": "strict" })] {
        assert!(!ledger.yield_to(&with(target.clone())), "{target}");
    }
    assert!(ledger.yield_to(&with(json!({ "resourceVersion": "8", "scope": "strict" }))));
}

#[test]
fn what_was_refused_is_looked_at_again_once_another_client_writes_a_status() {
    let (ledger, before) = (ledger(), object("9", "Unknown"));
    ledger.wrote(&before, status("False"), Some("10".into()), Instant::now());
    ledger.refused(&before, inputs());
    assert!(ledger.yield_to(&object("11", "True")));
    assert_eq!(ledger.nothing_new(&before, &inputs()), None);
}

#[test]
fn a_status_that_is_written_over_each_time_is_restated_ever_more_rarely() {
    let (ledger, start) = (ledger(), Instant::now());
    ledger.wrote(&object("0", "Unknown"), status("True"), Some("1".into()), Instant::now());
    let mut written = 0;
    for tenth in 1..600_u32 {
        ledger.yield_to(&object(&(2 * tenth).to_string(), "False"));
        let now = start + Duration::from_millis(100) * tenth;
        if ledger.may_state(&object("0", "False"), now).is_ok() {
            written += 1;
            ledger.wrote(&object("0", "False"), status("True"), Some((2 * tenth + 1).to_string()), now);
        }
    }
    assert!((4..15).contains(&written), "{written}");
    ledger.wrote(&object("0", "False"), status("True"), Some("9999".into()), Instant::now());
    assert!(ledger.may_state(&object("9999", "True"), start).is_ok(), "no other client wrote since");
}

#[test]
fn what_is_owed_is_said_already_and_stays_owed_until_it_is_written() {
    let ledger = ledger();
    ledger.wrote(&object("1", "Unknown"), status("False"), Some("2".into()), Instant::now());
    ledger.owe(&object("2", "False"), status("True"));
    for version in ["2", "3"] {
        let shown = object(version, "False");
        assert!(!ledger.yield_to(&shown), "what it shows is only what could not be written over");
        assert!(ledger.is_owed(&shown) && ledger.status_of(&shown) == Some(status("True")));
        assert_eq!(ledger.version_of(&shown).as_deref(), Some(version));
    }
    ledger.wrote(&object("3", "False"), status("True"), Some("4".into()), Instant::now());
    assert!(!ledger.is_owed(&object("4", "True")));
}

#[test]
fn what_came_of_nothing_is_not_noted() {
    let (ledger, object) = (ledger(), object("1", "True"));
    ledger.go_on(&object);
    ledger.resume(&object);
    ledger.yield_to(&object);
    assert!(ledger.notes().by_uid.values().all(Option::is_none));
}

#[test]
fn being_overtaken_lasts_until_something_is_written() {
    let (ledger, object, start) = (ledger(), object("1", "Unknown"), Instant::now());
    let after = |seconds| ledger.overtaken(&object, start + Duration::from_secs(seconds)).as_secs();
    assert_eq!((after(0), after(9)), (0, 9));
    ledger.wrote(&object, status("True"), Some("2".into()), start);
    assert_eq!(after(20), 0);
}

/// The ledger of one that was written in version 10, before a list or while it was under way.
fn wrote_ten(before: bool) -> Ledger {
    let (ledger, write) = (ledger(), |ledger: &Ledger| {
        ledger.wrote(&object("9", "Unknown"), status("True"), Some("10".into()), Instant::now());
        ledger.unsealed(&object("9", "Unknown"));
    });
    if before {
        write(&ledger);
    }
    ledger.follow(&Event::Init);
    if !before {
        write(&ledger);
    }
    ledger
}

#[test]
fn a_restored_etcd_is_believed() {
    for (name, before, listed, kept) in [
        ("restored from an older backup", true, "8", false),
        ("as it was", true, "10", true),
        ("changed since", true, "11", true),
        ("the list was asked for before we wrote", false, "8", true),
    ] {
        let ledger = wrote_ten(before);
        ledger.follow(&Event::InitApply(object(listed, "Unknown")));
        ledger.follow(&Event::InitDone);
        let now = object(listed, "Unknown");
        let expected = if kept { status("True") } else { status("Unknown") };
        assert_eq!(ledger.status_of(&now), Some(expected), "{name}");
        assert_eq!(ledger.has_unsealed(&now), kept, "{name}");
        let version = if kept && listed == "8" { "10" } else { listed };
        assert_eq!(ledger.version_of(&now).as_deref(), Some(version), "{name}");
    }
}

#[test]
fn what_was_unsealed_is_known_without_a_status() {
    let ledger = ledger();
    let generation = |generation: Option<i64>| -> WatchedSealedSecret {
        serde_json::from_value(json!({ "metadata": { "uid": "u", "generation": generation } })).unwrap()
    };
    assert!(!ledger.has_unsealed(&generation(Some(1))));
    ledger.unsealed(&generation(Some(1)));
    assert!(ledger.has_unsealed(&generation(Some(1))) && !ledger.has_unsealed(&generation(Some(2))));
    ledger.unsealed(&generation(None));
    assert!(!ledger.has_unsealed(&generation(None)), "without a generation nothing is known");
}

#[test]
fn the_same_inputs_are_left_alone_until_their_time() {
    let (ledger, observed) = (ledger(), object("1", "Unknown"));
    assert_eq!(ledger.nothing_new(&observed, &inputs()), None);
    ledger.refused(&observed, inputs());
    assert_eq!(ledger.nothing_new(&observed, &inputs()), Some(Pause::UntilChange));
    let newer = Inputs { ring_version: 2, ..inputs() };
    assert_eq!(ledger.nothing_new(&observed, &newer), None);
    ledger.pause(&observed, inputs(), Instant::now() + Duration::from_mins(1));
    assert!(matches!(ledger.nothing_new(&observed, &inputs()), Some(Pause::Until(_))));
    ledger.pause(&observed, inputs(), Instant::now());
    assert_eq!(ledger.nothing_new(&observed, &inputs()), None, "its time has come");
    ledger.go_on(&observed);
    assert_eq!(ledger.nothing_new(&observed, &inputs()), None);
}

#[test]
fn trouble_is_over_when_all_is_well_or_the_object_is_to_blame() {
    let (observed, start) = (object("1", "Unknown"), Instant::now());
    let ends: [fn(&Ledger, &WatchedSealedSecret); 2] =
        [Ledger::go_on, |ledger, observed| ledger.refused(observed, inputs())];
    for end in ends {
        let ledger = ledger();
        let lasted = |seconds| ledger.hindered(&observed, start + Duration::from_secs(seconds)).as_secs();
        assert_eq!((lasted(0), lasted(60)), (0, 60));
        ledger.blocked(&observed, start);
        assert!(ledger.lost_patience(&observed, start + Duration::from_mins(1)));
        end(&ledger, &observed);
        assert_eq!(lasted(90_000), 0);
        assert!(!ledger.lost_patience(&observed, start + Duration::from_hours(24)));
    }
}

#[test]
fn only_an_earlier_owner_tries_our_patience() {
    let (ledger, observed, start) = (ledger(), object("1", "Unknown"), Instant::now());
    ledger.hindered(&observed, start);
    let day = start + Duration::from_hours(24);
    assert!(!ledger.lost_patience(&observed, day), "other trouble");
    ledger.blocked(&observed, day);
    ledger.blocked(&observed, day + Duration::from_secs(30));
    assert!(!ledger.lost_patience(&observed, day + Duration::from_secs(44)));
    assert!(ledger.lost_patience(&observed, day + Duration::from_secs(45)));
}

/// Settled objects, of which nothing is noted, are gone as well; and what still is under way brings none back.
#[test]
fn who_is_gone_is_told_and_forgotten() {
    let other: WatchedSealedSecret =
        serde_json::from_value(json!({ "metadata": { "name": "b", "uid": "v" } })).unwrap();
    let ledger = Ledger::default();
    assert!(list(&ledger, &[object("1", "True"), other.clone()]).is_empty());
    assert_eq!(list(&ledger, std::slice::from_ref(&other)), ["u"], "deleted while the watch was away");
    assert_eq!(ledger.follow(&Event::Delete(other.clone())), ["v"]);
    for gone in [object("1", "True"), other] {
        ledger.wrote(&gone, status("False"), Some("2".into()), Instant::now());
        ledger.unsealed(&gone);
        ledger.refused(&gone, inputs());
        assert_eq!(ledger.hindered(&gone, Instant::now()), Duration::ZERO);
        assert!(!ledger.has_unsealed(&gone) && ledger.nothing_new(&gone, &inputs()).is_none());
        ledger.while_known(&gone, || panic!("it is gone"));
    }
    assert!(ledger.notes().by_uid.is_empty());
    let mut known = false;
    ledger.follow(&Event::Apply(object("1", "True")));
    ledger.while_known(&object("1", "True"), || known = true);
    assert!(known);
}
