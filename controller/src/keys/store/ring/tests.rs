//! Who waits for keys, and how long; and what shows keys to a ring in tests of what uses it.

use super::*;
use crate::cli::Cli;
use crate::config::Config;
use api::sealing_key::{ACTIVE, CERTIFICATE, COMPROMISED, LABEL, PRIVATE_KEY, SECRET_TYPE};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::time::Duration;
use tokio::time::timeout;

/// Long enough for what must not happen, and for what must.
const A_MOMENT: Duration = Duration::from_millis(50);
const SOON: Duration = Duration::from_secs(30);

impl SharedRing {
    /// As a controller has it that has just started.
    pub(crate) fn unread() -> Arc<Self> {
        let flags = Cli::read(["controller"], |_| None).unwrap();
        Arc::new(Self::new(&Config::from_cli(flags).unwrap().keys))
    }

    /// Reads these keys, as the watch does.
    pub(crate) fn show(&self, keys: impl IntoIterator<Item = Secret>) {
        let found = keys.into_iter().map(|key| Found::read(key.into(), sealing::KeyOrder::default()));
        self.replace(&found.map(|found| (found.about.name.clone(), found)).collect(), None);
    }
}

/// One that counts.
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

#[tokio::test]
async fn it_is_settled_once_there_has_been_a_key() {
    let ring = SharedRing::unread();
    let mut settled = std::pin::pin!(ring.settled());
    assert!(timeout(A_MOMENT, &mut settled).await.is_err(), "nothing was read");
    ring.show([]);
    assert!(timeout(A_MOMENT, &mut settled).await.is_err(), "there has never been a key");
    ring.add(&Found::read(a_key().into(), sealing::KeyOrder::default()));
    assert!(timeout(SOON, &mut settled).await.is_ok(), "one was made");
    assert_eq!(ring.snapshot().len(), 1);
    ring.show([]);
    assert!(timeout(SOON, ring.settled()).await.is_ok(), "it was deleted: none is made");
}

#[tokio::test]
async fn no_waiter_waits_for_what_is_no_key() {
    let ring = SharedRing::unread();
    ring.show([Secret { data: None, ..a_key() }]);
    assert!(ring.snapshot().is_empty());
    assert!(timeout(SOON, ring.settled()).await.is_ok(), "no first key is made beside it");
}

/// Other writes to a key's Secret wake no waiter for another key.
#[tokio::test]
async fn only_what_opens_otherwise_is_news_to_what_does_not_open() {
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
        let (changes, before) = (ring.opening_changes(), ring.version());
        ring.show(shown);
        assert_eq!(changes.has_changed().unwrap(), news, "{name}");
        assert_eq!(ring.version(), before + 1, "{name}: told to everybody else");
    }
    ring.add(&Found::read(a_key().into(), sealing::KeyOrder::default()));
    let made = ring.opening_version();
    ring.add(&Found::read(touched("3").into(), sealing::KeyOrder::default()));
    assert_eq!(ring.opening_version(), made);
}
