//! Resealing by one of the clusters leaves what is the others'.

use super::super::keys_and_objects::{A, ALL, B, key, opens, reseal_to_newest, unseal_with};
use super::sealed::{
    Change, absent, annotate, annotation, certificate, extra_key, read, ring_of, sealed, sealed_part, tamper,
};
use api::SealedSecret;
use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES};
use envelope::Fingerprint;
use rand::rngs::SysRng;
use recipients::Recipients;
use sealing::{KeyRing, ResealError, SealFailure, Verdict, reseal_in_full, seal_item};
use serde_json::json;

#[test]
fn resealing_changes_what_the_cluster_opened_itself_and_nothing_else() {
    let before = sealed(&[("a", "1"), ("b", "2")]);
    // The second cluster, with a newer key: the key of A stands for it here.
    let third = extra_key();
    let renewed = KeyRing::new([key(B), third.clone()]);
    let resealed = reseal_to_newest(&before, &renewed).unwrap();
    assert_eq!(resealed.encrypted_data, before.spec.encrypted_data, "they are A's");
    assert!(!resealed.seals_all());
    let recipients = resealed.recipients.unwrap();
    let named: Vec<Fingerprint> = Recipients::from_text(&recipients).unwrap().fingerprints().collect();
    assert_eq!(named, [certificate(A).fingerprint(), third.fingerprint()]);
    let mut after = before.clone();
    annotate(&mut after, recipients);
    assert_eq!(read(&after, A, "a").as_deref(), Ok("1"));
    assert!(unseal_with(&after, &KeyRing::new([third.clone()]), ALL).is_ok());
    assert_eq!(read(&after, B, "a"), Err(absent(A)), "the older key is not needed any more");

    // The first cluster, with a newer key.
    let renewed = KeyRing::new([key(A), third.clone()]);
    let resealed = reseal_to_newest(&before, &renewed).unwrap();
    assert!(resealed.seals_all());
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
    assert!(resealed.seals_all());
    sealed.spec.encrypted_data = resealed.encrypted_data;
    assert_eq!(sealed_part(&sealed, "a"), before.0);
    assert_ne!(sealed_part(&sealed, "b"), before.1);
    // The second cluster opens one of the two.
    assert_eq!(opens(&sealed, &ring_of(B)), Verdict::DoesNotOpen);
    assert_eq!(reseal_to_newest(&sealed, &ring_of(B)), Err(ResealError::DoesNotOpen));
}

/// Of items that stay, the certificate stays; an item that was sealed anew has the new one.
#[test]
fn the_certificates_of_items_are_known_where_some_stay() {
    let mut sealed = sealed(&[("a", "1"), ("b", "2")]);
    let added = seal_item(&mut SysRng, &certificate(B), b"ns/name", b"3").unwrap();
    sealed.spec.encrypted_data.insert("c".into(), added);
    let [first, second] = [A, B].map(|name| certificate(name).fingerprint());
    let noted = json!({ first.to_string(): ["a", "b"], second.to_string(): ["c"] }).to_string();
    let third = extra_key();
    let resealed = reseal_to_newest(&sealed, &KeyRing::new([key(B), third.clone()])).unwrap();
    let certificates = |name: &str, text: String| {
        resealed.certificates(Some(&[(name.to_owned(), text)].into()), third.fingerprint())
    };
    let known = certificates(ITEM_CERTIFICATES, noted);
    assert_eq!(["a", "b", "c"].map(|item| known.of_item(item).unwrap()), [first, first, third.fingerprint()]);
    assert!(known.keys().all(|key| key != second));
    // The one that was named for all was wrong for an item that no entry is for.
    let known = certificates(CERTIFICATE_FINGERPRINT, first.to_string());
    assert_eq!(["a", "c"].map(|item| known.of_item(item).unwrap()), [first, third.fingerprint()]);
    assert!(resealed.certificates(None, third.fingerprint()).is_empty());
}

/// Sealed anew, the items would be lost for the other recipients.
#[test]
fn what_cannot_be_read_is_not_resealed() {
    let mut sealed = sealed(&[("a", "1")]);
    tamper(&mut sealed, |document| document["v"] = json!(2));
    let refused = reseal_to_newest(&sealed, &ring_of(A)).unwrap_err();
    assert!(matches!(refused, ResealError::BadRecipients(_)), "{refused}");
}

/// The API server takes it, and it leaves too little for other annotations.
#[test]
fn an_annotation_that_is_read_and_too_long_to_be_written_is_not_resealed() {
    let mut sealed = sealed(&[("a", "1")]);
    tamper(&mut sealed, |document| {
        let to = document["groups"][0]["to"].as_array_mut().unwrap();
        to.push(json!({ "cert": "0a".repeat(32), "key": "AAAA".repeat(51_000) }));
    });
    let length = annotation(&sealed).len();
    assert!(length > recipients::LONGEST_WRITTEN && length < recipients::LONGEST_READ);
    assert_eq!(read(&sealed, A, "a").unwrap(), "1");
    let refused = reseal_to_newest(&sealed, &ring_of(A)).unwrap_err();
    assert!(matches!(refused, ResealError::Seal(SealFailure::Recipients(_))), "{refused}");
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
