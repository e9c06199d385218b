//! No error depends on the values: else a user who may edit a template and read its status could find them out bit by bit.

use template::{Cause, Limits, Outside, Renderer, Shown, TemplateError, Values};

fn refused(template: &str, given: &[(&str, &str)]) -> TemplateError {
    let mut values = Values::new();
    for (name, value) in given {
        values.insert(*name, value.as_bytes().to_vec().into());
    }
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let outside = Outside { now: "2026-02-03T04:05:06Z".parse().unwrap(), random: &mut fill };
    Renderer::new(&values, Limits::default()).render("item", template, outside).expect_err(template)
}

/// Two values give the same text in the status, which every user of the namespace may read.
#[test]
fn what_is_shown_does_not_depend_on_values() {
    for template in [
        "{{/* 0123456789 */}}{{ fail (substr 0 1 .pin) }}",
        "one: {{ .pin | fail }} 1234 9876",
        "{{ if hasPrefix \"1\" .pin }}\n{{ fail \"yes\" }}{{ end }}\n\n{{ fail \"no\" }}",
        "{{ if hasPrefix \"1\" .pin }}{{ fail \"yes\" }}{{ else }}{{ index (list) 1 }}{{ end }}",
        "{{ if hasPrefix \"1\" .pin }}{{ upper 1 }}{{ else }}{{ true | upper }}{{ end }}",
        "{{ if hasPrefix \"1\" .pin }}{{ template \"a\" }}{{ else }}{{ template \"b\" }}{{ end }}",
        "{{ upper (index (dict \"1234\" 1 \"9876\" true) .pin) }}",
        "{{ if hasPrefix \"1\" .pin }}{{ repeat 1000000000 \"x\" }}{{ else }}{{ range 1000000000 }}{{ end }}{{ end }}",
        "{{ if hasPrefix \"1\" .pin }}{{ fail \"yes\" }}{{ else }}{{ range 1000000000 }}{{ end }}{{ end }}",
        "{{ $x := list }}{{ if hasPrefix \"1\" .pin }}{{ range 5000 }}{{ $x = list $x }}{{ end }}{{ $x }}{{ end }}{{ repeat 1000000000 \"x\" }}",
    ] {
        let (one, other) = (refused(template, &[("pin", "1234")]), refused(template, &[("pin", "9876")]));
        assert_eq!(one.to_string(), other.to_string(), "{template}");
        assert_eq!(format!("{one:?}"), format!("{other:?}"), "{template}");
        assert!(one.to_string().contains("\"item\""), "{one}");
    }
}

/// An error of syntax names its line: it depends on the template alone, which its reader may read too.
#[test]
fn a_syntax_error_names_its_line() {
    let error = refused("one\n{{ nosuch }}", &[]);
    assert_eq!(error.to_string(), "template \"item\", line 2: function \"nosuch\" not defined");
    assert_eq!(error.shown(), Shown::NotATemplate(error.detail()));
}

/// The detail holds the message of `fail` if the template has it as a literal, and no other message.
#[test]
fn the_detail_shows_a_message_only_if_it_is_a_literal() {
    let reason = |template: &str| match &refused(template, &[("user", "admin")]).detail().cause {
        Cause::Call { function, reason } if function == "fail" => reason.clone().into_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reason("{{ fail \"no user\" }}"), "no user");
    let error = refused("one\n{{ if .user }}\n{{ fail `no user` }}{{ end }}", &[("user", "admin")]);
    assert_eq!(error.detail().to_string(), "line 3: fail: no user");
    for template in [
        "admin: {{ .user | fail }}",
        "{{ fail .user }} admin",
        "{{ fail (print .user) }}{{/* admin */}}",
        "{{ fail (index (dict \"admin\" \"admin\") .user) }}",
        "{{ $x := .user }}{{ fail $x }}{{ \"admin\" }}",
    ] {
        assert!(!reason(template).contains("admin"), "{template}");
    }
}

#[test]
fn no_error_names_a_value() {
    for template in [
        "{{ fail .secret }}",
        "{{ fail (print \"x\" .secret) }}",
        "{{ index (list) .secret }}",
        "{{ mustFromJson .secret }}",
        "{{ .secret.field }}",
        "{{ semver .secret }}",
        "{{ urlParse (print \":\" .secret) }}",
        "{{ mustRegexMatch (print \"(\" .secret) \"x\" }}",
        "{{ genSelfSignedCert \"x\" (list .secret) nil 1 }}",
        "{{ mustToDate \"2006\" .secret }}",
        "{{ buildCustomCert .secret .secret }}",
        "{{ template (print .secret) }}",
        "{{ until .secret }}",
        "{{ dig .secret .secret 1 (dict .secret 1) }}",
    ] {
        let error = refused(template, &[("secret", "hunter2")]);
        let all = format!("{error} {error:?} {:?}", error.detail());
        assert!(!all.contains("hunter2"), "{all}");
        assert!(all.contains("item"), "{all}");
    }
}
