//! How far a watch has come.

use super::*;

fn secret(name: &str, version: &str) -> ObservedSecret {
    let mut secret = Secret::default();
    secret.metadata.name = Some(name.into());
    secret.metadata.resource_version = Some(version.into());
    ObservedSecret(secret)
}

#[test]
fn a_watch_has_come_to_the_latest_version_it_has_shown() {
    let mut records = Records::default();
    assert_eq!(records.until(), None);
    for (event, expected) in [
        (Event::Init, None),
        (Event::InitApply(secret("a", "9")), Some("9")),
        (Event::InitApply(secret("b", "7")), Some("9")),
        (Event::InitDone, Some("9")),
        (Event::Apply(secret("b", "10")), Some("10")),
        (Event::Delete(secret("a", "12")), Some("12")),
        // Of another etcd, which was brought back from a backup.
        (Event::Init, None),
        (Event::InitApply(secret("b", "4")), Some("4")),
    ] {
        records.take(event);
        assert_eq!(records.until(), expected);
    }
}
