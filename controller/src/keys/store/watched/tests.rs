//! How far a watch has come, and what it does with a Secret that cannot be read.

use super::*;
use k8s_openapi::api::core::v1::Secret;

fn secret(name: &str, version: &str) -> ObservedSecret {
    let mut secret = Secret::default();
    secret.metadata.name = Some(name.into());
    secret.metadata.resource_version = Some(version.into());
    secret.into()
}

#[test]
fn a_watch_has_come_to_the_latest_version_it_has_shown() {
    let mut watched = WatchedSecrets::default();
    assert_eq!(watched.until(), None);
    for (event, expected) in [
        (Event::Init, None),
        (Event::InitApply(secret("a", "9")), Some("9")),
        (Event::InitApply(secret("b", "7")), Some("9")),
        (Event::InitDone, Some("9")),
        (Event::Apply(secret("b", "10")), Some("10")),
        (Event::Delete(secret("a", "12")), Some("12")),
        // Of another etcd, which was restored from a backup.
        (Event::Init, None),
        (Event::InitApply(secret("b", "4")), Some("4")),
    ] {
        watched.apply(event);
        assert_eq!(watched.until(), expected);
    }
}

/// One page of a list with a Secret that has the key label and too many entries.
#[test]
fn a_secret_with_too_many_entries_is_rejected_by_name_and_others_count() {
    let entries: BTreeMap<String, &str> = (0..6_000).map(|number| (number.to_string(), "")).collect();
    let odd =
        serde_json::json!({ "metadata": { "name": "odd" }, "type": "kubernetes.io/tls", "data": entries });
    let odd: ObservedSecret = serde_json::from_value(odd).unwrap();
    let mut watched = WatchedSecrets::default();
    for event in [
        Event::Init,
        Event::InitApply(crate::keys::store::ring::tests::a_key().into()),
        Event::InitApply(odd),
        Event::InitDone,
    ] {
        watched.apply(event);
    }
    assert!(matches!(watched.current()["key"].content, KeyContent::Key { .. }));
    let KeyContent::Rejected(reason, why) = &watched.current()["odd"].content else { panic!("not rejected") };
    assert_eq!(reason.as_str(), "too_many_entries");
    assert!(why.contains("more than 5000 entries in data"), "{why}");
}
