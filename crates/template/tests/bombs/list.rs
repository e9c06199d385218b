//! Templates meant to exhaust the process, and the limit that each has to reach.

/// The limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Output,
    Memory,
    Steps,
    Depth,
    Toil,
}

pub(super) struct Bomb {
    pub(super) name: &'static str,
    pub(super) reaches: Kind,
    pub(super) template: String,
}

/// The name of a bomb, and its template.
type Named = (&'static str, String);

/// They see `.big`, half a megabyte of the letter a.
pub(super) fn bombs() -> Vec<Bomb> {
    let all = [
        (Kind::Output, output()),
        (Kind::Memory, memory()),
        (Kind::Steps, steps()),
        (Kind::Depth, depth()),
        (Kind::Toil, toil()),
    ];
    let named = |(reaches, bombs): (Kind, Vec<Named>)| {
        bombs.into_iter().map(move |(name, template)| Bomb { name, reaches, template })
    };
    all.into_iter().flat_map(named).collect()
}

/// `$x`, a list in a list in a list.
const NESTED: &str = "{{ $x := list }}{{ range 5000 }}{{ $x = list $x }}{{ end }}";

/// `$d`, a dict that holds itself.
const CIRCLE: &str = "{{ $d := dict }}{{ $_ := set $d \"x\" $d }}";

/// `$d` and `$e`, two dicts with the same long key.
const LONG_KEYS: &str = "{{ $k := repeat 6000000 \"a\" }}{{ $d := dict $k 1 }}{{ $e := dict $k 1 }}";

#[rustfmt::skip]
fn output() -> Vec<Named> {
    vec![
        ("output_of_a_loop", "{{ range 100 }}{{ $.big }}{{ end }}".into()),
        ("output_of_text", format!("{{{{ range 300000 }}}}{}{{{{ end }}}}", "x".repeat(1000))),
    ]
}

#[rustfmt::skip]
fn memory() -> Vec<Named> {
    vec![
        ("repeated_string", "{{ repeat 1000000000 \"abc\" }}".into()),
        ("repeated_by_the_largest", "{{ repeat 9223372036854775807 \"abc\" | len }}".into()),
        ("doubled_string", "{{ $x := \"aa\" }}{{ range 64 }}{{ $x = print $x $x }}{{ end }}".into()),
        ("long_until", "{{ until 1000000000 | len }}".into()),
        ("long_until_step", "{{ untilStep -9223372036854775808 9223372036854775807 1 | len }}".into()),
        ("long_seq", "{{ seq 1000000000 | len }}".into()),
        ("wide_format", "{{ range 100 }}{{ printf \"%999999d\" 1 | len }}{{ end }}".into()),
        ("wide_precise_format", "{{ range 100 }}{{ printf \"%.999999f\" 1.5 | len }}{{ end }}".into()),
        ("wide_format_by_argument", "{{ range 100 }}{{ printf \"%*d\" 1000000 1 | len }}{{ end }}".into()),
        ("doubled_list", "{{ $x := list 1 2 }}{{ range 64 }}{{ $x = concat $x $x }}{{ end }}".into()),
        ("growing_dict", "{{ $d := dict }}{{ range 1000000 }}{{ $_ := set $d (printf \"%0999d\" .) 1 }}{{ end }}".into()),
        ("wide_indent", "{{ indent 1000000000 \"a\" }}".into()),
        ("indent_of_many_lines", "{{ indent 100000 (repeat 100000 \"\\n\") | len }}".into()),
        ("replaced_by_more", "{{ replace \"a\" .big .big | len }}".into()),
        ("replaced_by_more_by_pattern", "{{ regexReplaceAll \"a\" (trunc 5000 .big) .big | len }}".into()),
        ("wrapped_with_more", "{{ wrapWith 1 .big .big | len }}".into()),
        ("random_characters", "{{ randBytes 1000000000 | len }}".into()),
        ("many_joined", "{{ join .big (splitList \"\" .big) | len }}".into()),
        ("certificate_of_long_names", "{{ $x := list .big }}{{ range 9 }}{{ $x = concat $x $x }}{{ end }}{{ genSelfSignedCert \"a\" nil $x 1 }}".into()),
        ("many_nodes", "{{.}}".repeat(200_000)),
        ("deep_pretty_json", "{{ $x := list }}{{ range 90 }}{{ $x = list $x $x }}{{ end }}{{ range 100 }}{{ end }}{{ repeat 20000000 \"x\" | toJson | len }}".into()),
        ("trimmed_by_a_long_set", "{{ trimAll (repeat 7900000 \"a\") \"b\" }}".into()),
        ("keys_over_and_over", format!("{{{{ $d := dict }}}}{{{{ range 20000 }}}}{{{{ $_ := set $d (print .) 1 }}}}{{{{ end }}}}{{{{ keys{} | len }}}}", " $d".repeat(2000))),
        ("long_list_in_a_circle_copied", "{{ $d := dict }}{{ $l := prepend (until 100000) $d }}{{ $_ := set $d \"x\" $l }}{{ deepCopy $d | len }}".into()),
        ("long_json_array", "{{ print \"[\" (repeat 1000000 \"1,\") \"1]\" | fromJson | len }}".into()),
        ("many_groups", "{{ regexReplaceAll (repeat 1500 \"(a)\") .big \"$1\" | len }}".into()),
        ("long_pattern", "{{ regexMatch (trunc 200000 .big) .big }}".into()),
        ("long_key", "{{ genCAWithKey \"a\" 1 (repeat 8000000 \"a\") }}".into()),
        ("long_base64", "{{ repeat 9000000 \"a\" | b64dec | len }}".into()),
    ]
}

#[rustfmt::skip]
fn steps() -> Vec<Named> {
    vec![
        ("joined_over_and_over", format!("{{{{ $x := until 20000 }}}}{{{{ concat{} | len }}}}", " $x".repeat(2000))),
        ("searched_to_the_end_each_time", "{{ regexFindAll \".*b|a\" .big -1 | len }}".into()),
        ("searched_to_the_end_each_time_in_vain", "{{ regexReplaceAll \".*?b|a\" .big \"x\" | len }}".into()),
        ("states_without_end", "{{ regexFindAll \"(a|b)*a(a|b){12}c|a\" (shuffle (print .big (repeat 300000 \"b\"))) -1 | len }}".into()),
        ("endless_range", "{{ range 9223372036854775807 }}{{ end }}".into()),
        ("nested_ranges", "{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}".into()),
        ("branching_templates", "{{ define \"a\" }}{{ if gt . 0 }}{{ $n := int (sub . 1) }}{{ template \"a\" $n }}{{ template \"a\" $n }}{{ end }}{{ end }}{{ template \"a\" 40 }}".into()),
        ("shared_lists_printed", "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $x | toJson | len }}".into()),
        ("shared_lists_compared", "{{ $x := list 1 }}{{ $y := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ $y = list $y $y }}{{ end }}{{ deepEqual $x $y }}".into()),
        ("shared_lists_copied", "{{ $x := list }}{{ range 60 }}{{ $x = list $x $x $x $x $x $x }}{{ end }}{{ kindOf (uniq (list $x $x)) }}{{ toJson $x | len }}".into()),
        ("hashed_over_and_over", "{{ range 100000 }}{{ $x := sha256sum $.big }}{{ end }}".into()),
        ("searched_over_and_over", "{{ range 100000 }}{{ $x := contains \"b\" $.big }}{{ end }}".into()),
        ("unique_of_many", "{{ until 20000 | uniq | len }}".into()),
        ("matched_over_and_over", "{{ range 100000 }}{{ $x := regexMatch \"(a|aa)+b\" $.big }}{{ end }}".into()),
        ("many_variables", format!("{}{}", "{{ $x := 1 }}".repeat(2), "{{ range 100000 }}{{ $y := . }}{{ $z := $y }}{{ range 100 }}{{ end }}{{ end }}")),
        ("long_keys_merged", [LONG_KEYS, "{{ range 90000 }}{{ if merge $d $e }}{{ end }}{{ end }}"].concat()),
        ("long_keys_compared", [LONG_KEYS, "{{ range 90000 }}{{ if deepEqual $d $e }}{{ end }}{{ end }}"].concat()),
        ("long_keys_copied", "{{ $k := repeat 4000000 \"a\" }}{{ $d := dict (print $k \"b\") 1 }}{{ $d = set $d $k 1 }}{{ range 90000 }}{{ if deepCopy $d }}{{ end }}{{ end }}".into()),
        ("long_texts_sorted", "{{ $a := repeat 1500000 \"a\" }}{{ $x := list (print $a \"b\") (print $a \"c\") }}{{ range 13 }}{{ $x = concat $x $x }}{{ end }}{{ range 20 }}{{ $y := sortAlpha $x }}{{ end }}".into()),
        ("long_variable_looked_up", format!("{{{{ $v{0} := 1 }}}}{{{{ range 200000 }}}}{{{{ if $v{0} }}}}{{{{ end }}}}{{{{ end }}}}", "a".repeat(500_000))),
        ("long_name_called", format!("{{{{ define \"{0}\" }}}}{{{{ end }}}}{{{{ range 200000 }}}}{{{{ template \"{0}\" }}}}{{{{ end }}}}", "a".repeat(500_000))),
        ("format_of_many_verbs", "{{ printf (repeat 1000000 \"%%\") | len }}".into()),
        ("format_of_open_indices", "{{ printf (repeat 1500000 \"%[\") | len }}".into()),
        ("format_that_cuts", "{{ $f := repeat 300000 \"%[1].1s\" }}{{ $t := repeat 1000000 \"a\" }}{{ range 9 }}{{ $x := printf $f $t }}{{ end }}".into()),
        ("replaced_by_nothing_at_length", "{{ regexReplaceAll \"a\" (trunc 10000 .big) (repeat 1000000 \"${x}\") | len }}".into()),
    ]
}

#[rustfmt::skip]
fn depth() -> Vec<Named> {
    vec![
        ("endless_recursion", "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}".into()),
        ("nested_parentheses", format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000))),
        ("nested_ifs", format!("{}x{}", "{{ if 1 }}".repeat(5_000), "{{ end }}".repeat(5_000))),
        ("long_chain_of_else_ifs", format!("{{{{ if 0 }}}}{}{{{{ end }}}}", "{{ else if 0 }}".repeat(5_000))),
        ("nested_value_printed", [NESTED, "{{ $x }}"].concat()),
        ("nested_value_as_json", [NESTED, "{{ toJson $x }}"].concat()),
        ("nested_value_copied", [NESTED, "{{ deepCopy $x | len }}"].concat()),
        ("circle_printed", [CIRCLE, "{{ $d }}"].concat()),
        ("circle_compared", [CIRCLE, "{{ $e := dict \"x\" $d }}{{ $f := dict }}{{ $_ := set $f \"x\" $f }}{{ deepEqual $d $f }}"].concat()),
        ("circle_merged", [CIRCLE, "{{ $f := dict }}{{ $_ := set $f \"x\" $f }}{{ merge $d $f | len }}"].concat()),
        ("nested_json", "{{ repeat 100000 \"[\" | fromJson }}".into()),
    ]
}

#[rustfmt::skip]
fn toil() -> Vec<Named> {
    vec![
        ("many_keys", "{{ range 100 }}{{ $x := genCA \"a\" 1 }}{{ end }}".into()),
        ("many_large_keys", "{{ range 100 }}{{ $x := genPrivateKey \"rsa\" }}{{ end }}".into()),
        ("many_password_hashes", "{{ range 1000 }}{{ $x := bcrypt \"a\" }}{{ end }}".into()),
        ("many_derived_passwords", "{{ range 1000 }}{{ $x := derivePassword 1 \"long\" \"p\" \"u\" \"s\" }}{{ end }}".into()),
        ("many_readings_of_a_key", "{{ $c := genCA \"a\" 1 }}{{ range 1000 }}{{ $x := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) }}{{ end }}".into()),
        ("many_signatures", "{{ $k := (genCA \"a\" 1).Key }}{{ range 1000 }}{{ $x := genCAWithKey \"a\" 1 $k }}{{ end }}".into()),
        ("many_patterns", "{{ range 1000 }}{{ $x := regexMatch (printf \"[a-z]{%d}\" .) \"a\" }}{{ end }}".into()),
    ]
}
