//! How fast bits come, and who never waits.

use super::*;
use crate::reconcile::target::{ExistingSecret, Target};
use api::ObservedSealedSecret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

fn object(item: &str, template: &str) -> ObservedSealedSecret {
    let item = BASE64_STANDARD.encode(item);
    serde_json::from_value(json!({
        "metadata": { "name": "a", "uid": "u" },
        "spec": { "encryptedData": { "p": item }, "template": { "data": { "x": template } } },
    }))
    .unwrap()
}

fn question(item: &str, template: &str) -> Question {
    Question::of(&object(item, template), &Target::Absent).unwrap()
}

/// How many of these questions are answered at once.
fn at_once(questions: impl IntoIterator<Item = Question>) -> usize {
    let (rate, now) = (RenderRate::default(), Instant::now());
    questions.into_iter().filter_map(|question| rate.ask(question, now).ok()).count()
}

#[test]
fn ten_at_once_and_then_one_each_five_minutes() {
    let (rate, start) = (RenderRate::default(), Instant::now());
    let mut answered = 0;
    for second in 0..86_400 {
        let question = question("sealed", &format!("{{{{ eq .p {second} }}}}"));
        let now = start + Duration::from_secs(second);
        match rate.ask(question, now) {
            Ok(_) => answered += 1,
            Err(wait) => assert!(wait <= REFILL && !wait.is_zero(), "{wait:?}"),
        }
    }
    assert_eq!(answered, 10 + 24 * 12 - 1);
}

#[test]
fn a_value_is_the_same_under_any_name_and_other_values_are_others() {
    let many = |item: fn(usize) -> String, template: fn(usize) -> String| {
        at_once((0..100).map(|number| question(&item(number), &template(number))))
    };
    let (one, each) = (|_| "sealed".to_owned(), |number| format!("sealed {number}"));
    assert_eq!(many(one, |number| format!("{{{{ {number} }}}}")), 10);
    assert_eq!(many(each, |number| format!("{{{{ {number} }}}}")), 100, "a restore");
    assert_eq!(many(one, |_| "{{ .p }}".to_owned()), 100, "one value and template in many namespaces");
    assert_eq!(
        many(one, |_| "{{ if eq now.Second 7 }}{{ end }}".to_owned()),
        10,
        "the time may be part of it"
    );
}

#[test]
fn what_nothing_was_rendered_for_costs_nothing() {
    let (rate, now) = (RenderRate::default(), Instant::now());
    for number in 0..100 {
        let asked = rate.ask(question("sealed", &format!("{{{{ {number} }}}}")), now).unwrap();
        rate.take_back(&asked, now);
    }
    assert!(rate.buckets().by_value.is_empty());
}

#[test]
fn what_is_full_again_is_forgotten() {
    let (rate, start) = (RenderRate::default(), Instant::now());
    for number in 0..3_000_u32 {
        let now = start + Duration::from_mins(1) * number;
        rate.ask(question(&number.to_string(), "{{ .p }}"), now).unwrap();
    }
    assert!(rate.buckets().by_value.len() <= 1_024);
}

#[test]
fn only_templates_ask_and_immutable_secrets() {
    let secret = |immutable: bool| {
        let secret = json!({ "metadata": { "uid": "s" }, "immutable": immutable });
        Target::Present(Box::new(ExistingSecret(
            serde_json::from_value::<Value>(secret).and_then(serde_json::from_value).unwrap(),
        )))
    };
    let plain = object("sealed", "text");
    assert!(Question::of(&plain, &Target::Absent).is_none());
    assert!(Question::of(&plain, &secret(false)).is_none());
    let guesses =
        (0..100).map(|guess| Question::of(&object(&guess.to_string(), "text"), &secret(true)).unwrap());
    assert_eq!(at_once(guesses), 10, "each is another ciphertext, and all are held against one Secret");
}
