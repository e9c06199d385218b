//! What is marked, and in which words.

use super::*;
use serde_json::{Value, json};

const LEAKED: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const SOUND: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn ring() -> KeyRing {
    KeyRing::default().revoking(BTreeSet::from([LEAKED.parse().unwrap()]))
}

fn observed(hint: Option<&str>, items: &Value) -> ObservedSealedSecret {
    let annotations = hint.map(|hint| json!({ CERTIFICATE_FINGERPRINT: hint }));
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
        assert_eq!(compromise(&object, opened_by.as_ref(), &ring()).is_some(), expected, "{name}");
        assert_eq!(compromise(&object, opened_by.as_ref(), &KeyRing::default()), None, "{name}");
    }
}

#[test]
fn the_key_and_the_items_are_named() {
    let object = observed(None, &json!({ "password": "x", "token": "y" }));
    let message = compromise(&object, Some(&keys(&[SOUND, LEAKED])), &ring()).unwrap();
    assert!(message.contains(LEAKED) && !message.contains(SOUND), "{message}");
    assert!(message.ends_with("password, token"), "{message}");
}
