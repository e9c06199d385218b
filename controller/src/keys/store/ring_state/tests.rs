//! What follows from the key Secrets together.

use super::*;
use crate::events::about::About;
use crate::keys::store::findings::FindingReason;
use crate::keys::store::key_records::KeyState;
use crate::keys::test_wrapped::{RECIPIENT, pair, plain, read, unwrapped, wrapped_secret};
use envelope::{Certificate, KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use rand::rngs::SysRng;
use sealing::{KeyWait, NotedKey, SealingKey};

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
            is_terminating: false,
            fulfils: Vec::new(),
        },
    )
}

fn policy(unwraps: bool, serves_plain: bool) -> KeyPolicy {
    KeyPolicy { unwraps, serves_plain, wrapping: vec![RECIPIENT.to_owned()], ..KeyPolicy::default() }
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

/// What has become of unwrapping a key with this pair.
type UnwrappingOf<'a> = &'a dyn Fn(&WrappedSecret, KeyPair) -> Unwrapping;

/// How many keys the ring has, and how many wait; what renewal sees; the findings; whether each key was tried.
type Expected = (usize, usize, KeyState, Vec<FindingReason>, bool);

/// What a key is, by its form, by the policy, and by what has become of unwrapping it.
#[test]
fn a_wrapped_key_counts_once_it_is_unwrapped() {
    let key = || pair(1_000);
    let state = |unwraps, unwrapping: Option<UnwrappingOf<'_>>| {
        let key = key();
        let (secret, wrapped) = read(wrapped_secret("wrapped", &key));
        let state =
            RingState::unread(policy(unwraps, false)).replacing([("wrapped".into(), secret)].into(), None);
        match unwrapping {
            Some(unwrapping) => state.unwrapping([(wrapped.id, unwrapping(&wrapped, key))]),
            None => state,
        }
    };
    let found = |state: &RingState| state.findings.iter().map(|finding| finding.reason).collect::<Vec<_>>();
    let fingerprint = |state: &RingState| match &state.secrets().next().unwrap().content {
        KeyContent::Wrapped { wrapped, .. } => wrapped.certificate.fingerprint(),
        other => panic!("{other:?}"),
    };
    let waiting = |_: &WrappedSecret, _| Unwrapping::Waiting {
        error: "no answer".into(),
        wait: KeyWait::NoAnswer,
        alone: false,
    };
    let failed = |_: &WrappedSecret, _| Unwrapping::Failed("refused".into());
    let alone = |_: &WrappedSecret, _| Unwrapping::Waiting {
        error: "odd".into(),
        wait: KeyWait::NotOpened,
        alone: true,
    };
    let cases: [(&str, RingState, Expected); 5] = [
        (
            "the provider works otherwise",
            state(true, Some(&alone)),
            (0, 0, KeyState::Closed, vec![FindingReason::Waiting], true),
        ),
        ("not tried", state(true, None), (0, 1, KeyState::Waiting, vec![], false)),
        (
            "waiting",
            state(true, Some(&waiting)),
            (0, 1, KeyState::Waiting, vec![FindingReason::Waiting], true),
        ),
        (
            "failed",
            state(true, Some(&failed)),
            (0, 0, KeyState::Closed, vec![FindingReason::NotUnwrapped], true),
        ),
        (
            "no provider",
            state(false, None),
            (0, 0, KeyState::Closed, vec![FindingReason::NotUnwrapped], true),
        ),
    ];
    for (name, state, expected) in cases {
        let record = state.records.secrets[0].state;
        let actual = (state.ring.len(), state.ring.waiting().len(), record, found(&state), state.all_tried());
        assert_eq!(actual, expected, "{name}");
        let noted = match (record, state.ring.waiting().values().next()) {
            (KeyState::Closed, _) => NotedKey::Closed,
            (_, wait) => NotedKey::Waiting(*wait.unwrap()),
        };
        assert_eq!(state.ring.state_of(fingerprint(&state)), noted, "{name}");
    }
    let unwrapped = state(true, Some(&unwrapped));
    assert!(matches!(unwrapped.records.secrets[0].state, KeyState::Active { .. }));
    assert_eq!((unwrapped.ring.len(), unwrapped.ring.waiting().len(), found(&unwrapped)), (1, 0, vec![]));
    // A change of the Secret forgets the private key.
    assert!(unwrapped.replacing(BTreeMap::new(), None).sources.unwrapping.is_empty());
}

#[test]
fn a_key_in_plain_only_opens_where_keys_have_to_be_wrapped() {
    let key = Arc::new(SealingKey::new("plain".into(), pair(1_000)));
    let secrets = BTreeMap::from([("plain".to_owned(), plain("plain", Arc::clone(&key)))]);
    for (serves_plain, expected) in [(true, None), (false, Some(FindingReason::Plain))] {
        let state = RingState::unread(policy(true, serves_plain)).replacing(secrets.clone(), None);
        assert_eq!(state.ring.len(), 1);
        assert_eq!(state.records.active().count(), usize::from(serves_plain));
        assert_eq!(state.findings.first().map(|finding| finding.reason), expected);
    }
}

#[test]
fn a_request_that_no_service_can_fulfil_is_reported() {
    let mut requested = plain("plain", Arc::new(SealingKey::new("plain".into(), pair(1_000))));
    requested.wants_conversion = true;
    let secrets = BTreeMap::from([("plain".to_owned(), requested)]);
    for (wrapping, expected) in
        [(vec![], Some(FindingReason::Request)), (vec!["kmsv2:unix:///run/kms.sock".to_owned()], None)]
    {
        let state =
            RingState::unread(KeyPolicy { wrapping, ..policy(true, true) }).replacing(secrets.clone(), None);
        assert_eq!(state.findings.first().map(|finding| finding.reason), expected);
        assert_eq!(state.records.active().count(), 1, "it is used");
    }
}

#[test]
fn of_a_key_in_both_forms_the_wrapped_one_counts() {
    let key = pair(1_000);
    let (secret, wrapped) = read(wrapped_secret("wrapped", &key));
    let private = PrivateKey::from_pkcs8_der(&key.private().to_pkcs8_der().unwrap()).unwrap();
    let copy = KeyPair::new(private, key.certificate().clone()).unwrap();
    let in_plain = plain("plain", Arc::new(SealingKey::new("plain".into(), copy)));
    let secrets = [("plain".to_owned(), in_plain), ("wrapped".to_owned(), secret)];
    let state = RingState::unread(policy(true, true)).replacing(secrets.into(), None);
    assert_eq!(state.ring.newest().map(SealingKey::name), Some("plain"), "until it is unwrapped");
    let state = state.unwrapping([(wrapped.id, unwrapped(&wrapped, key))]);
    assert_eq!(state.ring.iter().map(SealingKey::name).collect::<Vec<_>>(), ["wrapped"]);
    assert_eq!(state.records.active().map(|key| key.name).collect::<Vec<_>>(), ["wrapped"]);
    assert_eq!(state.findings[0].reason, FindingReason::Plain);
}

#[test]
fn a_key_with_a_slot_of_an_older_key_is_used_and_reported() {
    let key = pair(1_000);
    let (secret, wrapped) = read(wrapped_secret("wrapped", &key));
    let unwrapped = unwrapped(&wrapped, key);
    let state =
        RingState::unread(policy(true, false)).replacing([("wrapped".into(), secret.clone())].into(), None);
    let state = state.unwrapping([(wrapped.id, unwrapped.clone())]);
    let found = |state: RingState| {
        assert_eq!(state.ring.newest().map(SealingKey::name), Some("wrapped"));
        state.findings.iter().map(|finding| finding.reason).collect::<Vec<_>>()
    };
    // The slot of an age recipient has a key without a name.
    assert_eq!(found(state.encrypting_with(RECIPIENT, "")), []);
    assert_eq!(found(state.encrypting_with("kmsv2:unix:///run/kms.sock", "2")), []);
    assert_eq!(found(state.encrypting_with(RECIPIENT, "2")), [FindingReason::Stale]);
    assert_eq!(found(state.encrypting_with(RECIPIENT, "2").encrypting_with(RECIPIENT, "")), []);
    // One that was just stored has the key of now, whatever the provider said before.
    assert_eq!(found(state.encrypting_with(RECIPIENT, "2").storing(&secret, wrapped.id, &unwrapped)), []);
}
