//! SealedSecrets for several recipients: who opens them, what changes break, and what each message says.

use super::keys_and_objects::{A, ALL, B, key, opens, reseal_to_newest, unseal_with};
use api::annotations::{CERTIFICATE_FINGERPRINT, RECIPIENTS};
use api::{Scope, SealedSecret};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, Fingerprint, KeyPair, KeySize, Plaintext, PrivateKey, issue};
use jiff::SignedDuration;
use rand::rngs::SysRng;
use recipients::{AgeRecipient, ObjectKey, Recipients};
use sealing::{
    ChangeError, ItemErrorKind, KeyRing, Keys, Needs, OtherRecipient, ResealError, SealFor, SealingKey,
    SecretToSeal, UnsealError, Verdict, change_recipients, needs, reseal_in_full, seal_item, seal_items,
    seal_secret_for,
};
use serde_json::{Value, json};
use std::sync::Arc;

fn certificate(of: (&str, &str)) -> Certificate {
    Certificate::from_pem(of.1).unwrap()
}

fn ring_of(one: (&str, &str)) -> KeyRing {
    KeyRing::new([key(one)])
}

/// Sealed to A, with entries for A and B.
fn sealed(items: &[(&str, &str)]) -> SealedSecret {
    sealed_to(A, B, items)
}

fn sealed_to(first: (&str, &str), second: (&str, &str), items: &[(&str, &str)]) -> SealedSecret {
    let (first, second) = (certificate(first), certificate(second));
    let to = SealFor { first: &first, others: vec![OtherRecipient::Certificate(&second)] };
    let secret = SecretToSeal {
        metadata: serde_json::from_value(json!({ "namespace": "ns", "name": "name" })).unwrap(),
        type_: None,
        immutable: None,
        data: items.iter().map(|(key, value)| ((*key).into(), Plaintext::new((*value).into()))).collect(),
    };
    seal_secret_for(&mut SysRng, &to, &secret).unwrap()
}

/// What the controller with this key reads of an item, or why it does not open.
fn read(sealed: &SealedSecret, with: (&str, &str), item: &str) -> Result<String, ItemErrorKind> {
    match unseal_with(sealed, &ring_of(with), ALL) {
        Ok(secret) => Ok(String::from_utf8(secret.data[item].expose().to_vec()).unwrap()),
        Err(UnsealError::Items(errors)) => {
            Err(errors.into_iter().find(|error| error.key == item).unwrap().kind)
        }
        Err(other) => unreachable!("{other}"),
    }
}

fn annotation(sealed: &SealedSecret) -> &str {
    &sealed.metadata.annotations.as_ref().unwrap()[RECIPIENTS]
}

fn annotate(sealed: &mut SealedSecret, text: String) {
    sealed.metadata.annotations.as_mut().unwrap().insert(RECIPIENTS.into(), text);
}

/// Changes the annotation as a JSON tree.
fn tamper(sealed: &mut SealedSecret, change: impl Fn(&mut Value)) {
    let mut document: Value = serde_json::from_str(annotation(sealed)).unwrap();
    change(&mut document);
    annotate(sealed, document.to_string());
}

fn sealed_part(sealed: &SealedSecret, item: &str) -> Vec<u8> {
    let envelope = BASE64_STANDARD.decode(&sealed.spec.encrypted_data[item]).unwrap();
    envelope::sealed_part(&envelope).unwrap().to_vec()
}

#[test]
fn each_recipient_opens_it_and_no_other_key_does() {
    let sealed = sealed(&[("a", "1"), ("b", "2")]);
    for key in [A, B] {
        assert_eq!(read(&sealed, key, "a").as_deref(), Ok("1"));
        assert_eq!(read(&sealed, key, "b").as_deref(), Ok("2"));
        let by = unseal_with(&sealed, &ring_of(key), ALL).unwrap().opened_by;
        assert_eq!(by.into_iter().collect::<Vec<_>>(), [certificate(key).fingerprint()]);
    }
    let mut plain = sealed.clone();
    plain.metadata.annotations.as_mut().unwrap().remove(RECIPIENTS);
    assert_eq!(
        read(&plain, A, "a").as_deref(),
        Ok("1"),
        "upstream's controller, which does not know the annotation"
    );
    assert_eq!(read(&plain, B, "a"), Err(ItemErrorKind::NoKeyOpens));
}

#[test]
fn entries_are_bound_to_namespace_name_and_scope() {
    let sealed = sealed(&[("a", "1")]);
    for (field, value) in [("name", "other"), ("namespace", "other")] {
        let mut moved = serde_json::to_value(&sealed).unwrap();
        moved["metadata"][field] = value.into();
        assert_eq!(
            read(&serde_json::from_value(moved).unwrap(), B, "a"),
            Err(ItemErrorKind::NoKeyOpens),
            "{field}"
        );
    }
    let mut wider = sealed.clone();
    Scope::ClusterWide.annotate(wider.metadata.annotations.as_mut().unwrap());
    assert_eq!(read(&wider, B, "a"), Err(ItemErrorKind::OtherScope(Scope::Strict)));
}

#[test]
fn swapped_items_do_not_open_by_their_entries() {
    let mut sealed = sealed(&[("a", "1"), ("b", "2")]);
    let items = &mut sealed.spec.encrypted_data;
    let (a, b) = (items["a"].clone(), items["b"].clone());
    items.extend([("a".into(), b), ("b".into(), a)]);
    let sealed_to = Some(certificate(A).fingerprint());
    assert_eq!(read(&sealed, B, "a"), Err(ItemErrorKind::EntryOutdated { sealed_to }));
    assert_eq!(
        read(&sealed, A, "a").as_deref(),
        Ok("2"),
        "as with upstream: an envelope does not know its name"
    );

    let mut swapped = self::sealed(&[("a", "1"), ("b", "2")]);
    tamper(&mut swapped, |document| {
        let items = &mut document["groups"][0]["items"];
        let a = items["a"].take();
        items["a"] = items["b"].take();
        items["b"] = a;
    });
    assert_eq!(read(&swapped, B, "a"), Err(ItemErrorKind::EntryOutdated { sealed_to }));
    assert_eq!(read(&swapped, A, "a").as_deref(), Ok("1"));
}

/// Upstream's `--merge-into` and `--re-encrypt` change items and leave the annotation as it was.
#[test]
fn an_item_that_upstream_changed_says_so_where_it_does_not_open() {
    let mut sealed = sealed(&[("a", "1"), ("b", "2")]);
    let changed = seal_item(&mut SysRng, &certificate(A), b"ns/name", b"3").unwrap();
    sealed.spec.encrypted_data.insert("a".into(), changed);
    assert_eq!(read(&sealed, A, "a").as_deref(), Ok("3"));
    let fingerprint = certificate(A).fingerprint();
    assert_eq!(read(&sealed, B, "a"), Err(ItemErrorKind::EntryOutdated { sealed_to: Some(fingerprint) }));
    let error = unseal_with(&sealed, &ring_of(B), ALL).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "no key could decrypt secret (a): changed by a program that does not know the annotation {RECIPIENTS}, so that it \
             is sealed to one certificate only ({}); seal it again for all its clusters",
            fingerprint.short()
        )
    );
    assert!(error.wants_key(), "the key may come back from a backup");
}

#[test]
fn resealing_changes_what_the_cluster_opened_itself_and_nothing_else() {
    let before = sealed(&[("a", "1"), ("b", "2")]);
    // The second cluster, with a newer key: the key of A stands for it here.
    let third = extra_key();
    let renewed = KeyRing::new([key(B), third.clone()]);
    let resealed = reseal_to_newest(&before, &renewed).unwrap();
    assert_eq!(resealed.encrypted_data, before.spec.encrypted_data, "they are A's");
    assert!(!resealed.seals_all);
    let recipients = resealed.recipients.unwrap();
    let named: Vec<Fingerprint> = Recipients::from_text(&recipients).unwrap().fingerprints().collect();
    assert_eq!(named, [certificate(A).fingerprint(), third.fingerprint()]);
    let mut after = before.clone();
    annotate(&mut after, recipients);
    assert_eq!(read(&after, A, "a").as_deref(), Ok("1"));
    assert!(unseal_with(&after, &KeyRing::new([third.clone()]), ALL).is_ok());
    assert_eq!(read(&after, B, "a"), Err(ItemErrorKind::NoKeyOpens), "the older key is not needed any more");

    // The first cluster, with a newer key.
    let renewed = KeyRing::new([key(A), third.clone()]);
    let resealed = reseal_to_newest(&before, &renewed).unwrap();
    assert!(resealed.seals_all);
    let mut after = before.clone();
    after.spec.encrypted_data = resealed.encrypted_data;
    annotate(&mut after, resealed.recipients.unwrap());
    assert_eq!(sealed_part(&after, "a"), sealed_part(&before, "a"));
    assert_ne!(after.spec.encrypted_data["a"], before.spec.encrypted_data["a"]);
    assert_eq!(read(&after, B, "a").as_deref(), Ok("1"), "the entry of the other cluster is still valid");
    assert!(unseal_with(&after, &KeyRing::new([third]), ALL).is_ok());

    let stranger = extra_key();
    assert_eq!(reseal_to_newest(&before, &KeyRing::new([stranger])), Err(ResealError::DoesNotOpen));
}

#[test]
fn an_item_without_an_entry_is_sealed_anew() {
    let mut sealed = sealed(&[("a", "1")]);
    let added = seal_item(&mut SysRng, &certificate(A), b"ns/name", b"2").unwrap();
    sealed.spec.encrypted_data.insert("b".into(), added);
    let before = (sealed_part(&sealed, "a"), sealed_part(&sealed, "b"));
    let resealed = reseal_to_newest(&sealed, &ring_of(A)).unwrap();
    assert!(resealed.seals_all);
    sealed.spec.encrypted_data = resealed.encrypted_data;
    assert_eq!(sealed_part(&sealed, "a"), before.0);
    assert_ne!(sealed_part(&sealed, "b"), before.1);
    // The second cluster opens one of the two.
    assert_eq!(opens(&sealed, &ring_of(B)), Verdict::DoesNotOpen);
    assert_eq!(reseal_to_newest(&sealed, &ring_of(B)), Err(ResealError::DoesNotOpen));
}

#[test]
fn an_item_is_added_with_certificates_alone() {
    let mut sealed = sealed(&[("a", "1"), ("b", "2")]);
    let (first, second) = (certificate(A), certificate(B));
    for (number, first_group) in [(1, Some("b")), (2, None)] {
        let to = SealFor { first: &second, others: vec![OtherRecipient::Certificate(&first)] };
        let value = format!("new {number}");
        let item = if number == 1 { "a" } else { "b" };
        let added = seal_items(&mut SysRng, &to, b"ns/name", [(item, value.as_bytes())].into_iter()).unwrap();
        sealed.spec.encrypted_data.extend(added.encrypted_data);
        let mut recipients = Recipients::from_text(annotation(&sealed)).unwrap();
        recipients.add(added.group.unwrap()).unwrap();
        let names: Vec<Vec<&str>> = recipients.groups().iter().map(|group| group.names().collect()).collect();
        let expected: Vec<Vec<&str>> = first_group.map(|name| vec![name]).into_iter().collect();
        assert_eq!(names[..expected.len()], expected, "an empty group is dropped");
        annotate(&mut sealed, recipients.to_text().unwrap());
    }
    for key in [A, B] {
        assert_eq!(read(&sealed, key, "a").as_deref(), Ok("new 1"));
        assert_eq!(read(&sealed, key, "b").as_deref(), Ok("new 2"));
    }
}

#[test]
fn seventeen_groups_are_refused() {
    let items: Vec<(String, &str)> = (0..17).map(|number| (format!("i{number}"), "v")).collect();
    let all: Vec<(&str, &str)> = items.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let (first, second) = (certificate(A), certificate(B));
    let mut recipients = Recipients::from_text(annotation(&sealed(&all))).unwrap();
    for (number, (name, value)) in all.iter().enumerate() {
        let to = SealFor { first: &first, others: vec![OtherRecipient::Certificate(&second)] };
        let added =
            seal_items(&mut SysRng, &to, b"ns/name", [(*name, value.as_bytes())].into_iter()).unwrap();
        assert_eq!(recipients.add(added.group.unwrap()).is_ok(), number < 15, "{number}");
    }
    assert_eq!(recipients.groups().len(), 16);
}

type Change = dyn Fn(&mut Value);

/// The items themselves open still, in the first cluster.
#[test]
fn hostile_annotations_cost_little_and_leave_the_items_as_they_are() {
    let garbage =
        json!({ "cert": certificate(B).fingerprint().to_string(), "key": BASE64_STANDARD.encode([7; 256]) });
    let many: Value = std::iter::repeat_n(garbage.clone(), 500).collect();
    let cases: [(&str, Box<Change>, ItemErrorKind); 4] = [
        (
            "an unknown key",
            Box::new(|it| it["groups"][0]["to"][1]["cert"] = "0".repeat(64).into()),
            ItemErrorKind::NoKeyOpens,
        ),
        (
            "a forged fingerprint",
            Box::new(move |it| it["groups"][0]["to"][1] = garbage.clone()),
            ItemErrorKind::NoKeyOpens,
        ),
        (
            "many entries",
            Box::new(move |it| it["groups"][0]["to"] = many.clone()),
            ItemErrorKind::EntriesNotTried,
        ),
        (
            "the key of another object",
            Box::new(|it| {
                let other = sealed_elsewhere();
                it["groups"][0]["to"] = other["groups"][0]["to"].clone();
            }),
            ItemErrorKind::NoKeyOpens,
        ),
    ];
    for (name, change, expected) in cases {
        let mut sealed = sealed(&[("a", "1")]);
        tamper(&mut sealed, change);
        assert_eq!(read(&sealed, B, "a"), Err(expected), "{name}");
        assert_eq!(read(&sealed, A, "a").as_deref(), Ok("1"), "{name}");
    }
}

fn sealed_elsewhere() -> Value {
    let mut other = serde_json::to_value(sealed(&[("a", "1")])).unwrap();
    other["metadata"]["name"] = "other".into();
    let (first, second) = (certificate(A), certificate(B));
    let to = SealFor { first: &first, others: vec![OtherRecipient::Certificate(&second)] };
    let items = seal_items(&mut SysRng, &to, b"ns/other", [("a", &b"x"[..])].into_iter()).unwrap();
    serde_json::from_str(&Recipients::new(items.group.unwrap()).to_text().unwrap()).unwrap()
}

#[test]
fn an_envelope_is_no_object_key_and_an_object_key_no_envelope() {
    let mut sealed = sealed(&[("a", "1")]);
    // The wrapped session key of an item that is sealed to B, under the label of the object.
    let item = seal_item(&mut SysRng, &certificate(B), b"ns/name", b"x").unwrap();
    let wrapped = BASE64_STANDARD.decode(item).unwrap()[2..258].to_vec();
    let object_key = Recipients::from_text(annotation(&sealed)).unwrap();
    tamper(&mut sealed, |document| {
        document["groups"][0]["to"][1]["key"] = BASE64_STANDARD.encode(&wrapped).into();
    });
    assert_eq!(read(&sealed, B, "a"), Err(ItemErrorKind::NoKeyOpens));
    // The object key of B given as the wrapped key of an envelope.
    let recipients::Entry::Certificate { key, .. } = &object_key.groups()[0].to()[1] else { unreachable!() };
    let length = u16::try_from(key.len()).unwrap().to_be_bytes();
    let envelope = [&length[..], key, &sealed_part(&sealed, "a")].concat();
    sealed.metadata.annotations.as_mut().unwrap().remove(RECIPIENTS);
    sealed.spec.encrypted_data.insert("a".into(), BASE64_STANDARD.encode(envelope));
    assert_eq!(read(&sealed, B, "a"), Err(ItemErrorKind::NoKeyOpens));
}

#[test]
fn a_bad_annotation_is_named_where_an_item_does_not_open() {
    let many = format!("{{\"v\":1,\"groups\":[{}]}}", "[".repeat(300_000));
    for (text, message) in [
        ("{", "it is not JSON"),
        ("[]", "it has another type"),
        (r#"{"v":2,"groups":[]}"#, "it is not 1"),
        (
            r#"{"v":1,"groups":[{"to":[],"items":{},"commits":{},"x":1}]}"#,
            "groups[0].x is not a known member",
        ),
        (many.as_str(), "it is longer than 262,144 bytes"),
    ] {
        let mut sealed = sealed(&[("a", "1")]);
        annotate(&mut sealed, text.into());
        let Err(ItemErrorKind::BadRecipients(error)) = read(&sealed, B, "a") else {
            unreachable!("{message}")
        };
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(read(&sealed, A, "a").as_deref(), Ok("1"));
        let status = unseal_with(&sealed, &ring_of(B), ALL).unwrap_err().to_string();
        assert!(
            status.starts_with("no key could decrypt secret (a): the annotation") && status.len() < 700,
            "{status}"
        );
    }
}

#[test]
fn the_keys_of_entries_are_needed() {
    let sealed = sealed(&[("a", "1")]);
    for key in [A, B] {
        let found = needs(&sealed.metadata, &sealed.spec, &ring_of(key));
        let expected = Needs { keys: [certificate(key).fingerprint()].into(), unopened: false };
        assert_eq!(found, expected);
    }
    // An envelope for an older key of the same cluster: upstream's controller opens it with that key.
    let both = KeyRing::new([key(A), key(B)]);
    let (newer, older) =
        if both.newest().unwrap().fingerprint() == key(A).fingerprint() { (A, B) } else { (B, A) };
    let needed = |first, second| {
        let sealed = sealed_to(first, second, &[("a", "1")]);
        needs(&sealed.metadata, &sealed.spec, &both).keys.len()
    };
    assert_eq!((needed(older, newer), needed(newer, older)), (2, 1));
}

#[test]
fn the_hint_names_the_first_certificate() {
    let sealed = sealed(&[("a", "1")]);
    let hint = &sealed.metadata.annotations.as_ref().unwrap()[CERTIFICATE_FINGERPRINT];
    assert_eq!(*hint, certificate(A).fingerprint().to_string());
}

/// The keys of one cluster, and no identity.
fn change(sealed: &SealedSecret, with: (&str, &str), to: &SealFor<'_>) -> Result<SealedSecret, ChangeError> {
    let ring = ring_of(with);
    let keys = Keys { ring: &ring, age: None };
    let changed = change_recipients(&mut SysRng, &sealed.metadata, &sealed.spec, keys, to)?;
    let mut result = sealed.clone();
    result.spec.encrypted_data = changed.encrypted_data;
    let annotations = result.metadata.annotations.as_mut().unwrap();
    annotations.remove(RECIPIENTS);
    annotations.extend(changed.recipients.map(|text| (RECIPIENTS.to_owned(), text)));
    Ok(result)
}

#[test]
fn recipients_are_added_and_removed_by_any_of_them() {
    let (first, second) = (certificate(A), certificate(B));
    let both = SealFor { first: &first, others: vec![OtherRecipient::Certificate(&second)] };
    let before = sealed(&[("a", "1"), ("b", "2")]);
    // B, the second cluster, is removed by its own key, and added by that of A.
    let alone = change(&before, B, &SealFor::one(&first)).unwrap();
    assert!(!alone.metadata.annotations.as_ref().unwrap().contains_key(RECIPIENTS));
    assert_eq!(read(&alone, A, "a").as_deref(), Ok("1"));
    assert_eq!(read(&alone, B, "a"), Err(ItemErrorKind::NoKeyOpens));
    assert_eq!(sealed_part(&alone, "a"), sealed_part(&before, "a"), "the value stays byte for byte");
    let again = change(&alone, A, &both).unwrap();
    assert_eq!(read(&again, B, "b").as_deref(), Ok("2"));
    // The first cluster changes.
    let moved = change(&again, B, &SealFor::one(&second)).unwrap();
    assert_eq!(read(&moved, B, "a").as_deref(), Ok("1"));
    assert_eq!(read(&moved, A, "a"), Err(ItemErrorKind::NoKeyOpens));
    let Err(ChangeError::Items(errors)) = change(&moved, A, &both) else {
        unreachable!("A does not open it")
    };
    assert_eq!(errors.iter().map(|error| error.key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

/// An object key, or a session key, that a removed recipient knows protects nothing later.
#[test]
fn a_removed_recipient_opens_nothing_that_is_sealed_later() {
    let (first, second) = (certificate(A), certificate(B));
    let before = sealed(&[("a", "1"), ("b", "2")]);
    let old = Recipients::from_text(annotation(&before)).unwrap();
    let known = old.groups()[0].to()[1].open(key(B).pair().private(), b"ns/name").unwrap();
    // B is removed, and a third recipient stays, so that there is an annotation.
    let third = extra_key();
    let to = SealFor { first: &first, others: vec![OtherRecipient::Certificate(third.pair().certificate())] };
    let mut after = change(&before, A, &to).unwrap();
    let added = seal_items(&mut SysRng, &to, b"ns/name", [("a", &b"new"[..])].into_iter()).unwrap();
    after.spec.encrypted_data.extend(added.encrypted_data);
    let mut recipients = Recipients::from_text(annotation(&after)).unwrap();
    recipients.add(added.group.unwrap()).unwrap();
    for group in recipients.groups() {
        assert!(group.to().iter().all(|entry| entry.fingerprint() != Some(second.fingerprint())));
        for name in group.names() {
            assert!(group.open(&known, b"ns/name", name, &sealed_part(&after, name)).is_none(), "{name}");
        }
    }
    annotate(&mut after, recipients.to_text().unwrap());
    assert_eq!(read(&after, B, "a"), Err(ItemErrorKind::NoKeyOpens));
    assert_eq!(read(&after, A, "a").as_deref(), Ok("new"));
}

fn extra_key() -> Arc<SealingKey> {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let start = certificate(B).not_before() + SignedDuration::from_hours(1);
    let issued = issue(&mut SysRng, &private, "", start, SignedDuration::from_hours(1)).unwrap();
    Arc::new(SealingKey::new("x".into(), KeyPair::new(private, issued).unwrap()))
}

/// The entry of an age identity holds the object key itself here; what decrypts age files is not in this crate.
#[test]
fn an_identity_opens_it_without_any_cluster() {
    let first = certificate(A);
    let recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".parse().unwrap();
    let encrypt = |key: &[u8]| Some([b"file of ", key].concat());
    let to = SealFor { first: &first, others: vec![OtherRecipient::Age { recipient, encrypt: &encrypt }] };
    let sealed = change(&sealed(&[("a", "1")]), B, &to).unwrap();
    let empty = KeyRing::default();
    let open = |_: &AgeRecipient, file: &[u8]| ObjectKey::take(&mut file.strip_prefix(b"file of ")?.to_vec());
    let keys = Keys { ring: &empty, age: Some(&open) };
    let second = certificate(B);
    let to = SealFor::one(&second);
    let moved = change_recipients(&mut SysRng, &sealed.metadata, &sealed.spec, keys, &to).unwrap();
    let mut result = sealed.clone();
    result.spec.encrypted_data = moved.encrypted_data;
    assert_eq!(read(&result, B, "a").as_deref(), Ok("1"));
    // Resealing by a cluster leaves the entry of the identity alone.
    let resealed = reseal_to_newest(&sealed, &KeyRing::new([key(A), extra_key()])).unwrap();
    let entry = |text: &str| Recipients::from_text(text).unwrap().groups()[0].to()[1].clone();
    assert_eq!(entry(&resealed.recipients.unwrap()), entry(annotation(&sealed)));
}

/// A private key from a PEM file comes without its certificate, so that its fingerprint is not known.
#[test]
fn a_user_opens_entries_with_a_key_whose_certificate_is_unknown() {
    let before = sealed(&[("a", "1")]);
    let private = PrivateKey::from_pem(B.0).unwrap();
    let start = certificate(B).not_before();
    let made = issue(&mut SysRng, &private, "", start, SignedDuration::from_hours(1)).unwrap();
    let ring = KeyRing::new([Arc::new(SealingKey::new("b".into(), KeyPair::new(private, made).unwrap()))]);
    let keys = Keys { ring: &ring, age: None };
    let to = certificate(B);
    let opened = change_recipients(&mut SysRng, &before.metadata, &before.spec, keys, &SealFor::one(&to));
    assert!(opened.is_ok(), "{opened:?}");
    assert!(unseal_with(&before, &ring, ALL).is_err(), "a controller tries the keys that are named");
}

/// Sealed anew, the items would be lost for the other recipients.
#[test]
fn what_cannot_be_read_is_not_resealed() {
    let mut sealed = sealed(&[("a", "1")]);
    tamper(&mut sealed, |document| document["v"] = json!(2));
    let refused = reseal_to_newest(&sealed, &ring_of(A)).unwrap_err();
    assert!(matches!(refused, ResealError::BadRecipients(_)), "{refused}");
}

/// Whose entry would the certificate replace?
#[test]
fn keys_of_several_recipients_do_not_reseal() {
    let sealed = sealed(&[("a", "1")]);
    let reseal = |ring: &KeyRing| {
        reseal_in_full(&mut SysRng, &sealed.metadata, &sealed.spec, ring, extra_key().pair().certificate())
    };
    let both = KeyRing::new([key(A), key(B)]);
    assert_eq!(reseal(&both), Err(ResealError::SeveralRecipients));
    assert!(reseal(&ring_of(A)).is_ok() && reseal(&ring_of(B)).is_ok());
}

#[test]
fn a_label_with_a_zero_byte_opens_no_entry() {
    let mut moved = serde_json::to_value(sealed(&[("a", "1")])).unwrap();
    moved["metadata"]["name"] = "na\u{0}me".into();
    let moved = serde_json::from_value(moved).unwrap();
    assert_eq!(read(&moved, B, "a"), Err(ItemErrorKind::NoKeyOpens));
}

#[test]
fn an_answer_may_change_one_entry_and_nothing_else() {
    let before = sealed(&[("a", "1"), ("b", "2")]);
    let read = |sealed: &SealedSecret| Recipients::from_text(annotation(sealed)).unwrap();
    let resealed = reseal_to_newest(&before, &KeyRing::new([key(B), extra_key()])).unwrap();
    let after = Recipients::from_text(&resealed.recipients.unwrap()).unwrap();
    assert!(after.is_resealed_from(&read(&before)) && read(&before).is_resealed_from(&read(&before)));
    let changes: [&Change; 4] = [
        &|it| drop(it["groups"][0]["to"].as_array_mut().unwrap().pop()),
        &|it| {
            let entry = it["groups"][0]["to"][0].clone();
            it["groups"][0]["to"].as_array_mut().unwrap().push(entry);
        },
        &|it| it["groups"][0]["to"].as_array_mut().unwrap().reverse(),
        &|it| {
            for member in ["items", "commits"] {
                it["groups"][0][member].as_object_mut().unwrap().remove("a");
            }
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut tampered = before.clone();
        tamper(&mut tampered, change);
        assert!(!read(&tampered).is_resealed_from(&read(&before)), "{number}");
    }
}
