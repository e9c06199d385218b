//! The plan for values that are rendered from templates.

use super::*;

fn templated(templates: &Value) -> ObservedSealedSecret {
    sealed(json!({ "spec": { "template": { "data": templates } } }))
}

fn text(plan: &Plan, key: &str) -> String {
    let (Plan::Create { secret, .. } | Plan::Replace { secret, .. }) = plan else { panic!("{plan:?}") };
    String::from_utf8(secret.data[key].expose().to_vec()).unwrap()
}

#[test]
fn a_template_sees_values_and_plain_texts_and_yields_to_a_value_of_its_name() {
    let observed = templated(&json!({
        "url": "{{ .user }}:{{ .password }}@db", "password": "<{{ .password }}>", "user": "me", "other": "{{ .url }}",
    }));
    let plan = decide(&observed, Target::Absent, &ring(), &given());
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
        ("rendered before from this spec", with(random.clone(), right), true, "Found 7"),
        ("the spec is new", with(random.clone(), right), false, "replace"),
        ("gone", with(Value::Null, right), true, "replace"),
        ("beside one that was edited", with(random, edited), true, "replace"),
    ];
    for (name, target, unsealed, expected) in cases {
        for drift in [false, true] {
            let given = Given { drift, unsealed, ..given() };
            assert_eq!(word(&decide(&observed, target_again(&target), &ring(), &given)), expected, "{name}");
        }
    }
}

#[test]
fn what_varies_stays_when_something_beside_it_is_put_right() {
    let observed = templated(&json!({ "token": "{{ randAlphaNum 20 }}", "file": "p={{ .password }}" }));
    let edited = existing(json!({ "data": { "token": "YWJj", "file": "eA==" } }));
    for unsealed in [true, false] {
        let plan = decide(&observed, target_again(&edited), &ring(), &Given { unsealed, ..given() });
        assert_eq!(text(&plan, "file"), "p=hunter2");
        assert_eq!(text(&plan, "token") == "abc", unsealed);
    }
}

fn target_again(target: &Target) -> Target {
    let Target::Present(secret) = target else { panic!("absent") };
    Target::Present(Box::new(ExistingSecret(secret.0.clone())))
}

#[test]
fn a_text_that_is_no_template_is_named_and_nothing_is_rendered_beside_it() {
    let observed = templated(&json!({
        "broken": "a\n{{ .password", "failing": "{{ fail .password }}", "right": "{{ .password }}",
    }));
    let refusal = refusal(&observed, Target::Absent);
    let message = refusal.to_string();
    assert_eq!(message, "template \"broken\", line 2: unclosed action");
    assert_eq!(refusal.in_full(), message);
}

fn refusal(observed: &ObservedSealedSecret, target: Target) -> Refusal {
    refused(decide(observed, target, &ring(), &given()))
}

/// With 62 templates for each character, that would be a password in two edits.
#[test]
fn which_templates_fail_and_why_is_in_the_log_only() {
    let object = |letters: &str, then: &str| {
        let condition = |letter: char| {
            let text = format!("{{{{ if eq (substr 0 1 .password) \"{letter}\" }}}}{then}{{{{ end }}}}");
            (letter.to_string(), json!(text))
        };
        templated(&Value::Object(letters.chars().map(condition).collect()))
    };
    let endless = "{{ range until 1000000 }}{{ end }}";
    let observations = [
        object("abh", "{{ fail \"\" }}"),
        object("hijkl", "{{ fail \"\" }}"),
        object("h", endless),
        object("ah", endless),
    ];
    for observed in &observations {
        let refusal = refusal(observed, Target::Absent);
        assert_eq!(refusal.to_string(), sealing::DO_NOT_RENDER);
        assert_eq!(format!("{refusal:?}").matches("\"h\"").count(), 1, "{refusal:?}");
        assert!(refusal.in_full().starts_with("template \"h\", line 1: "), "{}", refusal.in_full());
        assert!(!format!("{} {refusal:?}", refusal.in_full()).contains("hunter2"));
        assert_eq!((refusal.reason(), refusal.is_unseal_failure()), ("UnsealFailed", true));
    }
}

/// What rendering costs depends on values. Text that is read after it would reveal whether it cost too much.
#[test]
fn whether_a_text_is_a_template_does_not_depend_on_what_was_rendered_before_it() {
    for condition in ["hunter2", "another"] {
        let spends = format!(
            "{{{{ if eq .password \"{condition}\" }}}}{{{{ range 9999999 }}}}{{{{ end }}}}{{{{ end }}}}"
        );
        let observed = templated(&json!({ "a": spends, "b": "{{ .password" }));
        let message = refusal(&observed, Target::Absent).to_string();
        assert_eq!(message, "template \"b\", line 1: unclosed action", "{condition}");
    }
}

/// An immutable Secret can be compared with a guess as well: that templates do not render must not be a third result.
#[test]
fn a_refused_change_of_an_immutable_secret_has_one_message() {
    let immutable = || existing(json!({ "immutable": true }));
    let [other, failing] = ["{{ .password }}!", "{{ fail .password }}"].map(|text| {
        let refusal = refusal(&templated(&json!({ "x": text })), immutable());
        (refusal.to_string(), refusal.reason(), refusal.in_full())
    });
    assert_eq!((&other.0, other.1), (&failing.0, failing.1));
    assert!(failing.2.contains("template \"x\", line 1: fail"), "{}", failing.2);
}

#[test]
fn a_null_leaves_a_value_out_that_templates_still_see() {
    let observed = templated(&json!({ "password": null, "nothing": null, "url": "{{ .password }}@db" }));
    let secret = created(decide(&observed, Target::Absent, &ring(), &given()));
    assert_eq!(secret.data.keys().collect::<Vec<_>>(), ["url"]);
    assert_eq!(secret.data["url"].expose(), b"hunter2@db");
}

#[test]
fn with_templates_off_only_plain_texts_go_through() {
    let off = Given { templates: false, ..given() };
    let plain = templated(&json!({ "user": "me", "password": null }));
    assert_eq!(text(&decide(&plain, Target::Absent, &ring(), &off), "user"), "me");
    let many = (0..12).map(|n| (format!("t{n:02}"), json!("{{ .password }}"))).collect();
    let refusal = refused(decide(&templated(&Value::Object(many)), Target::Absent, &ring(), &off));
    assert_eq!(refusal.reason(), "TemplatesOff");
    assert!(
        refusal
            .to_string()
            .ends_with("actions ({{ … }}) in t00, t01, t02, t03, t04, t05, t06, t07, t08, t09 and 2 more"),
        "{refusal}"
    );
}

#[test]
fn a_thousand_hostile_templates_cost_no_more_than_one() {
    let hostile = (0..1_000)
        .map(|n| (format!("t{n}"), json!("{{ range until 1000000 }}{{ repeat 99 \"x\" }}{{ end }}")));
    let observed = templated(&Value::Object(hostile.collect()));
    let start = std::time::Instant::now();
    let plan = decide(&observed, Target::Absent, &ring(), &given());
    let Plan::Leave(Outcome::Refused(refusal)) = &plan else { panic!("{plan:?}") };
    assert_eq!(refusal.to_string(), sealing::DO_NOT_RENDER);
    assert!(refusal.in_full().contains("limit reached"), "{}", refusal.in_full());
    // Seconds for one would be an hour for all.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}
