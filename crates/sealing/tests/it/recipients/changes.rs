//! Items are added with certificates alone; recipients change by any key that opens the values.

use super::super::keys_and_objects::{A, B, key, reseal_to_newest};
use super::sealed::{
    absent, annotate, annotation, certificate, extra_key, read, ring_of, sealed, sealed_elsewhere_for,
    sealed_part,
};
use api::SealedSecret;
use api::annotations::RECIPIENTS;
use rand::rngs::SysRng;
use recipients::{AgeRecipient, ObjectKey, Recipients};
use sealing::{ChangeError, KeyRing, Keys, OtherRecipient, SealFor, change_recipients, seal_items};

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
    assert_eq!(read(&alone, B, "a"), Err(absent(A)));
    assert_eq!(sealed_part(&alone, "a"), sealed_part(&before, "a"), "the value stays byte for byte");
    let again = change(&alone, A, &both).unwrap();
    assert_eq!(read(&again, B, "b").as_deref(), Ok("2"));
    // The first cluster changes.
    let moved = change(&again, B, &SealFor::one(&second)).unwrap();
    assert_eq!(read(&moved, B, "a").as_deref(), Ok("1"));
    assert_eq!(read(&moved, A, "a"), Err(sealed_elsewhere_for(A, "ns/name")));
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
    assert_eq!(read(&after, B, "a"), Err(absent(A)));
    assert_eq!(read(&after, A, "a").as_deref(), Ok("new"));
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
