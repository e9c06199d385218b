//! Which SealedSecrets get the condition, and with which message.

use super::*;
use crate::keys::store::ring::tests::new_key;
use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES};
use serde_json::{Value, json};

const LEAKED: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const RETIRED: &str = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";
const SOUND: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn ring() -> KeyRing {
    KeyRing::default().revoking(BTreeSet::from([LEAKED.parse().unwrap()]))
}

fn observed(hint: Option<&str>, items: &Value) -> WatchedSealedSecret {
    annotated(&json!(hint.map(|hint| json!({ CERTIFICATE_FINGERPRINT: hint }))), items)
}

/// With a certificate for each of two items.
fn of_two_certificates(items: &Value) -> WatchedSealedSecret {
    let text = format!(r#"{{"{LEAKED}":["token"],"{SOUND}":["password"]}}"#);
    annotated(&json!({ ITEM_CERTIFICATES: text }), items)
}

fn annotated(annotations: &Value, items: &Value) -> WatchedSealedSecret {
    serde_json::from_value(json!({
        "metadata": { "name": "a", "annotations": annotations }, "spec": { "encryptedData": items },
    }))
    .unwrap()
}

fn keys(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn what_opened_it_counts_and_else_what_it_says_of_itself() {
    let cases = [
        ("opened by it", None, Some(keys(&[LEAKED])), true),
        ("opened by it and another", None, Some(keys(&[SOUND, LEAKED])), true),
        ("resealed, with an old annotation", Some(LEAKED), Some(keys(&[SOUND])), false),
        ("nothing to open", Some(LEAKED), Some(keys(&[])), false),
        ("status from before", Some(LEAKED), None, true),
        ("status from before, another key", Some(SOUND), None, false),
        ("nothing known", None, None, false),
        ("no key at all", None, Some(keys(&["nonsense"])), false),
    ];
    for (name, hint, opened_by, expected) in cases {
        let object = observed(hint, &json!({ "password": "x" }));
        assert_eq!(
            compromise(&object, None, opened_by.as_ref(), false, &ring()).is_some(),
            expected,
            "{name}"
        );
        assert_eq!(compromise(&object, None, opened_by.as_ref(), false, &KeyRing::default()), None, "{name}");
    }
}

/// The item that was sealed with the leaked key was removed, or the annotation is made up.
#[test]
fn names_that_are_no_items_count_for_nothing() {
    let removed = of_two_certificates(&json!({ "password": "x" }));
    assert_eq!(compromise(&removed, None, None, true, &ring()), None);
    assert!(!sealed_with_revoked(&removed, None, &ring()));
    assert!(known_hint(&removed, None, &ring()).is_empty());

    let both = of_two_certificates(&json!({ "password": "x", "token": "y", "foreign": "z" }));
    let ring = ring();
    let is_blamed = blame(&both, None, &ring);
    let blamed = ["password", "token", "foreign"].map(|item| is_blamed(Some(item)));
    assert_eq!(blamed, [false, true, true], "its own certificate counts, and else that one leaked");
}

/// An item was sealed anew, and the other stays as it was.
#[test]
fn an_item_that_stays_with_a_leaked_key_counts() {
    let object = of_two_certificates(&json!({ "password": "x", "token": "y" }));
    let leaked = |opened_by: Option<&[&str]>, is_blamed| {
        let opened_by = opened_by.map(keys);
        compromise(&object, None, opened_by.as_ref(), is_blamed, &ring()).map(|due| due.keys)
    };
    assert_eq!(leaked(None, false), Some(keys(&[LEAKED])));
    // Opened before, with other items; now it does not open because of the leaked key.
    assert_eq!(leaked(Some(&[SOUND]), true), Some(keys(&[LEAKED])));
    assert_eq!(leaked(Some(&[SOUND]), false), None);
    let due = compromise(&object, None, Some(&keys(&[SOUND])), true, &ring()).unwrap();
    assert!(due.message.ends_with("seal the new ones: token"), "{}", due.message);
    assert!(sealed_with_revoked(&object, None, &ring()));
    let known = known_hint(&object, None, &ring());
    assert_eq!((known.of_item("token"), known.of_item("password")), (Some(LEAKED.parse().unwrap()), None));
}

#[test]
fn the_key_and_the_items_are_named() {
    let object = observed(None, &json!({ "password": "x", "token": "y" }));
    let due = compromise(&object, None, Some(&keys(&[SOUND, LEAKED])), false, &ring()).unwrap();
    assert_eq!(due.keys, keys(&[LEAKED]));
    let message = due.message;
    assert!(message.contains(LEAKED) && !message.contains(SOUND), "{message}");
    assert!(message.ends_with("password, token"), "{message}");
}

/// As after `kubectl delete secret` of a key that leaked.
#[test]
fn a_mark_outlives_the_secret_of_the_key() {
    let key = new_key();
    let own = key.fingerprint().to_string();
    let object = observed(None, &json!({ "password": "x" }));
    let revoking = KeyRing::default().revoking(BTreeSet::from([key.fingerprint()]));
    let opened_by = keys(&[&own, SOUND]);
    let said = compromise(&object, None, Some(&opened_by), false, &revoking).unwrap();
    let marked = |message: &str| -> SealedSecretStatus {
        serde_json::from_value(json!({
            "conditions": [{ "type": "Compromised", "status": "True", "message": message }], "openedBy": opened_by,
        }))
        .unwrap()
    };
    // The message of the one is cut before the key's name; the other is from before there was a field.
    let status = SealedSecretStatus { compromised_by: Some(said.keys.clone()), ..marked("sealed with…") };
    let as_before = marked(&said.message);
    let gone = KeyRing::default();
    for (name, opened_by, ring, expected) in [
        ("still revoked", Some(keys(&[&own, SOUND])), &revoking, true),
        ("its Secret is gone", Some(keys(&[&own, SOUND])), &gone, true),
        ("resealed with the other, which was never named", Some(keys(&[SOUND])), &gone, false),
        ("sound after all", Some(keys(&[&own, SOUND])), &KeyRing::new([key]), false),
    ] {
        for status in [&status, &as_before] {
            let now = compromise(&object, Some(status), opened_by.as_ref(), false, ring);
            assert_eq!(now, expected.then(|| said.clone()), "{name}");
        }
    }
    for status in [&status, &as_before] {
        let mark = |ring: &KeyRing| sealed_with_revoked(&object, Some(status), ring);
        assert!(mark(&revoking) && mark(&gone), "that it does not open has the same reason");
    }
    assert!(!sealed_with_revoked(&object, None, &gone));
}

/// Made-up fingerprints, one after the other, are no reason to look again.
#[test]
fn a_hint_of_an_unknown_key_says_nothing() {
    let key = new_key();
    let own = key.fingerprint().to_string();
    let ring = KeyRing::new([key])
        .revoking(BTreeSet::from([LEAKED.parse().unwrap()]))
        .retiring([RETIRED.parse().unwrap()].into());
    let marked: SealedSecretStatus = serde_json::from_value(json!({
        "conditions": [{ "type": "Compromised", "status": "True", "message": SOUND }],
    }))
    .unwrap();
    for (name, hint, status, is_known) in [
        ("none", None, None, false),
        ("no fingerprint", Some("nonsense"), None, false),
        ("a key that counts", Some(&*own), None, true),
        ("one that leaked", Some(LEAKED), None, true),
        ("one that is retired", Some(RETIRED), None, true),
        ("one that leaked and is gone", Some(SOUND), Some(&marked), true),
        ("made up", Some(SOUND), None, false),
    ] {
        let known = known_hint(&observed(hint, &json!({})), status, &ring);
        assert_eq!(known.of_all(), hint.filter(|_| is_known).map(|hint| hint.parse().unwrap()), "{name}");
    }
}
