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

fn bomb(name: &'static str, reaches: Kind, template: impl Into<String>) -> Bomb {
    Bomb { name, reaches, template: template.into() }
}

/// They see `.big`, half a megabyte of the letter a.
#[rustfmt::skip]
pub(super) fn bombs() -> Vec<Bomb> {
    use Kind::{Depth, Memory, Output, Steps, Toil};
    vec![
        // Output.
        bomb("output_of_a_loop", Output, "{{ range 100 }}{{ $.big }}{{ end }}"),
        bomb("output_of_text", Output, format!("{{{{ range 300000 }}}}{}{{{{ end }}}}", "x".repeat(1000))),
        // Memory.
        bomb("repeated_string", Memory, "{{ repeat 1000000000 \"abc\" }}"),
        bomb("repeated_by_the_largest", Memory, "{{ repeat 9223372036854775807 \"abc\" | len }}"),
        bomb("doubled_string", Memory, "{{ $x := \"aa\" }}{{ range 64 }}{{ $x = print $x $x }}{{ end }}"),
        bomb("long_until", Memory, "{{ until 1000000000 | len }}"),
        bomb("long_until_step", Memory, "{{ untilStep -9223372036854775808 9223372036854775807 1 | len }}"),
        bomb("long_seq", Memory, "{{ seq 1000000000 | len }}"),
        bomb("wide_format", Memory, "{{ range 100 }}{{ printf \"%999999d\" 1 | len }}{{ end }}"),
        bomb("wide_precise_format", Memory, "{{ range 100 }}{{ printf \"%.999999f\" 1.5 | len }}{{ end }}"),
        bomb("wide_format_by_argument", Memory, "{{ range 100 }}{{ printf \"%*d\" 1000000 1 | len }}{{ end }}"),
        bomb("doubled_list", Memory, "{{ $x := list 1 2 }}{{ range 64 }}{{ $x = concat $x $x }}{{ end }}"),
        bomb("growing_dict", Memory, "{{ $d := dict }}{{ range 1000000 }}{{ $_ := set $d (printf \"%0999d\" .) 1 }}{{ end }}"),
        bomb("wide_indent", Memory, "{{ indent 1000000000 \"a\" }}"),
        bomb("indent_of_many_lines", Memory, "{{ indent 100000 (repeat 100000 \"\\n\") | len }}"),
        bomb("replaced_by_more", Memory, "{{ replace \"a\" .big .big | len }}"),
        bomb("replaced_by_more_by_pattern", Memory, "{{ regexReplaceAll \"a\" (trunc 5000 .big) .big | len }}"),
        bomb("wrapped_with_more", Memory, "{{ wrapWith 1 .big .big | len }}"),
        bomb("random_characters", Memory, "{{ randBytes 1000000000 | len }}"),
        bomb("many_joined", Memory, "{{ join .big (splitList \"\" .big) | len }}"),
        bomb("certificate_of_long_names", Memory, "{{ $x := list .big }}{{ range 9 }}{{ $x = concat $x $x }}{{ end }}{{ genSelfSignedCert \"a\" nil $x 1 }}"),
        bomb("many_nodes", Memory, "{{.}}".repeat(200_000)),
        bomb("deep_pretty_json", Memory, "{{ $x := list }}{{ range 90 }}{{ $x = list $x $x }}{{ end }}{{ range 100 }}{{ end }}{{ repeat 20000000 \"x\" | toJson | len }}"),
        bomb("trimmed_by_a_long_set", Memory, "{{ trimAll (repeat 7900000 \"a\") \"b\" }}"),
        bomb("keys_over_and_over", Memory, format!("{{{{ $d := dict }}}}{{{{ range 20000 }}}}{{{{ $_ := set $d (print .) 1 }}}}{{{{ end }}}}{{{{ keys{} | len }}}}", " $d".repeat(2000))),
        bomb("long_list_in_a_circle_copied", Memory, "{{ $d := dict }}{{ $l := prepend (until 100000) $d }}{{ $_ := set $d \"x\" $l }}{{ deepCopy $d | len }}"),
        bomb("long_json_array", Memory, "{{ print \"[\" (repeat 1000000 \"1,\") \"1]\" | fromJson | len }}"),
        bomb("many_groups", Memory, "{{ regexReplaceAll (repeat 1500 \"(a)\") .big \"$1\" | len }}"),
        bomb("long_pattern", Memory, "{{ regexMatch (trunc 200000 .big) .big }}"),
        bomb("long_key", Memory, "{{ genCAWithKey \"a\" 1 (repeat 8000000 \"a\") }}"),
        bomb("long_base64", Memory, "{{ repeat 9000000 \"a\" | b64dec | len }}"),
        // Steps.
        bomb("joined_over_and_over", Steps, format!("{{{{ $x := until 20000 }}}}{{{{ concat{} | len }}}}", " $x".repeat(2000))),
        bomb("searched_to_the_end_each_time", Steps, "{{ regexFindAll \".*b|a\" .big -1 | len }}"),
        bomb("searched_to_the_end_each_time_in_vain", Steps, "{{ regexReplaceAll \".*?b|a\" .big \"x\" | len }}"),
        bomb("states_without_end", Steps, "{{ regexFindAll \"(a|b)*a(a|b){12}c|a\" (shuffle (print .big (repeat 300000 \"b\"))) -1 | len }}"),
        bomb("endless_range", Steps, "{{ range 9223372036854775807 }}{{ end }}"),
        bomb("nested_ranges", Steps, "{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}"),
        bomb("branching_templates", Steps, "{{ define \"a\" }}{{ if gt . 0 }}{{ $n := int (sub . 1) }}{{ template \"a\" $n }}{{ template \"a\" $n }}{{ end }}{{ end }}{{ template \"a\" 40 }}"),
        bomb("shared_lists_printed", Steps, "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $x | toJson | len }}"),
        bomb("shared_lists_compared", Steps, "{{ $x := list 1 }}{{ $y := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ $y = list $y $y }}{{ end }}{{ deepEqual $x $y }}"),
        bomb("shared_lists_copied", Steps, "{{ $x := list }}{{ range 60 }}{{ $x = list $x $x $x $x $x $x }}{{ end }}{{ kindOf (uniq (list $x $x)) }}{{ toJson $x | len }}"),
        bomb("hashed_over_and_over", Steps, "{{ range 100000 }}{{ $x := sha256sum $.big }}{{ end }}"),
        bomb("searched_over_and_over", Steps, "{{ range 100000 }}{{ $x := contains \"b\" $.big }}{{ end }}"),
        bomb("unique_of_many", Steps, "{{ until 20000 | uniq | len }}"),
        bomb("matched_over_and_over", Steps, "{{ range 100000 }}{{ $x := regexMatch \"(a|aa)+b\" $.big }}{{ end }}"),
        bomb("many_variables", Steps, format!("{}{}", "{{ $x := 1 }}".repeat(2), "{{ range 100000 }}{{ $y := . }}{{ $z := $y }}{{ range 100 }}{{ end }}{{ end }}")),
        bomb("long_keys_merged", Steps, "{{ $k := repeat 6000000 \"a\" }}{{ $d := dict $k 1 }}{{ $e := dict $k 1 }}{{ range 90000 }}{{ if merge $d $e }}{{ end }}{{ end }}"),
        bomb("long_keys_compared", Steps, "{{ $k := repeat 6000000 \"a\" }}{{ $d := dict $k 1 }}{{ $e := dict $k 1 }}{{ range 90000 }}{{ if deepEqual $d $e }}{{ end }}{{ end }}"),
        bomb("long_keys_copied", Steps, "{{ $k := repeat 4000000 \"a\" }}{{ $d := dict (print $k \"b\") 1 }}{{ $d = set $d $k 1 }}{{ range 90000 }}{{ if deepCopy $d }}{{ end }}{{ end }}"),
        bomb("long_texts_sorted", Steps, "{{ $a := repeat 1500000 \"a\" }}{{ $x := list (print $a \"b\") (print $a \"c\") }}{{ range 13 }}{{ $x = concat $x $x }}{{ end }}{{ range 20 }}{{ $y := sortAlpha $x }}{{ end }}"),
        bomb("long_variable_looked_up", Steps, format!("{{{{ $v{0} := 1 }}}}{{{{ range 200000 }}}}{{{{ if $v{0} }}}}{{{{ end }}}}{{{{ end }}}}", "a".repeat(500_000))),
        bomb("long_name_called", Steps, format!("{{{{ define \"{0}\" }}}}{{{{ end }}}}{{{{ range 200000 }}}}{{{{ template \"{0}\" }}}}{{{{ end }}}}", "a".repeat(500_000))),
        bomb("format_of_many_verbs", Steps, "{{ printf (repeat 1000000 \"%%\") | len }}"),
        bomb("format_of_open_indices", Steps, "{{ printf (repeat 1500000 \"%[\") | len }}"),
        bomb("format_that_cuts", Steps, "{{ $f := repeat 300000 \"%[1].1s\" }}{{ $t := repeat 1000000 \"a\" }}{{ range 9 }}{{ $x := printf $f $t }}{{ end }}"),
        bomb("replaced_by_nothing_at_length", Steps, "{{ regexReplaceAll \"a\" (trunc 10000 .big) (repeat 1000000 \"${x}\") | len }}"),
        // Depth.
        bomb("endless_recursion", Depth, "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}"),
        bomb("nested_parentheses", Depth, format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000))),
        bomb("nested_ifs", Depth, format!("{}x{}", "{{ if 1 }}".repeat(5_000), "{{ end }}".repeat(5_000))),
        bomb("long_chain_of_else_ifs", Depth, format!("{{{{ if 0 }}}}{}{{{{ end }}}}", "{{ else if 0 }}".repeat(5_000))),
        bomb("nested_value_printed", Depth, "{{ $x := list }}{{ range 5000 }}{{ $x = list $x }}{{ end }}{{ $x }}"),
        bomb("nested_value_as_json", Depth, "{{ $x := list }}{{ range 5000 }}{{ $x = list $x }}{{ end }}{{ toJson $x }}"),
        bomb("nested_value_copied", Depth, "{{ $x := list }}{{ range 5000 }}{{ $x = list $x }}{{ end }}{{ deepCopy $x | len }}"),
        bomb("circle_printed", Depth, "{{ $d := dict }}{{ $_ := set $d \"x\" $d }}{{ $d }}"),
        bomb("circle_compared", Depth, "{{ $d := dict }}{{ $_ := set $d \"x\" $d }}{{ $e := dict \"x\" $d }}{{ $f := dict }}{{ $_ := set $f \"x\" $f }}{{ deepEqual $d $f }}"),
        bomb("circle_merged", Depth, "{{ $d := dict }}{{ $_ := set $d \"x\" $d }}{{ $f := dict }}{{ $_ := set $f \"x\" $f }}{{ merge $d $f | len }}"),
        bomb("nested_json", Depth, "{{ repeat 100000 \"[\" | fromJson }}"),
        // Toil.
        bomb("many_keys", Toil, "{{ range 100 }}{{ $x := genCA \"a\" 1 }}{{ end }}"),
        bomb("many_large_keys", Toil, "{{ range 100 }}{{ $x := genPrivateKey \"rsa\" }}{{ end }}"),
        bomb("many_password_hashes", Toil, "{{ range 1000 }}{{ $x := bcrypt \"a\" }}{{ end }}"),
        bomb("many_derived_passwords", Toil, "{{ range 1000 }}{{ $x := derivePassword 1 \"long\" \"p\" \"u\" \"s\" }}{{ end }}"),
        bomb("many_patterns", Toil, "{{ range 1000 }}{{ $x := regexMatch (printf \"[a-z]{%d}\" .) \"a\" }}{{ end }}"),
    ]
}
