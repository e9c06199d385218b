//! The templates of one object share their values and their limits, and nothing else.

use std::time::{Duration, Instant};
use template::{Bound, Cause, Detail, Limits, Outside, Rendered, Renderer, TemplateError, Values, may_vary};

fn render(renderer: &Renderer<'_>, template: &str) -> Result<Rendered, TemplateError> {
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let now = "2026-02-03T04:05:06Z".parse().unwrap();
    renderer.render("item", template, Outside { now, random: &mut fill })
}

fn values() -> Values {
    let mut values = Values::new();
    values.insert("a", b"1".to_vec().into());
    values
}

#[test]
fn no_template_changes_what_the_next_one_sees() {
    let values = values();
    let renderer = Renderer::new(&values, Limits::default());
    for template in [
        "{{ $_ := set . \"a\" \"2\" }}",
        "{{ $_ := unset . \"a\" }}",
        "{{ $_ := merge . (dict \"b\" \"2\") }}",
        "{{ $_ := mergeOverwrite . (dict \"a\" \"2\") }}",
        "{{ $_ := deepCopy . }}{{ $_ := set (deepCopy .) \"a\" \"2\" }}",
        "{{ define \"mine\" }}x{{ end }}",
        "{{ $x := list . }}{{ $_ := dict \"dot\" . }}",
    ] {
        let _ = render(&renderer, template);
        assert_eq!(
            render(&renderer, "{{ .a }} {{ len . }} {{ .b }}").unwrap().bytes.as_slice(),
            b"1 1 <no value>"
        );
    }
    assert!(render(&renderer, "{{ template \"mine\" }}").is_err());
}

/// A rendering that failed deep down leaves the next one its whole depth.
#[test]
fn depth_is_each_templates_own() {
    let values = values();
    let renderer = Renderer::new(&values, Limits::default());
    let deep = "{{ define \"x\" }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}";
    for _ in 0..3 {
        assert!(matches!(render(&renderer, deep).unwrap_err().detail().cause, Cause::Limit(Bound::Depth(_))));
        assert!(render(&renderer, "{{ ((((1)))) }}").is_ok());
    }
}

#[test]
fn a_thousand_hostile_templates_cost_no_more_than_one() {
    type Expected = fn(&Bound) -> bool;
    let values = values();
    let bombs: [(&str, Expected); 4] = [
        ("{{ range 100000 }}{{ end }}", |bound| matches!(bound, Bound::Steps(_))),
        ("{{ repeat 1000000 \"x\" | len }}", |bound| matches!(bound, Bound::Memory(_))),
        ("{{ repeat 100000 \"x\" }}", |bound| matches!(bound, Bound::Output(_))),
        ("{{ genPrivateKey \"rsa\" | len }}", |bound| matches!(bound, Bound::Toil(_))),
    ];
    for (bomb, expected) in bombs {
        let renderer = Renderer::new(&values, Limits::default());
        let start = Instant::now();
        let outcomes: Vec<_> = (0..1000).map(|_| render(&renderer, bomb)).collect();
        // Without optimization, beside other tests.
        assert!(start.elapsed() < Duration::from_mins(1), "{bomb}: {:?}", start.elapsed());
        let rendered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!((1..20).contains(&rendered), "{bomb}: {rendered}");
        let first = outcomes.into_iter().find_map(Result::err);
        let detail = first.map(|error| error.detail().clone());
        let Some(Detail { cause: Cause::Limit(bound), .. }) = detail else { panic!("{bomb}: {detail:?}") };
        assert!(expected(&bound), "{bomb}: {bound}");
    }
}

#[test]
fn it_is_known_what_may_differ_the_next_time() {
    let values = values();
    let renderer = Renderer::new(&values, Limits { toil: 60_000, ..Limits::default() });
    for template in [
        "{{ now }}",
        "{{ now | date \"2006\" }}",
        "{{ ago now }}",
        "{{ date \"2006\" \"x\" }}",
        "{{ randAlphaNum 3 }}",
        "{{ randInt 0 9 }}",
        "{{ randBytes 3 }}",
        "{{ uuidv4 }}",
        "{{ shuffle \"abc\" }}",
        "{{ bcrypt \"a\" }}",
        "{{ htpasswd \"a\" \"b\" }}",
        "{{ encryptAES \"k\" \"v\" }}",
        "{{ genPrivateKey \"ecdsa\" }}",
        "{{ genPrivateKey \"ed25519\" }}",
        "{{ (genCA \"a\" 1).Cert }}",
        "{{ (genSelfSignedCert \"a\" nil nil 1).Key }}",
        "{{ if randAlpha 1 }}same{{ end }}",
    ] {
        assert!(render(&renderer, template).unwrap().varies, "{template}");
        assert!(may_vary(template), "{template}");
    }
    for template in [
        "",
        "text",
        "{{ .a }}",
        "{{ if false }}{{ now }}{{ end }}",
        "{{ derivePassword 1 \"long\" \"a\" \"b\" \"c\" }}",
        "{{ sha256sum .a }}",
        "{{ toDate \"2006\" \"2020\" | date \"06\" }}",
        "{{ dict \"b\" 1 \"a\" 2 | keys }}",
    ] {
        assert!(!render(&renderer, template).unwrap().varies, "{template}");
    }
}

#[test]
fn parsing_only_reads() {
    let values = Values::new();
    let renderer = Renderer::new(&values, Limits::default());
    assert!(renderer.parse("item", "{{ fail \"x\" }}{{ .a | mustFromJson }}").is_ok());
    let error = renderer.parse("item", "{{ .a }}\n{{ nosuch }}").unwrap_err();
    assert_eq!((error.template(), error.detail().line), ("item", 2));
}
