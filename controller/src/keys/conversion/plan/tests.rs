//! Which keys are stored in another form.

use super::*;
use crate::keys::key_policy::KeyPolicy;
use crate::keys::store::new_secret;
use crate::keys::test_wrapped::{RECIPIENT, at, pair, plain, read, unwrapped, wrapped_secret};
use api::sealing_key::WRAPPED_KEY;
use envelope::{KeyPair, PrivateKey};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use key_wrapping::{KeyProviders, ProviderEnvironment, SlotReport, WrappedKey};
use std::collections::BTreeMap;

const WRAPS: Forms = Forms { wraps: true, unwrap_all: false, keeps_escrow_copies: false };
const UNWRAPS: Forms = Forms { wraps: false, unwrap_all: true, keeps_escrow_copies: false };
const ESCROWS: Forms = Forms { wraps: false, unwrap_all: false, keeps_escrow_copies: true };

fn copy(pair: &KeyPair) -> KeyPair {
    let private = PrivateKey::from_pkcs8_der(&pair.private().to_pkcs8_der().unwrap()).unwrap();
    KeyPair::new(private, pair.certificate().clone()).unwrap()
}

/// The Secret with the proof that it replaces another one.
fn made_to_replace(mut secret: Secret, pair: &KeyPair, uid: &str) -> Secret {
    let document = &secret.data.as_ref().unwrap()[WRAPPED_KEY].0;
    let key = WrappedKey::from_json(document).unwrap();
    secret.metadata = new_secret::replacing(secret.metadata, (pair, &key), uid).unwrap();
    secret
}

/// One key in plain, in wrapped form, or in both; of which those of these names want a conversion.
fn state(names: &[&str], wanting: &[&str], escrow_recipients: Vec<String>) -> RingState {
    let policy = KeyPolicy { unwraps: true, serves_plain: true, escrow_recipients, ..KeyPolicy::default() };
    let pair = pair(1_000);
    let mut secrets = BTreeMap::new();
    let mut unwrapping = Vec::new();
    for name in names {
        let mut secret = if name.starts_with("plain") {
            plain(name, Arc::new(SealingKey::new((*name).to_owned(), copy(&pair))))
        } else {
            let mut stored = wrapped_secret(name, &pair);
            if let Some(replaced) = wanting.first() {
                stored = made_to_replace(stored, &pair, replaced);
            }
            let (secret, wrapped) = read(stored);
            unwrapping.push((wrapped.id, unwrapped(&wrapped, copy(&pair))));
            secret
        };
        secret.about.uid = Some((*name).to_owned());
        secret.wants_conversion = wanting.contains(name);
        secrets.insert((*name).to_owned(), secret);
    }
    let read = RingState::unread(policy).replacing(secrets, None);
    unwrapping.into_iter().fold(read, |state, (id, unwrapping)| state.unwrapping([(id, unwrapping)]))
}

fn steps(state: &RingState, forms: Forms) -> Vec<String> {
    let step = |step| match step {
        Conversion::Wrap(about, _) => format!("wrap {}", about.name),
        Conversion::Unwrap(about, _) => format!("unwrap {}", about.name),
        Conversion::Escrow(about, _) => format!("escrow {}", about.name),
        Conversion::Delete { old, new } => format!("delete {}, as {}", old.name, new.name),
    };
    plan(state, forms).into_iter().map(step).collect()
}

#[test]
fn each_state_has_its_step() {
    // Secrets; those that want a conversion; the flags; the steps.
    type Case = (&'static [&'static str], &'static [&'static str], Forms, &'static [&'static str]);
    let cases: [Case; 14] = [
        (&["plain", "plain-2"], &["plain", "plain-2"], WRAPS, &["wrap plain"]),
        (&["wrapped", "wrapped-2"], &["wrapped", "wrapped-2"], WRAPS, &["wrap wrapped"]),
        (&["wrapped", "wrapped-2"], &[], UNWRAPS, &["unwrap wrapped"]),
        (&["plain"], &[], WRAPS, &[]),
        (&["plain"], &["plain"], WRAPS, &["wrap plain"]),
        (&["plain", "wrapped"], &["plain"], WRAPS, &["delete plain, as wrapped"]),
        (&["plain", "wrapped"], &[], WRAPS, &[]),
        (&["wrapped"], &["wrapped"], WRAPS, &["wrap wrapped"]),
        (&["wrapped", "wrapped-2"], &["wrapped"], WRAPS, &["delete wrapped, as wrapped-2"]),
        (&["plain"], &["plain"], UNWRAPS, &[]),
        (&["wrapped"], &[], UNWRAPS, &["unwrap wrapped"]),
        (&["plain", "wrapped"], &[], UNWRAPS, &["delete wrapped, as plain"]),
        (&["plain"], &[], ESCROWS, &["escrow plain"]),
        (&["wrapped"], &["wrapped"], ESCROWS, &[]),
    ];
    for (secrets, wanting, forms, expected) in cases {
        let recipients = forms.keeps_escrow_copies.then(|| RECIPIENT.to_owned()).into_iter().collect();
        assert_eq!(
            steps(&state(secrets, wanting, recipients), forms),
            expected,
            "{secrets:?} {wanting:?} {forms:?}"
        );
    }
}

/// Who deletes the new Secret just now would lose the key with the old one.
#[test]
fn a_secret_that_is_being_deleted_replaces_none_and_is_not_converted() {
    let terminating = |mut state: RingState, name: &str| {
        let mut secrets: BTreeMap<_, _> =
            state.secrets().map(|it| (it.about.name.clone(), it.clone())).collect();
        secrets.get_mut(name).unwrap().is_terminating = true;
        state = state.replacing(secrets, None);
        steps(&state, WRAPS)
    };
    let both = || state(&["plain", "wrapped"], &["plain"], Vec::new());
    assert_eq!(terminating(both(), "wrapped"), ["wrap plain"]);
    assert_eq!(terminating(both(), "plain"), Vec::<String>::new());
}

#[test]
fn a_key_that_is_not_unwrapped_or_not_in_use_is_left_as_it_is() {
    let pair = pair(1_000);
    let (mut secret, _) = read(wrapped_secret("wrapped", &pair));
    secret.wants_conversion = true;
    let policy = KeyPolicy { unwraps: true, serves_plain: true, ..KeyPolicy::default() };
    let waiting = RingState::unread(policy).replacing([("wrapped".to_owned(), secret)].into(), None);
    for forms in [WRAPS, UNWRAPS, ESCROWS] {
        assert_eq!(steps(&waiting, forms), Vec::<String>::new());
    }
}

/// The Secret of an escrow copy of this key.
fn escrow(pair: &KeyPair, recipient: &str, cluster: &str) -> Secret {
    let wrapper =
        key_wrapping::connect(&recipient.parse().unwrap(), &ProviderEnvironment::default()).unwrap();
    let providers = KeyProviders::new(cluster.parse().unwrap(), vec![wrapper], Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let wrapped = runtime.block_on(providers.wrap(pair, at(1_000))).unwrap();
    let metadata = ObjectMeta { name: Some("copy".into()), ..ObjectMeta::default() };
    new_secret::escrow(metadata, pair, &wrapped).unwrap()
}

/// Only the controller that has the private key can make a copy that counts; of one that does not, the user is told.
#[test]
fn a_copy_that_is_not_known_to_open_for_the_recipient_here_does_not_count() {
    const OTHER: &str = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";
    let (pair, other) = (pair(1_000), pair(1_000));
    let with = |mut secret: Secret, change: &dyn Fn(&mut Secret)| {
        change(&mut secret);
        secret
    };
    let whole = || escrow(&pair, RECIPIENT, "prod");
    // What a user may write who does not have the private key.
    let planted = || {
        let theirs = escrow(&other, RECIPIENT, "prod");
        with(theirs, &|secret| {
            let certificate = pair.certificate().to_pem().into_bytes();
            secret.data.as_mut().unwrap().insert("tls.crt".into(), ByteString(certificate));
        })
    };
    let cases: [(&str, Secret, Option<&str>); 6] = [
        ("as it was made", whole(), None),
        ("planted", planted(), Some("nothing shows that it holds the private key")),
        (
            "without its proof",
            with(whole(), &|secret| secret.metadata.annotations = None),
            Some("nothing shows"),
        ),
        (
            "changed",
            with(whole(), &|secret| {
                secret.data.as_mut().unwrap().get_mut("wrapped.json").unwrap().0.push(b' ');
            }),
            Some("nothing shows"),
        ),
        (
            "for another recipient",
            escrow(&pair, OTHER, "prod"),
            Some("it is not wrapped with the configured age1cy0"),
        ),
        (
            "for another cluster",
            escrow(&pair, RECIPIENT, "test"),
            Some("it is for the cluster test, and this one is prod"),
        ),
    ];
    let policy = KeyPolicy {
        serves_plain: true,
        escrow_recipients: vec![RECIPIENT.into()],
        cluster_name: Some("prod".parse().unwrap()),
        ..KeyPolicy::default()
    };
    for (name, copy, fault) in cases {
        let key = Arc::new(SealingKey::new("plain".into(), self::copy(&pair)));
        let secrets = [
            ("plain".to_owned(), plain("plain", key)),
            ("copy".to_owned(), KeySecret::read(copy.into(), sealing::KeyOrder::default())),
        ];
        let state = RingState::unread(policy.clone()).replacing(secrets.into(), None);
        let expected: &[&str] = if fault.is_some() { &["escrow plain"] } else { &[] };
        assert_eq!(steps(&state, ESCROWS), expected, "{name}");
        assert_eq!(state.without_copy.len(), expected.len(), "{name}");
        let message = state.findings.first().map(|finding| finding.message.as_str());
        assert!(message.is_some() == fault.is_some(), "{name}: {message:?}");
        assert!(message.unwrap_or_default().starts_with(fault.unwrap_or_default()), "{name}: {message:?}");
    }
}

/// A restored or planted copy: one that was wrapped before the request, or with other slots than a key wrapped now would have.
#[test]
fn a_copy_that_was_not_wrapped_anew_replaces_no_key() {
    let (pair, other) = (pair(1_000), pair(1_000));
    let policy = KeyPolicy { unwraps: true, serves_plain: true, ..KeyPolicy::default() };
    let original = wrapped_secret("wrapped", &pair);
    let mut copied = original.clone();
    copied.metadata.name = Some("copy".into());
    let older = || wrapped_secret("copy", &pair);
    let anew = || made_to_replace(older(), &pair, "uid");
    let as_configured = SlotReport::default;
    let other_slots = SlotReport { missing: vec!["awskms:arn".into()], ..SlotReport::default() };
    let cases: [(&str, Secret, SlotReport, &str, &str); 7] = [
        ("the same document", copied, as_configured(), "", "wrap wrapped"),
        ("an older document", older(), as_configured(), "", "wrap wrapped"),
        (
            "made to replace another Secret",
            made_to_replace(older(), &pair, "uid-2"),
            as_configured(),
            "",
            "wrap wrapped",
        ),
        (
            "said to replace it, without the key",
            made_to_replace(older(), &other, "uid"),
            as_configured(),
            "",
            "wrap wrapped",
        ),
        ("under other providers", anew(), other_slots, "", "wrap wrapped"),
        ("under an older key of the provider", anew(), as_configured(), "another key", "wrap wrapped"),
        ("wrapped anew", anew(), as_configured(), "", "delete wrapped, as copy"),
    ];
    for (name, copy, slots, current_key, expected) in cases {
        let ((mut secret, wrapped), (copy, copy_wrapped)) = (read(original.clone()), read(copy));
        secret.wants_conversion = true;
        secret.about.uid = Some("uid".into());
        let secrets = [("wrapped".to_owned(), secret), ("copy".to_owned(), copy)].into();
        let key = Arc::new(SealingKey::new("copy".into(), self::copy(&pair)));
        let state = RingState::unread(policy.clone())
            .replacing(secrets, None)
            .unwrapping([(wrapped.id, unwrapped(&wrapped, self::copy(&pair)))])
            .unwrapping([(copy_wrapped.id, Unwrapping::Unwrapped { key, slots })])
            .encrypting_with(RECIPIENT, current_key);
        assert_eq!(steps(&state, WRAPS), [expected], "{name}");
    }
}
