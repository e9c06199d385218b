//! How fast bits come, and who never waits.

use super::*;
use crate::unseal::read::target::{ExistingSecret, Target};
use api::ObservedSealedSecret;
use serde_json::{Value, json};

fn object(name: &str, item: &str, template: &str) -> ObservedSealedSecret {
    serde_json::from_value(json!({
        "metadata": { "namespace": "shop", "name": name, "uid": "u" },
        "spec": { "encryptedData": { "p": item }, "template": { "data": { "x": template } } },
    }))
    .unwrap()
}

fn question_of(object: &ObservedSealedSecret, target: &Target) -> Option<Question> {
    Question::of(&object.metadata, object.spec.as_ref().unwrap(), target)
}

fn question(name: &str, template: &str) -> Question {
    question_of(&object(name, "sealed", template), &Target::Absent).unwrap()
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
        let question = question("db", &format!("{{{{ eq .p {second} }}}}"));
        let now = start + Duration::from_secs(second);
        match rate.ask(question, now) {
            Ok(_) => answered += 1,
            Err(wait) => assert!(wait <= REFILL && !wait.is_zero(), "{wait:?}"),
        }
    }
    assert_eq!(answered, 10 + 24 * 12 - 1);
}

#[test]
fn edits_of_one_object_wait_and_other_objects_do_not() {
    let many = |name: fn(usize) -> String, template: fn(usize) -> String| {
        at_once((0..100).map(|number| question(&name(number), &template(number))))
    };
    let (one, each) = (|_| "db".to_owned(), |number| format!("db-{number}"));
    assert_eq!(many(one, |number| format!("{{{{ {number} }}}}")), 10);
    assert_eq!(many(each, |number| format!("{{{{ {number} }}}}")), 100, "a restore");
    assert_eq!(many(one, |_| "{{ .p }}".to_owned()), 100, "the same question");
    assert_eq!(
        many(one, |_| "{{ if eq now.Second 7 }}{{ end }}".to_owned()),
        10,
        "the time may be part of it"
    );
}

/// An attacker may change what is sealed, and delete and create the object, as often as they like.
#[test]
fn neither_other_ciphertexts_nor_a_new_object_of_the_name_ask_anew() {
    let asked = |number: usize| {
        let mut object = object("db", &format!("sealed {number}"), "{{ .p }}");
        object.metadata.uid = Some(number.to_string());
        question_of(&object, &Target::Absent).unwrap()
    };
    assert_eq!(at_once((0..100).map(asked)), 10);
}

#[test]
fn what_nothing_was_rendered_for_costs_nothing() {
    let (rate, now) = (RenderRate::default(), Instant::now());
    for number in 0..100 {
        let asked = rate.ask(question("db", &format!("{{{{ {number} }}}}")), now).unwrap();
        rate.take_back(&asked, now);
    }
    assert!(rate.buckets().by_object.is_empty());
}

#[test]
fn what_is_full_again_is_forgotten() {
    let (rate, start) = (RenderRate::default(), Instant::now());
    for number in 0..3_000_u32 {
        let now = start + Duration::from_mins(1) * number;
        rate.ask(question(&number.to_string(), "{{ .p }}"), now).unwrap();
    }
    assert!(rate.buckets().by_object.len() <= 1_024);
}

#[test]
fn only_templates_ask_and_immutable_secrets() {
    let secret = |uid: &str, immutable: bool| {
        let secret = json!({ "metadata": { "uid": uid }, "immutable": immutable });
        Target::Present(Box::new(ExistingSecret(
            serde_json::from_value::<Value>(secret).and_then(serde_json::from_value).unwrap(),
        )))
    };
    let plain = |item: &str| object("db", item, "text");
    assert!(question_of(&plain("sealed"), &Target::Absent).is_none());
    assert!(question_of(&plain("sealed"), &secret("s", false)).is_none());
    let guesses = (0..100).map(|guess: usize| {
        let guess = guess.to_string();
        question_of(&plain(&guess), &secret(&guess, true)).unwrap()
    });
    assert_eq!(at_once(guesses), 10, "also where the Secret was deleted and made anew");
}
