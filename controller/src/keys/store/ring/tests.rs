//! Waiting for keys, notification of changes, and helpers for tests that need a ring with keys.

use super::*;
use crate::cli::Cli;
use crate::config::Config;
use crate::keys::test_wrapped::{pair, read, wrapped_secret};
use api::sealing_key::{ACTIVE, CERTIFICATE, COMPROMISED, LABEL, PRIVATE_KEY, SECRET_TYPE};
use envelope::{KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::rngs::SysRng;
use sealing::{KeyWait, SealingKey};
use std::time::Duration;
use tokio::time::timeout;

/// Long enough for a wait that must not end, and for one that must.
const A_MOMENT: Duration = Duration::from_millis(50);
const SOON: Duration = Duration::from_secs(30);

impl SharedRing {
    /// The ring of a controller that has just started.
    pub(crate) fn unread() -> Arc<Self> {
        Self::unread_with(&[])
    }

    /// The same with these flags.
    pub(crate) fn unread_with(flags: &[&str]) -> Arc<Self> {
        let flags = Cli::read(["controller"].iter().chain(flags), |_| None).unwrap();
        Arc::new(Self::new(Config::from_cli(flags).unwrap().keys))
    }

    /// Replaces the keys by these, as the watch does.
    pub(crate) fn show(&self, keys: impl IntoIterator<Item = Secret>) {
        let secrets = keys.into_iter().map(|key| KeySecret::read(key.into(), sealing::KeyOrder::default()));
        self.replace(&secrets.map(|secret| (secret.about.name.clone(), secret)).collect(), None);
    }
}

/// A key that counts.
pub(crate) fn a_key() -> Secret {
    let data = [
        (PRIVATE_KEY, include_str!("../../../../../crates/envelope/tests/keys/a.pkcs8.pem")),
        (CERTIFICATE, include_str!("../../../../../crates/envelope/tests/keys/a.crt.pem")),
    ];
    Secret {
        metadata: ObjectMeta {
            name: Some("key".into()),
            labels: Some([(LABEL.to_owned(), ACTIVE.to_owned())].into()),
            ..ObjectMeta::default()
        },
        type_: Some(SECRET_TYPE.into()),
        data: Some(data.map(|(name, text)| (name.to_owned(), ByteString(text.into()))).into()),
        ..Secret::default()
    }
}

/// Another key each time.
pub(crate) fn new_key() -> Arc<SealingKey> {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let certificate =
        issue(&mut SysRng, &private, "", Timestamp::now(), SignedDuration::from_hours(1)).unwrap();
    Arc::new(SealingKey::new("key".into(), KeyPair::new(private, certificate).unwrap()))
}

/// A provider may say so before the first list of Secrets is here, when no key is known yet: none is to be made because of that.
#[tokio::test]
async fn what_a_provider_says_is_no_list_of_keys() {
    let ring = SharedRing::unread();
    ring.note_current_key("kmsv2:unix:///run/kms.sock", "first");
    assert!(!ring.is_loaded());
    ring.show([]);
    assert!(ring.is_loaded());
}

#[tokio::test]
async fn it_is_settled_once_there_has_been_a_key() {
    let ring = SharedRing::unread();
    let mut settled = std::pin::pin!(ring.settled());
    assert!(timeout(A_MOMENT, &mut settled).await.is_err(), "nothing was read");
    ring.show([]);
    assert!(timeout(A_MOMENT, &mut settled).await.is_err(), "there has never been a key");
    ring.add(&KeySecret::read(a_key().into(), sealing::KeyOrder::default()));
    assert!(timeout(SOON, &mut settled).await.is_ok(), "one was made");
    assert_eq!(ring.snapshot().len(), 1);
    ring.show([]);
    assert!(timeout(SOON, ring.settled()).await.is_ok(), "it was deleted: none is made");
}

#[tokio::test]
async fn a_rejected_secret_ends_the_wait_for_a_first_key() {
    let ring = SharedRing::unread();
    ring.show([Secret { data: None, ..a_key() }]);
    assert!(ring.snapshot().is_empty());
    assert!(timeout(SOON, ring.settled()).await.is_ok(), "no first key is made beside it");
}

/// A thousand planted keys are tried again and again: nothing is assembled, renewed or written anew where nothing follows from that.
#[tokio::test]
async fn only_what_is_new_of_unwrapping_notifies() {
    let ring =
        SharedRing::unread_with(&["--key-wrap-with=kmsv2:unix:///run/kms/kms.sock", "--cluster-name=prod"]);
    let made = || ["one", "two"].map(|name| wrapped_secret(name, &pair(1_000)));
    let secrets = tokio::task::spawn_blocking(made).await.unwrap();
    let ids = secrets.clone().map(|secret| read(secret).1.id);
    let mut loaded = std::pin::pin!(ring.loaded());
    ring.show(secrets);
    let waiting = |error: &str, wait| Unwrapping::Waiting { error: error.into(), wait, alone: false };
    for (name, id, noted, news) in [
        ("tried", ids[0], waiting("no answer", KeyWait::NoAnswer), true),
        ("tried again", ids[0], waiting("no answer in 10 s", KeyWait::NoAnswer), false),
        ("another cause", ids[0], waiting("denied", KeyWait::NotOpened), true),
        ("failed", ids[0], Unwrapping::Failed("changed".into()), true),
        ("failed again", ids[0], Unwrapping::Failed("changed".into()), false),
    ] {
        let all = ring.changes();
        ring.note_unwrapping(&[(id, noted)]);
        assert_eq!(all.has_changed().unwrap(), news, "{name}");
    }
    assert!(timeout(A_MOMENT, &mut loaded).await.is_err(), "one was not tried");
    ring.finish_loading();
    assert!(timeout(SOON, &mut loaded).await.is_ok(), "it is waited for no longer");
    assert_eq!(ring.snapshot().waiting().len(), 1);
}

/// Other writes to a key's Secret do not have failed objects tried again.
#[tokio::test]
async fn only_another_set_of_keys_notifies_objects_that_could_not_be_unsealed() {
    let ring = SharedRing::unread();
    let touched = |value: &str| {
        let mut key = a_key();
        key.metadata.annotations = Some([("note".to_owned(), value.to_owned())].into());
        key
    };
    let mut leaked = a_key();
    leaked.metadata.labels = Some([(LABEL.to_owned(), COMPROMISED.to_owned())].into());
    let named = |name: &str| Secret {
        metadata: ObjectMeta { name: Some(name.into()), ..a_key().metadata },
        ..a_key()
    };
    for (name, shown, news) in [
        ("the first list, without a key", vec![], false),
        ("a key", vec![a_key()], true),
        ("annotated", vec![touched("1")], false),
        ("annotated again", vec![touched("2")], false),
        ("the same in two Secrets", vec![a_key(), named("copy")], false),
        ("beside what is no key", vec![a_key(), Secret { data: None, ..named("junk") }], false),
        ("leaked", vec![leaked.clone()], true),
        ("sound again", vec![a_key()], true),
        ("gone", vec![], true),
    ] {
        let (changes, all) = (ring.opening_changes(), ring.changes());
        ring.show(shown);
        assert_eq!(changes.has_changed().unwrap(), news, "{name}");
        assert!(all.has_changed().unwrap(), "{name}: other receivers are notified");
    }
    ring.add(&KeySecret::read(a_key().into(), sealing::KeyOrder::default()));
    let made = ring.opening_version();
    ring.add(&KeySecret::read(touched("3").into(), sealing::KeyOrder::default()));
    assert_eq!(ring.opening_version(), made);
}
