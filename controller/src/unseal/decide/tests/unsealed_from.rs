//! The annotation of the spec that a Secret was unsealed from: when it is written, and when it is read.

use super::*;

fn random() -> ObservedSealedSecret {
    sealed(json!({ "spec": { "template": { "data": { "token": "{{ randAlphaNum 20 }}" } } } }))
}

fn source(observed: &ObservedSealedSecret) -> String {
    digest(observed.spec.as_ref().unwrap())
}

fn marked(source: &str, data: &Value) -> Target {
    existing(json!({ "metadata": { "annotations": { UNSEALED_FROM: source } }, "data": data }))
}

fn mark_of(plan: &Plan) -> Option<String> {
    let (Plan::Create { secret, .. } | Plan::Replace { secret, .. }) = plan else { panic!("{plan:?}") };
    secret.metadata.annotations.as_ref()?.get(UNSEALED_FROM).cloned()
}

/// Whether something is written must not show whether a guess is right.
#[test]
fn a_new_spec_is_written_whatever_it_gives() {
    let observed = sealed(json!({}));
    for value in ["aHVudGVyMg==", "eA=="] {
        for immutable in [false, true] {
            let target = existing(json!({ "data": { "password": value }, "immutable": immutable }));
            let plan = decide(&observed, target, &ring(), &given());
            let expected = if immutable && value == "eA==" { "refuse Immutable" } else { "replace" };
            assert_eq!(word(&plan), expected, "{value} {immutable}");
        }
    }
    let plan = decide(&observed, existing(json!({})), &ring(), &given());
    assert_eq!(mark_of(&plan), Some(source(&observed)), "or the API server would count no write");
    let other = existing(json!({ "data": { "password": "eA==" } }));
    let plan = decide(&observed, other, &ring(), &given());
    assert_eq!(
        mark_of(&plan),
        Some(source(&observed)),
        "or a later write would reveal that the value was another"
    );
}

/// Otherwise the next time that this spec comes back would reveal whether the value was right.
#[test]
fn drift_is_corrected_with_the_mark_that_was_there() {
    let observed = sealed(json!({}));
    let drifted = Given { unsealed: true, drift: true, ..given() };
    let other = json!({ "password": "eA==" });
    for (target, expected) in [
        (existing(json!({ "data": other })), None),
        (marked(&source(&observed), &other), Some(source(&observed))),
    ] {
        assert_eq!(mark_of(&decide(&observed, target, &ring(), &drifted)), expected);
    }
}

/// Killed between the Secret and its status; no permission to write the status; or `--update-status=false`.
#[test]
fn what_is_random_stays_while_the_secret_says_that_it_came_from_this_spec() {
    let observed = random();
    let data = || json!({ "token": "YWJj" });
    let keeps = marked(&source(&observed), &data());
    assert_eq!(word(&decide(&observed, keeps, &ring(), &given())), "Found 7");
    let edited = marked(&source(&observed), &json!({ "token": "YWJj", "password": "eA==" }));
    let secret = replaced(decide(&observed, edited, &ring(), &given()));
    assert_eq!(secret.data["token"].expose(), b"abc");
    let secret = replaced(decide(&observed, marked("another", &data()), &ring(), &given()));
    assert_ne!(secret.data["token"].expose(), b"abc");
    assert_eq!(secret.metadata.annotations.unwrap()[UNSEALED_FROM], source(&observed));
}

#[test]
fn it_is_on_every_secret_with_templates_and_on_all_where_there_is_no_status() {
    let (plain, all) = (sealed(json!({})), Given { annotates_all: true, ..given() });
    let created = |observed: &ObservedSealedSecret, given: &Given| {
        mark_of(&decide(observed, Target::Absent, &ring(), given))
    };
    let random = random();
    assert_eq!(created(&random, &given()), Some(source(&random)));
    assert_eq!(created(&plain, &given()), None);
    assert_eq!(created(&plain, &all), Some(source(&plain)));
}

/// A Secret of upstream's controller, for example: reading it is no reason to write.
#[test]
fn it_is_missed_only_where_this_controller_wrote_it() {
    let observed = random();
    for (left_by_us, expected) in [(false, "Found 7"), (true, "replace")] {
        let given = Given { unsealed: true, left_by_us, drift: left_by_us, ..given() };
        let plan = decide(&observed, existing(json!({ "data": { "token": "YWJj" } })), &ring(), &given);
        assert_eq!(word(&plan), expected);
    }
}

#[test]
fn no_template_writes_it_and_none_stays_from_an_earlier_spec() {
    let annotated = json!({ "spec": { "template": { "metadata": { "annotations": { UNSEALED_FROM: "forged", "a": "b" } } } } });
    let observed = sealed(annotated);
    assert_eq!(mark_of(&decide(&observed, Target::Absent, &ring(), &given())), None);
    let patched = existing(json!({
        "metadata": { "annotations": { PATCH: "true", UNSEALED_FROM: "earlier" } }, "data": { "password": "eA==" } }));
    assert_eq!(mark_of(&decide(&observed, patched, &ring(), &given())), Some(source(&observed)));
}
