//! What `decide` answers where values are rendered from templates.

use super::*;

fn templated(templates: &Value) -> ObservedSealedSecret {
    sealed(json!({ "spec": { "template": { "data": templates } } }))
}

fn text(plan: &Plan, key: &str) -> String {
    let (Plan::Create(secret) | Plan::Replace(secret)) = plan else { panic!("{plan:?}") };
    String::from_utf8(secret.data[key].expose().to_vec()).unwrap()
}

#[test]
fn a_template_sees_values_and_plain_texts_and_yields_to_a_value_of_its_name() {
    let observed = templated(&json!({
        "url": "{{ .user }}:{{ .password }}@db", "password": "<{{ .password }}>", "user": "me", "other": "{{ .url }}",
    }));
    let plan = decide(&observed, Target::Absent, &ring(), &rules());
    assert_eq!(text(&plan, "url"), "me:hunter2@db");
    assert_eq!(text(&plan, "password"), "hunter2");
    assert_eq!(text(&plan, "user"), "me");
    assert_eq!(text(&plan, "other"), "{{ .user }}:{{ .password }}@db", "not what another template gives");
}

#[test]
fn what_varies_is_rendered_once_for_each_spec() {
    let observed = templated(&json!({ "token": "{{ randAlphaNum 20 }}", "file": "p={{ .password }}" }));
    let with = |token: Value, file: &str| existing(json!({ "data": { "token": token, "file": file } }));
    let (random, right, edited) = (json!("YWJj"), "cD1odW50ZXIy", "cD1lZGl0ZWQ=");
    let cases = [
        ("rendered before from this spec", with(random.clone(), right), Varying::Written, "keep 7"),
        ("the spec is new", with(random.clone(), right), Varying::Due, "replace"),
        ("gone", with(Value::Null, right), Varying::Written, "replace"),
        ("beside one that was edited", with(random, edited), Varying::Written, "replace"),
    ];
    for (name, target, varying, expected) in cases {
        for drift in [false, true] {
            let rules = Rules { drift, varying, ..rules() };
            assert_eq!(word(&decide(&observed, target_again(&target), &ring(), &rules)), expected, "{name}");
        }
    }
}

#[test]
fn what_varies_stays_when_something_beside_it_is_put_right() {
    let observed = templated(&json!({ "token": "{{ randAlphaNum 20 }}", "file": "p={{ .password }}" }));
    let edited = existing(json!({ "data": { "token": "YWJj", "file": "eA==" } }));
    for (varying, stays) in [(Varying::Written, true), (Varying::Due, false)] {
        let plan = decide(&observed, target_again(&edited), &ring(), &Rules { varying, ..rules() });
        assert_eq!(text(&plan, "file"), "p=hunter2");
        assert_eq!(text(&plan, "token") == "abc", stays, "{varying:?}");
    }
}

fn target_again(target: &Target) -> Target {
    let Target::Present(secret) = target else { panic!("absent") };
    Target::Present(Box::new(ExistingSecret(secret.0.clone())))
}

#[test]
fn all_faulty_templates_are_named_and_only_the_log_tells_lines_that_depend_on_values() {
    let observed = templated(&json!({
        "broken": "a\n{{ .password", "failing": "{{ fail .password }}", "right": "{{ .password }}",
    }));
    let plan = decide(&observed, Target::Absent, &ring(), &rules());
    let Plan::Refuse(refusal) = &plan else { panic!("{plan:?}") };
    let message = refusal.to_string();
    assert!(message.contains("template \"broken\", line 2"), "{message}");
    assert!(message.contains("failing: the template does not render with these values"), "{message}");
    assert!(!format!("{message} {plan:?}").contains("line 1"), "{message} {plan:?}");
    let log = refusal.in_full();
    assert!(log.contains("template \"broken\", line 2"), "{log}");
    assert!(log.contains("template \"failing\", line 1: fail"), "{log}");
    assert!(
        !message.contains("right") && !format!("{message} {log} {plan:?}").contains("hunter2"),
        "{message}"
    );
    assert_eq!(refusal.reason(), "UnsealFailed");
}

#[test]
fn a_thousand_hostile_templates_cost_no_more_than_one() {
    let hostile = (0..1_000)
        .map(|n| (format!("t{n}"), json!("{{ range until 1000000 }}{{ repeat 99 \"x\" }}{{ end }}")));
    let observed = templated(&Value::Object(hostile.collect()));
    let start = std::time::Instant::now();
    let plan = decide(&observed, Target::Absent, &ring(), &rules());
    let Plan::Refuse(refusal) = &plan else { panic!("{plan:?}") };
    assert!(refusal.to_string().contains("t0: the template does not render within its bounds"), "{refusal}");
    assert!(refusal.in_full().contains("limit reached"), "{}", refusal.in_full());
    // Seconds for one would be an hour for all.
    assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
}
