//! What follows from the Secrets that were found.

use super::*;
use crate::events::about::About;
use envelope::{KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use rand::rngs::SysRng;

fn certificate(private: &PrivateKey, since: i64) -> Certificate {
    let since = Timestamp::from_second(since).unwrap();
    issue(&mut SysRng, private, "", since, SignedDuration::from_hours(24)).unwrap()
}

fn found(name: &str, content: Content) -> (String, Found) {
    let mut secret = Secret::default();
    secret.metadata.name = Some(name.into());
    (name.into(), Found { about: About::secret(&secret), content, answers: Vec::new() })
}

#[test]
fn a_leaked_key_does_not_come_back_under_another_name_or_certificate() {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let leak = certificate(&private, 1_000);
    let twin = certificate(&private, 2_000);
    let twins = twin.fingerprint();
    let key = Arc::new(SealingKey::new("twin".into(), KeyPair::new(private, twin).unwrap()));
    let other = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let sound = certificate(&other, 500);
    let sound = Arc::new(SealingKey::new("sound".into(), KeyPair::new(other, sound).unwrap()));
    let all = BTreeMap::from([
        found("leak", Content::Leaked(Arc::new(leak.clone()))),
        found("twin", Content::Key { key: Arc::clone(&key), asked: None }),
        found("sound", Content::Key { key: sound, asked: None }),
    ]);
    let known = Known::new(all, false);
    let names: Vec<_> = known.ring.iter().map(SealingKey::name).collect();
    assert_eq!(names, ["sound"]);
    assert!(known.ring.is_revoked(leak.fingerprint()) && known.ring.is_revoked(twins));
    assert_eq!(known.refusals.len(), 1);
    assert_eq!(known.refusals[0].reason, Reason::Leaked);
    assert!(known.ring.with(key).len() == 1, "not even when it was just stored");
}

/// What was met under a name, in some version, is older than what the watch knows.
#[test]
fn what_was_just_stored_does_not_undo_what_the_watch_has_shown() {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let certificate = certificate(&private, 1_000);
    let leak = Content::Leaked(Arc::new(certificate.clone()));
    let key = Arc::new(SealingKey::new("new".into(), KeyPair::new(private, certificate).unwrap()));
    let in_version = |version: &str, content: &Content| {
        let (_, mut found) = found("new", content.clone());
        found.about.resource_version = Some(version.into());
        found
    };
    let key = Content::Key { key, asked: None };
    let stored = in_version("7", &key);
    let known = |found: Option<Found>, until: &str| {
        let found = found.into_iter().map(|found| ("new".to_owned(), found)).collect();
        Known::new(found, false).watched(Some(until))
    };
    for (name, before, counts) in [
        ("the watch is behind", known(None, "6"), true),
        ("it was deleted since", known(None, "8"), false),
        ("it leaked since", known(Some(in_version("8", &leak)), "8"), false),
        ("it is an older one under the same name", known(Some(in_version("6", &leak)), "6"), true),
        ("nothing is known", Known::default(), true),
    ] {
        let after = before.with(stored.clone());
        assert_eq!(after.ring.len(), usize::from(counts), "{name}");
        assert_eq!(after.observed.had_any, counts, "{name}");
        assert_eq!(after.until, before.until, "{name}");
    }
    // What the watch never shows takes its name all the same.
    assert_eq!(known(None, "8").with(in_version("7", &Content::Out)).observed.secrets.len(), 1);
}
