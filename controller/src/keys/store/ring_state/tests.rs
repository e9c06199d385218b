//! What follows from the key Secrets together.

use super::*;
use crate::events::about::About;
use crate::keys::store::findings::FindingReason;
use crate::keys::store::key_records::KeyState;
use envelope::{Certificate, KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use rand::rngs::SysRng;
use sealing::{NotedKey, SealingKey};

fn certificate(private: &PrivateKey, since: i64) -> Certificate {
    let since = Timestamp::from_second(since).unwrap();
    issue(&mut SysRng, private, "", since, SignedDuration::from_hours(24)).unwrap()
}

fn key_secret(name: &str, content: KeyContent) -> (String, KeySecret) {
    let mut secret = Secret::default();
    secret.metadata.name = Some(name.into());
    (
        name.into(),
        KeySecret {
            about: About::secret(&secret),
            content,
            is_backed_up: false,
            wants_conversion: false,
            fulfils: Vec::new(),
        },
    )
}

fn policy(unwraps: bool, serves_plain: bool) -> KeyPolicy {
    KeyPolicy { unwraps, serves_plain, escrow_recipients: Vec::new() }
}

fn state_of(secrets: BTreeMap<String, KeySecret>, until: Option<&str>) -> RingState {
    RingState::unread(policy(false, true)).replacing(secrets, until)
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
        key_secret("leak", KeyContent::Leaked(Arc::new(leak.clone()))),
        key_secret("twin", KeyContent::Key { key: Arc::clone(&key), request: None }),
        key_secret("sound", KeyContent::Key { key: sound, request: None }),
    ]);
    let state = state_of(all, None);
    let names: Vec<_> = state.ring.iter().map(SealingKey::name).collect();
    assert_eq!(names, ["sound"]);
    assert!(state.ring.is_revoked(leak.fingerprint()) && state.ring.is_revoked(twins));
    assert_eq!(state.findings.len(), 1);
    assert_eq!(state.findings[0].reason, FindingReason::Leaked);
    assert!(state.ring.with(key).len() == 1, "not even when it was just stored");
}

/// A Secret that was read by its name, in some version, may be older than what the watch has shown.
#[test]
fn a_stored_secret_does_not_undo_what_the_watch_has_shown() {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let certificate = certificate(&private, 1_000);
    let leak = KeyContent::Leaked(Arc::new(certificate.clone()));
    let key = Arc::new(SealingKey::new("new".into(), KeyPair::new(private, certificate).unwrap()));
    let in_version = |version: &str, content: &KeyContent| {
        let (_, mut secret) = key_secret("new", content.clone());
        secret.about.resource_version = Some(version.into());
        secret
    };
    let key = KeyContent::Key { key, request: None };
    let stored = in_version("7", &key);
    let state = |secret: Option<KeySecret>, until: &str| {
        let secrets = secret.into_iter().map(|secret| ("new".to_owned(), secret)).collect();
        state_of(secrets, Some(until))
    };
    for (name, before, counts) in [
        ("the watch is behind", state(None, "6"), true),
        ("it was deleted since", state(None, "8"), false),
        ("it leaked since", state(Some(in_version("8", &leak)), "8"), false),
        ("it is an older one under the same name", state(Some(in_version("6", &leak)), "6"), true),
        ("nothing is known", state_of(BTreeMap::new(), None), true),
    ] {
        let after = before.with(stored.clone());
        assert_eq!(after.ring.len(), usize::from(counts), "{name}");
        assert_eq!(after.records.had_any, counts, "{name}");
        assert_eq!(after.sources.watched_until, before.sources.watched_until, "{name}");
    }
    // A Secret that the watch never shows takes its name all the same.
    let unused = in_version("7", &KeyContent::Unused);
    assert_eq!(state(None, "8").with(unused).records.secrets.len(), 1);
}

#[test]
fn a_retired_key_opens_nothing_and_is_known() {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let certificate = certificate(&private, 1_000);
    let (name, secret) = key_secret("old", KeyContent::Retired(Arc::new(certificate.clone())));
    let state = state_of([(name, secret)].into(), None);
    assert_eq!(state.ring.state_of(certificate.fingerprint()), NotedKey::Retired(None));
    assert!(state.ring.is_empty() && state.findings.is_empty());
    assert_eq!(state.records.secrets[0].state, KeyState::Unused);
}
