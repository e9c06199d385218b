//! Which keys are stored in another form.

use super::*;
use crate::keys::store::ring_state::sources::KeyPolicy;
use crate::keys::test_wrapped::{pair, plain, read, unwrapped, wrapped_secret};
use envelope::{KeyPair, PrivateKey};
use key_wrapping::SlotReport;
use std::collections::BTreeMap;

const WRAPS: Forms = Forms { wraps: true, unwrap_all: false, keeps_escrow_copies: false };
const UNWRAPS: Forms = Forms { wraps: false, unwrap_all: true, keeps_escrow_copies: false };
const ESCROWS: Forms = Forms { wraps: false, unwrap_all: false, keeps_escrow_copies: true };

fn copy(pair: &KeyPair) -> KeyPair {
    let private = PrivateKey::from_pkcs8_der(&pair.private().to_pkcs8_der().unwrap()).unwrap();
    KeyPair::new(private, pair.certificate().clone()).unwrap()
}

/// One key in plain, in wrapped form, or in both; of which those of these names want a conversion.
fn state(names: &[&str], wanting: &[&str]) -> RingState {
    let pair = pair(1_000);
    let mut secrets = BTreeMap::new();
    let mut unwrapping = Vec::new();
    for name in names {
        let mut secret = if name.starts_with("plain") {
            plain(name, Arc::new(SealingKey::new((*name).to_owned(), copy(&pair))))
        } else {
            let (secret, wrapped) = read(wrapped_secret(name, &pair));
            unwrapping.push((wrapped.id, unwrapped(&wrapped, copy(&pair))));
            secret
        };
        secret.wants_conversion = wanting.contains(name);
        secrets.insert((*name).to_owned(), secret);
    }
    let policy = KeyPolicy { unwraps: true, serves_plain: true, ..KeyPolicy::default() };
    let read = RingState::unread(policy).replacing(secrets, None);
    unwrapping.into_iter().fold(read, |state, (id, unwrapping)| state.unwrapping([(id, unwrapping)]))
}

fn steps(state: &RingState, forms: Forms) -> Vec<String> {
    let step = |step| match step {
        Conversion::Wrap(about, _) => format!("wrap {}", about.name),
        Conversion::Unwrap(about, _) => format!("unwrap {}", about.name),
        Conversion::Escrow(about, _) => format!("escrow {}", about.name),
        Conversion::Delete { old, new } => format!("delete {}, as {new}", old.name),
    };
    plan(state, forms).into_iter().map(step).collect()
}

#[test]
fn each_state_has_its_step() {
    // Secrets; those that want a conversion; the flags; the steps.
    type Case = (&'static [&'static str], &'static [&'static str], Forms, &'static [&'static str]);
    let cases: [Case; 11] = [
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
        assert_eq!(steps(&state(secrets, wanting), forms), expected, "{secrets:?} {wanting:?} {forms:?}");
    }
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

/// A restored or planted copy: of the same document, or with other slots than those configured.
#[test]
fn a_copy_that_was_not_wrapped_anew_replaces_no_key() {
    let pair = pair(1_000);
    let policy = KeyPolicy { unwraps: true, serves_plain: true, ..KeyPolicy::default() };
    let original = wrapped_secret("wrapped", &pair);
    let mut copied = original.clone();
    copied.metadata.name = Some("copy".into());
    let other_slots = SlotReport { missing: vec!["awskms:arn".into()], ..SlotReport::default() };
    for (copy, slots) in [(copied, SlotReport::default()), (wrapped_secret("copy", &pair), other_slots)] {
        let ((mut secret, wrapped), (copy, copy_wrapped)) = (read(original.clone()), read(copy));
        secret.wants_conversion = true;
        let secrets = [("wrapped".to_owned(), secret), ("copy".to_owned(), copy)].into();
        let key = Arc::new(SealingKey::new("copy".into(), self::copy(&pair)));
        let state = RingState::unread(policy.clone())
            .replacing(secrets, None)
            .unwrapping([(wrapped.id, unwrapped(&wrapped, self::copy(&pair)))])
            .unwrapping([(copy_wrapped.id, Unwrapping::Unwrapped { key, slots })]);
        assert_eq!(steps(&state, WRAPS), ["wrap wrapped"]);
    }
}
