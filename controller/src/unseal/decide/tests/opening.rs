//! Keys, what they open, and the messages about that.

use super::*;
use api::annotations::{CERTIFICATE_FINGERPRINT, RECIPIENTS};
use envelope::Fingerprint;
use recipients::Recipients;
use sealing::{Diagnosis, KeyWait, OtherRecipient, SealFor, seal_items};

#[test]
fn without_any_key_it_is_the_cluster_that_is_not_ready() {
    let plan = decide(&sealed(json!({})), Target::Absent, &KeyRing::default(), &given());
    assert!(matches!(plan, Plan::Leave(Outcome::Failed(Transient::NoKeys))), "{plan:?}");
}

#[test]
fn an_object_waits_for_a_key_only_where_that_may_open_it() {
    let waiting = [(key().fingerprint(), KeyWait::NoAnswer)];
    let ring = KeyRing::new([new_key()]).with_waiting(waiting);
    let naming = |key: Fingerprint| json!({ "metadata": { "annotations": { CERTIFICATE_FINGERPRINT: key.to_string() } } });
    let cases = [
        ("names it", naming(key().fingerprint()), "wait"),
        ("names none", json!({}), "wait"),
        ("names one that is here", naming(ring.newest().unwrap().fingerprint()), "refuse NoKeyOpens"),
        ("names one that is gone", naming(new_key().fingerprint()), "refuse NoKeyOpens"),
        ("no base64", json!({ "spec": { "encryptedData": { "password": "%%%" } } }), "refuse UnsealFailed"),
    ];
    for (name, changes, expected) in cases {
        let plan = decide(&sealed(changes), Target::Absent, &ring, &given());
        match (&plan, expected) {
            (Plan::Leave(Outcome::Failed(transient @ Transient::KeysWaiting(_))), "wait") => {
                assert!(transient.to_string().ends_with("it is tried again then"), "{transient}");
            }
            (plan, expected) => assert_eq!(word(plan), expected, "{name}: {plan:?}"),
        }
    }
    let none = KeyRing::default().with_waiting(waiting);
    let plan = decide(&sealed(json!({})), Target::Absent, &none, &given());
    assert!(matches!(plan, Plan::Leave(Outcome::Failed(Transient::KeysWaiting(_)))), "{plan:?}");
}

#[test]
fn any_of_the_keys_opens_whatever_the_hint_says() {
    let ring = KeyRing::new([new_key(), key(), new_key()]);
    let misleading = ring.newest().unwrap().fingerprint().to_string();
    for hint in [misleading.as_str(), "nonsense", ""] {
        let hinted = json!({ "metadata": { "annotations": {
            CERTIFICATE_FINGERPRINT: hint } } });
        assert_eq!(word(&decide(&sealed(hinted), Target::Absent, &ring, &given())), "create", "{hint}");
    }
}

#[test]
fn every_bad_item_is_named_once_and_the_scope_it_was_sealed_with() {
    let items = json!({ "spec": { "encryptedData": {
        "a": "%%%", "b": sealed_value(Scope::ClusterWide, "x"), "c": "AgAB", "d": "" } } });
    let refusal = refused(decide(&sealed(items), Target::Absent, &ring(), &given()));
    let Refusal::Unseal(UnsealError::Items(errors)) = refusal else { panic!("{refusal:?}") };
    let found: Vec<(&str, ItemErrorKind)> =
        errors.iter().map(|error| (error.key.as_str(), error.kind.clone())).collect();
    let scope = Diagnosis::ScopeOfItsOwn { sealed: Scope::ClusterWide, stated: Scope::Strict };
    let expected = [
        ("a", ItemErrorKind::NotBase64),
        ("b", ItemErrorKind::NoKeyOpens(scope)),
        ("c", ItemErrorKind::Truncated),
        ("d", ItemErrorKind::Truncated),
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_opening_keys_are_reported() {
    let ring = KeyRing::new([new_key(), key(), new_key()]);
    let expected = BTreeSet::from([key().fingerprint()]);
    let secret = created(decide(&sealed(json!({})), Target::Absent, &ring, &given()));
    assert_eq!(secret.opened_by, expected);
    let unsealed = Given { unsealed: true, ..given() };
    let plan = decide(&sealed(json!({})), existing(json!({})), &ring, &unsealed);
    let Plan::Leave(Outcome::Synced { opened_by, .. }) = plan else { panic!("{plan:?}") };
    assert_eq!(opened_by, Some(BTreeSet::from([key().fingerprint().to_string()])));

    let other = new_key();
    let item =
        seal_item(&mut SysRng, other.pair().certificate(), &Scope::Strict.label("ns", "name"), b"x").unwrap();
    let two = sealed(json!({ "spec": { "encryptedData": { "more": item } } }));
    let both = KeyRing::new([key(), Arc::clone(&other)]);
    let secret = created(decide(&two, Target::Absent, &both, &given()));
    assert_eq!(secret.opened_by, BTreeSet::from([key().fingerprint(), other.fingerprint()]));

    let nothing = sealed(json!({ "spec": { "encryptedData": { "password": null } } }));
    let secret = created(decide(&nothing, Target::Absent, &ring, &given()));
    assert_eq!(secret.opened_by, BTreeSet::new());
}

#[test]
fn of_a_revoked_key_it_is_said_that_it_was_revoked() {
    let ring = KeyRing::new([new_key()]).revoking(BTreeSet::from([key().fingerprint()]));
    let by_hint = json!({ "metadata": { "annotations": {
        CERTIFICATE_FINGERPRINT: key().fingerprint().to_string() } } });
    let by_status = json!({ "status": { "openedBy": [key().fingerprint().to_string()] } });
    let by_other = json!({
        "metadata": { "annotations": {
            CERTIFICATE_FINGERPRINT: ring.newest().unwrap().fingerprint().to_string() } },
        "status": { "openedBy": [key().fingerprint().to_string()] },
    });
    let cases = [
        (by_hint, "refuse KeyRevoked"),
        (by_status, "refuse KeyRevoked"),
        (by_other, "refuse NoKeyOpens"),
        (json!({}), "refuse NoKeyOpens"),
    ];
    for (change, expected) in cases {
        let observed = sealed(change.clone());
        let seen = facts(&observed, &ring, &given());
        let revoked = sealed_with_revoked(&seen.sealed, observed.status.as_ref(), &ring);
        let plan = decide(&observed, Target::Absent, &ring, &Given { revoked, ..given() });
        assert_eq!(word(&plan), expected, "{change}");
        assert_eq!(
            refused(plan).to_string().contains("for another name or namespace"),
            expected == "refuse NoKeyOpens",
            "{change}"
        );
    }
    let faulty_too = json!({ "spec": { "template": { "data": { "file": "{{ .password" } } } });
    let plan = decide(&sealed(faulty_too), Target::Absent, &ring, &Given { revoked: true, ..given() });
    assert_eq!(word(&plan), "refuse KeyRevoked");
    let refusal = refused(plan);
    assert!(refusal.to_string().contains("revoked") && refusal.to_string().contains("\"file\""), "{refusal}");
    assert!(!refusal.to_string().contains("its key is gone"), "{refusal}");

    let broken = json!({ "spec": { "encryptedData": { "broken": "%%%" } } });
    let refusal =
        refused(decide(&sealed(broken), Target::Absent, &ring, &Given { revoked: true, ..given() }));
    assert!(refusal.to_string().contains("illegal base64 data (broken)"), "{refusal}");
}

#[test]
fn a_retired_key_is_named_without_its_secret() {
    let ring = KeyRing::new([new_key()]).retiring([key().fingerprint()].into());
    let hinted = json!({ "metadata": { "annotations": {
        CERTIFICATE_FINGERPRINT: key().fingerprint().to_string() } } });
    let plan = decide(&sealed(hinted), Target::Absent, &ring, &given());
    assert_eq!(word(&plan), "refuse NoKeyOpens");
    let message = refused(plan).to_string();
    let first = "if that is so, which `kubeseal-rs keys list` helps to check, the label ";
    assert!(message.contains("which is retired") && message.contains(first), "{message}");
    assert!(message.contains(&key().fingerprint().short()), "{message}");
}

#[test]
fn nothing_decided_shows_a_value() {
    let foreign = json!({ "metadata": { "name": "other" } });
    let wrong: SealedSecretSpec = SealedSecretSpec::default();
    for observed in [sealed(json!({})), sealed(foreign)] {
        let shown = format!("{:?} {wrong:?}", decide(&observed, existing(json!({})), &ring(), &given()));
        assert!(!shown.contains("hunter2") && !shown.contains("aHVudGVy"), "{shown}");
    }
}

/// A SealedSecret that is sealed to another cluster's certificate, with an entry for this one.
#[test]
fn an_entry_for_recipients_opens_what_is_sealed_for_another_cluster() {
    let other = new_key();
    let key = key();
    let to = SealFor {
        first: other.pair().certificate(),
        others: vec![OtherRecipient::Certificate(key.pair().certificate())],
    };
    let label = Scope::Strict.label("ns", "name");
    let items = seal_items(&mut SysRng, &to, &label, [("password", &b"hunter2"[..])].into_iter()).unwrap();
    let text = Recipients::new(items.group.unwrap()).to_text().unwrap();
    let object = |text: &str| {
        sealed(json!({ "metadata": { "annotations": { RECIPIENTS: text } },
                       "spec": { "encryptedData": items.encrypted_data } }))
    };
    let secret = created(decide(&object(&text), Target::Absent, &ring(), &given()));
    assert_eq!(secret.data["password"].expose(), b"hunter2");
    assert_eq!(secret.opened_by, BTreeSet::from([key.fingerprint()]));

    let refusal = refused(decide(&object("{"), Target::Absent, &ring(), &given()));
    assert!(refusal.to_string().contains(RECIPIENTS), "{refusal}");
    // In the first cluster, the items open without it.
    let opened = created(decide(&object("{"), Target::Absent, &KeyRing::new([other]), &given()));
    assert_eq!(opened.data["password"].expose(), b"hunter2");
    assert!(opened.unread_recipients.is_some());
}
