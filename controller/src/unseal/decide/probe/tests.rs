//! How often values are probed, and which edits never wait.

use super::*;
use crate::unseal::queue::render_rate::{REFILL, RenderRate};
use crate::unseal::read::target::ExistingSecret;
use api::ObservedSealedSecret;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn object(name: &str, item: &str, template: &str) -> ObservedSealedSecret {
    serde_json::from_value(json!({
        "metadata": { "namespace": "shop", "name": name, "uid": "u" },
        "spec": { "encryptedData": { "p": item }, "template": { "data": { "x": template } } },
    }))
    .unwrap()
}

fn probe_for(object: &ObservedSealedSecret, target: &Target) -> Option<Probe> {
    probe_of(&object.metadata, object.spec.as_ref().unwrap(), target)
}

fn probe(name: &str, template: &str) -> Probe {
    probe_for(&object(name, "sealed", template), &Target::Absent).unwrap()
}

/// How many of these probes may happen at once.
fn at_once(probes: impl IntoIterator<Item = Probe>) -> usize {
    let (rate, now) = (RenderRate::default(), Instant::now());
    probes.into_iter().filter_map(|probe| rate.charge(probe, now).ok()).count()
}

#[test]
fn ten_at_once_and_then_one_each_five_minutes() {
    let (rate, start) = (RenderRate::default(), Instant::now());
    let mut charged = 0;
    for second in 0..86_400 {
        let probe = probe("db", &format!("{{{{ eq .p {second} }}}}"));
        let now = start + Duration::from_secs(second);
        match rate.charge(probe, now) {
            Ok(_) => charged += 1,
            Err(wait) => assert!(wait <= REFILL && !wait.is_zero(), "{wait:?}"),
        }
    }
    assert_eq!(charged, 10 + 24 * 12 - 1);
}

#[test]
fn edits_of_one_object_wait_and_other_objects_do_not() {
    let many = |name: fn(usize) -> String, template: fn(usize) -> String| {
        at_once((0..100).map(|number| probe(&name(number), &template(number))))
    };
    let (one, each) = (|_| "db".to_owned(), |number| format!("db-{number}"));
    assert_eq!(many(one, |number| format!("{{{{ {number} }}}}")), 10);
    assert_eq!(many(each, |number| format!("{{{{ {number} }}}}")), 100, "a restore");
    assert_eq!(many(one, |_| "{{ .p }}".to_owned()), 100, "the same text");
    assert_eq!(
        many(one, |_| "{{ if eq now.Second 7 }}{{ end }}".to_owned()),
        10,
        "the result may depend on the time"
    );
}

/// An attacker may change the sealed values, and delete and create the object, at any rate.
#[test]
fn neither_other_ciphertexts_nor_a_new_object_of_the_name_count_anew() {
    let probe = |number: usize| {
        let mut object = object("db", &format!("sealed {number}"), "{{ .p }}");
        object.metadata.uid = Some(number.to_string());
        probe_for(&object, &Target::Absent).unwrap()
    };
    assert_eq!(at_once((0..100).map(probe)), 10);
}

#[test]
fn what_nothing_was_rendered_for_costs_nothing() {
    let (rate, now) = (RenderRate::default(), Instant::now());
    for number in 0..100 {
        let charge = rate.charge(probe("db", &format!("{{{{ {number} }}}}")), now).unwrap();
        rate.refund(&charge, now);
    }
    assert!(rate.len() == 0);
}

#[test]
fn what_is_full_again_is_forgotten() {
    let (rate, start) = (RenderRate::default(), Instant::now());
    for number in 0..3_000_u32 {
        let now = start + Duration::from_mins(1) * number;
        rate.charge(probe(&number.to_string(), "{{ .p }}"), now).unwrap();
    }
    assert!(rate.len() <= 1_024);
}

#[test]
fn only_templates_and_immutable_secrets_probe() {
    let secret = |uid: &str, immutable: bool| {
        let secret = json!({ "metadata": { "uid": uid }, "immutable": immutable });
        Target::Present(Box::new(ExistingSecret(
            serde_json::from_value::<Value>(secret).and_then(serde_json::from_value).unwrap(),
        )))
    };
    let plain = |item: &str| object("db", item, "text");
    assert!(probe_for(&plain("sealed"), &Target::Absent).is_none());
    assert!(probe_for(&plain("sealed"), &secret("s", false)).is_none());
    let guesses = (0..100).map(|guess: usize| {
        let guess = guess.to_string();
        probe_for(&plain(&guess), &secret(&guess, true)).unwrap()
    });
    assert_eq!(at_once(guesses), 10, "also where the Secret was deleted and created again");
}
