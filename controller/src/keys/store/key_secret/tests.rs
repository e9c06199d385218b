//! What a Secret's type and label say.

use super::*;
use crate::keys::store::ring::tests::a_key;
use crate::keys::test_wrapped::{pair, wrapped_secret};
use sealing::KeyOrder;

fn read(mut secret: Secret, label: &str) -> KeyContent {
    secret.metadata.labels = Some([(LABEL.to_owned(), label.to_owned())].into());
    KeySecret::read(secret.into(), KeyOrder::default()).content
}

#[test]
fn the_type_says_what_a_key_is_and_the_label_whether_it_is_in_use() {
    let wrapped = || wrapped_secret("wrapped", &pair(1_000));
    // As by a tool that drops the type.
    let opaque = || Secret { type_: Some("Opaque".into()), ..wrapped() };
    let kind = |content: &KeyContent| match content {
        KeyContent::Key { .. } => "plain",
        KeyContent::Wrapped { .. } => "wrapped",
        KeyContent::Escrow(_) => "escrow",
        KeyContent::Leaked(_) => "leaked",
        KeyContent::Retired(_) => "retired",
        KeyContent::Unused => "unused",
        KeyContent::Rejected(..) => "rejected",
    };
    for (secret, label, expected) in [
        (a_key(), "active", "plain"),
        (a_key(), "wrapped", "rejected"),
        (a_key(), "escrow", "rejected"),
        (a_key(), "retired", "retired"),
        (wrapped(), "wrapped", "wrapped"),
        (wrapped(), "active", "rejected"),
        (wrapped(), "escrow", "escrow"),
        (wrapped(), "retired", "retired"),
        (opaque(), "wrapped", "rejected"),
        (opaque(), "escrow", "rejected"),
        (opaque(), "retired", "retired"),
        (wrapped(), "compromised", "leaked"),
    ] {
        assert_eq!(kind(&read(secret, label)), expected, "{label}");
    }
}

#[test]
fn a_wrong_label_is_refused_with_the_command_that_corrects_it() {
    let KeyContent::Rejected(reason, message) = read(wrapped_secret("a", &pair(1_000)), ACTIVE) else {
        panic!()
    };
    assert_eq!(reason, FindingReason::Label);
    let command = "kubectl label secret -n kube-system a sealedsecrets.bitnami.com/sealed-secrets-key=wrapped --overwrite";
    assert!(message.ends_with(command), "{message}");
}

#[test]
fn a_wrapped_key_that_cannot_be_read_is_refused_by_its_member() {
    let whole = wrapped_secret("a", &pair(1_000));
    let with = |change: &dyn Fn(&mut Secret)| {
        let mut secret = whole.clone();
        change(&mut secret);
        let KeyContent::Rejected(reason, message) = read(secret, WRAPPED) else { panic!() };
        assert_eq!(reason, FindingReason::Broken);
        message
    };
    let data = |secret: &mut Secret| secret.data.take().unwrap();
    let cut = with(&|secret| {
        let mut all = data(secret);
        all.get_mut("wrapped.json").unwrap().0.truncate(40);
        secret.data = Some(all);
    });
    assert_eq!(cut, "its wrapped.json is not a wrapped key: format is not JSON");
    assert_eq!(with(&|secret| _ = data(secret)), "it has no tls.crt");
}
