//! Annotations and items that were made to mislead or to waste time.

use super::super::keys_and_objects::{A, ALL, B, unseal_with};
use super::sealed::{
    Change, absent, annotate, annotation, certificate, read, ring_of, sealed, sealed_elsewhere_for,
    sealed_part, tamper,
};
use api::annotations::RECIPIENTS;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rand::rngs::SysRng;
use recipients::Recipients;
use sealing::{ItemErrorKind, OtherRecipient, SealFor, seal_item, seal_items};
use serde_json::{Value, json};

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
            absent(A),
        ),
        (
            "a forged fingerprint",
            Box::new(move |it| it["groups"][0]["to"][1] = garbage.clone()),
            sealed_elsewhere_for(B, "ns/name"),
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
            sealed_elsewhere_for(B, "ns/name"),
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
    assert_eq!(read(&sealed, B, "a"), Err(sealed_elsewhere_for(B, "ns/name")));
    // The object key of B given as the wrapped key of an envelope.
    let recipients::Entry::Certificate { key, .. } = &object_key.groups()[0].to()[1] else { unreachable!() };
    let length = u16::try_from(key.len()).unwrap().to_be_bytes();
    let envelope = [&length[..], key, &sealed_part(&sealed, "a")].concat();
    sealed.metadata.annotations.as_mut().unwrap().remove(RECIPIENTS);
    sealed.spec.encrypted_data.insert("a".into(), BASE64_STANDARD.encode(envelope));
    assert_eq!(read(&sealed, B, "a"), Err(absent(A)));
}

#[test]
fn a_bad_annotation_is_named_where_an_item_does_not_open() {
    let many = format!("{{\"v\":1,\"groups\":[{}]}}", "[".repeat(300_000));
    for (text, message) in [
        ("{", "it is not JSON"),
        ("[]", "it has another type"),
        (r#"{"v":2,"groups":[]}"#, "it has a \"v\" that is not 1"),
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
fn a_label_with_a_zero_byte_opens_no_entry() {
    let mut moved = serde_json::to_value(sealed(&[("a", "1")])).unwrap();
    moved["metadata"]["name"] = "na\u{0}me".into();
    let moved = serde_json::from_value(moved).unwrap();
    assert_eq!(read(&moved, B, "a"), Err(sealed_elsewhere_for(B, "ns/na\u{0}me")));
}
