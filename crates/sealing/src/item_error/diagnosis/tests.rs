//! The table of cases: what is known of the noted keys, and the words that follow.

use super::*;
use serde_json::json;

fn key(digit: &str) -> Fingerprint {
    digit.repeat(64).parse().unwrap()
}

fn secret() -> SecretName {
    SecretName { namespace: "kube-system".into(), name: "sealed-secrets-key7x".into() }
}

/// What is known of the key of this digit.
fn known(key: Fingerprint) -> NotedKey {
    match key.to_string().as_bytes()[0] {
        b'a' => NotedKey::Active,
        b'b' => NotedKey::Revoked,
        b'c' => NotedKey::Retired(Some(secret())),
        b'd' => NotedKey::Retired(None),
        b'e' => NotedKey::Absent,
        b'0' => NotedKey::Closed,
        _ => NotedKey::Unknown,
    }
}

#[test]
fn each_case_has_its_words() {
    const ACTIVE: &str = "sealed with key aaaaaaaaaaaa, which is here and active, so it must have been sealed for another name or \
                          namespace than shop/api";
    const REVOKED: &str = "sealed with a key that leaked and was revoked; change the value where it comes from, and seal the new one";
    const RETIRED: &str = "sealed with key cccccccccccc, which is retired and opens nothing; if that is so, which `kubeseal-rs keys list` \
                           helps to check, `kubectl label secret -n kube-system sealed-secrets-key7x \
                           sealedsecrets.bitnami.com/sealed-secrets-key=active --overwrite` brings it back";
    const RETIRED_SOMEWHERE: &str = "sealed with key dddddddddddd, which is retired and opens nothing; if that is so, which \
                                     `kubeseal-rs keys list` helps to check, the label sealedsecrets.bitnami.com/sealed-secrets-key=active on its \
                                     Secret brings it back";
    const ABSENT: &str =
        "sealed with key eeeeeeeeeeee, which is not here: sealed for another cluster, or its key is gone";
    const CLOSED: &str = "sealed with key 000000000000, which is here, wrapped, and not opened by any key management service: events on \
                          its Secret say why";
    const GUESSES: &str = "sealed for another cluster, or for another name or namespace, or its key is gone";
    const GUESSES_WITH_KEY: &str =
        "sealed for another cluster, or for another name or namespace, or its key is gone (key ffffffffffff)";
    // The keys that are noted: those of the items, and those of the recipients.
    let cases: [(&str, &str); 24] = [
        ("0", CLOSED),
        ("c 0", CLOSED),
        ("e 0", CLOSED),
        ("0 a", ACTIVE),
        ("", GUESSES),
        ("a", ACTIVE),
        ("b", REVOKED),
        ("c", RETIRED),
        ("d", RETIRED_SOMEWHERE),
        ("e", ABSENT),
        ("f", GUESSES_WITH_KEY),
        // Sealed for several clusters: the certificate is another cluster's, and the recipients name a key of this one.
        ("e a", ACTIVE),
        ("e c", RETIRED),
        ("b a", REVOKED),
        ("e b", ABSENT),
        ("c a", ACTIVE),
        ("e f", ABSENT),
        ("f e", GUESSES_WITH_KEY),
        // Items that were sealed with several keys: the key that is not here is the cause.
        ("ab", REVOKED),
        ("ac", RETIRED),
        ("ae", ABSENT),
        ("af", GUESSES_WITH_KEY),
        ("aa", ACTIVE),
        ("ee a", ACTIVE),
    ];
    for (noted, expected) in cases {
        assert_eq!(of(noted).to_string(), expected, "{noted:?}");
    }
}

/// The diagnosis for keys of the items and, behind a space, keys of the recipients.
fn of(noted: &str) -> Diagnosis {
    let (items, entries) = noted.split_once(' ').unwrap_or((noted, ""));
    let keys = |digits: &str| digits.chars().map(|digit| key(&digit.to_string())).collect();
    let noted = NotedKeys { of_items: keys(items), of_entries: keys(entries) };
    Diagnosis::of_keys(&noted, ("shop", "api"), known)
}

#[test]
fn beside_items_that_open_the_item_itself_is_at_fault() {
    let beside = |digit: &str| of(digit).beside_items_that_open(Scope::Strict);
    let apart = "sealed apart from the other items, which open: for another name or namespace than shop/api, or for another cluster; \
                 seal it again";
    assert_eq!(beside("a").to_string(), apart);
    for digit in ["b", "c", "e", "f"] {
        assert_eq!(beside(digit), of(digit));
    }
    let change = ScopeChange { add: None, remove: Vec::new() };
    let scope = Diagnosis::OtherScope { sealed: Scope::ClusterWide, change };
    assert_eq!(
        scope.beside_items_that_open(Scope::Strict).to_string(),
        "sealed with scope cluster-wide, which the SealedSecret's annotations do not state; other items open with scope strict: seal \
         this one again"
    );
}

#[test]
fn an_object_that_was_not_tried_here_may_have_another_scope() {
    let of = |metadata: serde_json::Value| {
        Diagnosis::of_object(&serde_json::from_value(metadata).unwrap(), ["x", "y"], known).to_string()
    };
    let hint = |digit: &str| {
        json!({ "sealedsecrets.bitnami.com/certificate-fingerprint": digit.repeat(64),
                "sealedsecrets.bitnami.com/namespace-wide": "true" })
    };
    let active = of(json!({ "namespace": "shop", "name": "api", "annotations": hint("a") }));
    let expected = "sealed with key aaaaaaaaaaaa, which is here and active, so it must have been sealed for another name, namespace \
                    or scope than shop/api (namespace-wide)";
    assert_eq!(active, expected);
    let nowhere = of(json!({ "name": "api", "annotations": hint("a") }));
    assert!(nowhere.contains("than api without a namespace (namespace-wide)"), "{nowhere}");
    let mixed = json!({ "sealedsecrets.bitnami.com/item-certificates":
        format!(r#"{{"{}":["x"],"{}":["y"]}}"#, key("a"), key("b")) });
    assert!(of(json!({ "name": "api", "annotations": mixed })).contains("leaked and was revoked"));
    assert!(of(json!({ "annotations": hint("e") })).contains("which is not here"));
    assert!(of(json!({ "annotations": hint("z") })).ends_with("its key is gone"));
    assert!(of(json!({})).ends_with("its key is gone"));
}
