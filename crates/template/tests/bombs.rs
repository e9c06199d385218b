//! Templates meant to exhaust the process end soon, and the error says which limit they reached.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};
use template::{Bound, Fault, Limits, Outside, Renderer, Shown, TemplateError, Values};

fn detonate(template: &str) -> TemplateError {
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let outside = Outside { now: "2026-02-03T04:05:06Z".parse().unwrap(), random: &mut fill };
    let mut values = Values::new();
    values.insert("big", vec![b'a'; 500_000].into());
    let start = Instant::now();
    let result = Renderer::new(&values, Limits::default()).render("item", template, outside);
    // Without optimization and beside other tests; optimized it is some tenths of a second.
    assert!(start.elapsed() < Duration::from_secs(20), "{template}: {:?}", start.elapsed());
    result.expect_err(template)
}

macro_rules! bombs {
    ($($name:ident: $bound:ident, $template:expr;)+) => {
        $(
            #[test]
            fn $name() {
                let error = detonate(&$template);
                assert!(matches!(error.detail().fault, Fault::Limit(Bound::$bound(_))), "{}", error.detail());
                assert_eq!(error.shown(), Shown::OutOfBounds);
            }
        )+
    };
}

bombs! {
    // Output.
    output_of_a_loop: Output, "{{ range 100 }}{{ $.big }}{{ end }}";
    output_of_text: Output, format!("{{{{ range 300000 }}}}{}{{{{ end }}}}", "x".repeat(1000));
    // Memory.
    repeated_string: Memory, "{{ repeat 1000000000 \"abc\" }}";
    repeated_by_the_largest: Memory, "{{ repeat 9223372036854775807 \"abc\" | len }}";
    doubled_string: Memory, "{{ $x := \"aa\" }}{{ range 64 }}{{ $x = print $x $x }}{{ end }}";
    long_until: Memory, "{{ until 1000000000 | len }}";
    long_until_step: Memory, "{{ untilStep -9223372036854775808 9223372036854775807 1 | len }}";
    long_seq: Memory, "{{ seq 1000000000 | len }}";
    wide_format: Memory, "{{ range 100 }}{{ printf \"%999999d\" 1 | len }}{{ end }}";
    wide_precise_format: Memory, "{{ range 100 }}{{ printf \"%.999999f\" 1.5 | len }}{{ end }}";
    wide_format_by_argument: Memory, "{{ range 100 }}{{ printf \"%*d\" 1000000 1 | len }}{{ end }}";
    doubled_list: Memory, "{{ $x := list 1 2 }}{{ range 64 }}{{ $x = concat $x $x }}{{ end }}";
    growing_dict: Memory, "{{ $d := dict }}{{ range 1000000 }}{{ $_ := set $d (printf \"%0999d\" .) 1 }}{{ end }}";
    wide_indent: Memory, "{{ indent 1000000000 \"a\" }}";
    indent_of_many_lines: Memory, "{{ indent 100000 (repeat 100000 \"\\n\") | len }}";
    replaced_by_more: Memory, "{{ replace \"a\" .big .big | len }}";
    replaced_by_more_by_pattern: Memory, "{{ regexReplaceAll \"a\" (trunc 5000 .big) .big | len }}";
    wrapped_with_more: Memory, "{{ wrapWith 1 .big .big | len }}";
    random_characters: Memory, "{{ randBytes 1000000000 | len }}";
    many_joined: Memory, "{{ join .big (splitList \"\" .big) | len }}";
    certificate_of_long_names: Memory, "{{ $x := list .big }}{{ range 9 }}{{ $x = concat $x $x }}{{ end }}{{ genSelfSignedCert \"a\" nil $x 1 }}";
    many_nodes: Memory, "{{.}}".repeat(200_000);
    deep_pretty_json: Memory, "{{ $x := list }}{{ range 90 }}{{ $x = list $x $x }}{{ end }}{{ range 100 }}{{ end }}{{ repeat 20000000 \"x\" | toJson | len }}";
    // Steps.
    endless_range: Steps, "{{ range 9223372036854775807 }}{{ end }}";
    nested_ranges: Steps, "{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}";
    branching_templates: Steps, "{{ define \"a\" }}{{ if gt . 0 }}{{ $n := int (sub . 1) }}{{ template \"a\" $n }}{{ template \"a\" $n }}{{ end }}{{ end }}{{ template \"a\" 40 }}";
    shared_lists_printed: Steps, "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $x | toJson | len }}";
    shared_lists_compared: Steps, "{{ $x := list 1 }}{{ $y := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ $y = list $y $y }}{{ end }}{{ deepEqual $x $y }}";
    shared_lists_copied: Steps, "{{ $x := list }}{{ range 60 }}{{ $x = list $x $x $x $x $x $x }}{{ end }}{{ kindOf (uniq (list $x $x)) }}{{ toJson $x | len }}";
    hashed_over_and_over: Steps, "{{ range 100000 }}{{ $x := sha256sum $.big }}{{ end }}";
    searched_over_and_over: Steps, "{{ range 100000 }}{{ $x := contains \"b\" $.big }}{{ end }}";
    unique_of_many: Steps, "{{ until 20000 | uniq | len }}";
    matched_over_and_over: Steps, "{{ range 100000 }}{{ $x := regexMatch \"(a|aa)+b\" $.big }}{{ end }}";
    many_variables: Steps, format!("{}{}", "{{ $x := 1 }}".repeat(2), "{{ range 100000 }}{{ $y := . }}{{ $z := $y }}{{ range 100 }}{{ end }}{{ end }}");
    long_keys_merged: Steps, "{{ $k := repeat 6000000 \"a\" }}{{ $d := dict $k 1 }}{{ $e := dict $k 1 }}{{ range 90000 }}{{ if merge $d $e }}{{ end }}{{ end }}";
    long_keys_compared: Steps, "{{ $k := repeat 6000000 \"a\" }}{{ $d := dict $k 1 }}{{ $e := dict $k 1 }}{{ range 90000 }}{{ if deepEqual $d $e }}{{ end }}{{ end }}";
    long_keys_copied: Steps, "{{ $k := repeat 4000000 \"a\" }}{{ $d := dict (print $k \"b\") 1 }}{{ $d = set $d $k 1 }}{{ range 90000 }}{{ if deepCopy $d }}{{ end }}{{ end }}";
    long_texts_sorted: Steps, "{{ $a := repeat 1500000 \"a\" }}{{ $x := list (print $a \"b\") (print $a \"c\") }}{{ range 13 }}{{ $x = concat $x $x }}{{ end }}{{ range 20 }}{{ $y := sortAlpha $x }}{{ end }}";
    long_variable_looked_up: Steps, format!("{{{{ $v{0} := 1 }}}}{{{{ range 200000 }}}}{{{{ if $v{0} }}}}{{{{ end }}}}{{{{ end }}}}", "a".repeat(500_000));
    long_name_called: Steps, format!("{{{{ define \"{0}\" }}}}{{{{ end }}}}{{{{ range 200000 }}}}{{{{ template \"{0}\" }}}}{{{{ end }}}}", "a".repeat(500_000));
    format_of_many_verbs: Steps, "{{ printf (repeat 1000000 \"%%\") | len }}";
    format_of_open_indices: Steps, "{{ printf (repeat 1500000 \"%[\") | len }}";
    format_that_cuts: Steps, "{{ $f := repeat 300000 \"%[1].1s\" }}{{ $t := repeat 1000000 \"a\" }}{{ range 9 }}{{ $x := printf $f $t }}{{ end }}";
    replaced_by_nothing_at_length: Steps, "{{ regexReplaceAll \"a\" (trunc 10000 .big) (repeat 1000000 \"${x}\") | len }}";
    // Depth.
    endless_recursion: Depth, "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}";
    nested_parentheses: Depth, format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000));
    nested_ifs: Depth, format!("{}x{}", "{{ if 1 }}".repeat(5_000), "{{ end }}".repeat(5_000));
    long_chain_of_else_ifs: Depth, format!("{{{{ if 0 }}}}{}{{{{ end }}}}", "{{ else if 0 }}".repeat(5_000));
    nested_value_printed: Depth, "{{ $x := list }}{{ range 5000 }}{{ $x = list $x }}{{ end }}{{ $x }}";
    nested_value_as_json: Depth, "{{ $x := list }}{{ range 5000 }}{{ $x = list $x }}{{ end }}{{ toJson $x }}";
    nested_value_copied: Depth, "{{ $x := list }}{{ range 5000 }}{{ $x = list $x }}{{ end }}{{ deepCopy $x | len }}";
    circle_printed: Depth, "{{ $d := dict }}{{ $_ := set $d \"x\" $d }}{{ $d }}";
    circle_compared: Depth, "{{ $d := dict }}{{ $_ := set $d \"x\" $d }}{{ $e := dict \"x\" $d }}{{ $f := dict }}{{ $_ := set $f \"x\" $f }}{{ deepEqual $d $f }}";
    circle_merged: Depth, "{{ $d := dict }}{{ $_ := set $d \"x\" $d }}{{ $f := dict }}{{ $_ := set $f \"x\" $f }}{{ merge $d $f | len }}";
    nested_json: Depth, "{{ repeat 100000 \"[\" | fromJson }}";
    // Toil.
    many_keys: Toil, "{{ range 100 }}{{ $x := genCA \"a\" 1 }}{{ end }}";
    many_large_keys: Toil, "{{ range 100 }}{{ $x := genPrivateKey \"rsa\" }}{{ end }}";
    many_password_hashes: Toil, "{{ range 1000 }}{{ $x := bcrypt \"a\" }}{{ end }}";
    many_derived_passwords: Toil, "{{ range 1000 }}{{ $x := derivePassword 1 \"long\" \"p\" \"u\" \"s\" }}{{ end }}";
    many_patterns: Toil, "{{ range 1000 }}{{ $x := regexMatch (printf \"[a-z]{%d}\" .) \"a\" }}{{ end }}";
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

/// Expressions whose compiled form, or whose search for all matches, would grow beyond bounds.
#[test]
fn heavy_patterns_are_refused() {
    for template in [
        "{{ regexFind \"((((a{900}){900}){900}){900})\" \"a\" }}",
        "{{ regexFind \"(\\\\pL{1000}|\\\\pN{1000}){1000}\" \"a\" }}",
        "{{ regexFindAll \".*b|a\" .big -1 | len }}",
        "{{ regexReplaceAll \".*?b|a\" .big \"x\" | len }}",
    ] {
        let error = detonate(template).detail().to_string();
        assert!(error.contains("limit reached") || error.contains("too large"), "{error}");
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
        let error = detonate(template).detail().to_string();
        assert!(error.contains("invalid") || error.contains("improper"), "{error}");
    }
}
