//! What is refused before it costs anything, and what is torn down without a stack as deep as it is.

use template::{Limits, Outside, Renderer, TemplateError, Values};

fn refused(template: &str) -> TemplateError {
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let outside = Outside { now: "2026-02-03T04:05:06Z".parse().unwrap(), random: &mut fill };
    let mut values = Values::new();
    values.insert("big", vec![b'a'; 500_000].into());
    Renderer::new(&values, Limits::default()).render("item", template, outside).expect_err(template)
}

/// Values nested deeper than any stack are dropped one by one.
#[test]
fn deep_values_are_dropped() {
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let outside = Outside { now: "2026-02-03T04:05:06Z".parse().unwrap(), random: &mut fill };
    let deep = "{{ $x := list }}{{ range 50000 }}{{ $x = list $x }}{{ end }}done";
    let result = Renderer::new(&Values::new(), Limits::default()).render("item", deep, outside);
    assert_eq!(result.unwrap().bytes.as_slice(), b"done");
}

/// Expressions whose compiled form would grow beyond bounds.
#[test]
fn heavy_patterns_are_refused() {
    for template in [
        "{{ regexFind \"((((a{900}){900}){900}){900})\" \"a\" }}",
        "{{ regexFind \"(\\\\pL{1000}|\\\\pN{1000}){1000}\" \"a\" }}",
    ] {
        let error = refused(template).detail().to_string();
        assert!(error.contains("too large"), "{error}");
    }
}

/// What takes a count of steps for each byte takes no more of a large value: an honest one renders.
#[test]
fn large_values_are_searched() {
    let mut values = Values::new();
    values.insert("big", "key=value; other=thing\n".repeat(8_000).into_bytes().into());
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    for (template, expected) in [
        ("{{ regexReplaceAll \"(\\\\w+)=(\\\\w+)\" .big \"$2\" | len }}", 104_000),
        ("{{ regexFindAll \"(?m)^key=\" .big -1 | len }}", 8_000),
        ("{{ regexSplit \"; |\\n\" .big -1 | len }}", 16_001),
    ] {
        let outside = Outside { now: "2026-02-03T04:05:06Z".parse().unwrap(), random: &mut fill };
        let rendered = Renderer::new(&values, Limits::default()).render("item", template, outside);
        let rendered = rendered.map_err(|error| error.detail().to_string()).unwrap();
        assert_eq!(str::from_utf8(&rendered.bytes).unwrap(), expected.to_string(), "{template}");
    }
}

/// Versions and constraints on them are short; what is longer is none.
#[test]
fn long_versions_are_refused() {
    for template in [
        "{{ semverCompare (repeat 500000 \"1 \") \"1.0.0\" }}",
        "{{ semverCompare (repeat 200000 \"1\\t- 2 \") \"1.0.0\" }}",
        "{{ semver (print \"1.0.0-\" .big) }}",
        "{{ ((semver \"1.0.0\").SetMetadata .big) }}",
        "{{ ((semver \"1.0.0\").SetPrerelease .big) }}",
    ] {
        let error = refused(template).detail().to_string();
        assert!(error.contains("invalid") || error.contains("improper"), "{error}");
    }
}
