//! `findings`: Secrets, and values that were never sealed, in a text that does not parse, such as a Helm template. Line by line; `unparsed_flow`
//! reads text between brackets, and [`ValueMap`] says which maps are read.

use crate::commands::guard::report::finding::Finding;
use crate::commands::guard::scan::unparsed_flow;
use crate::commands::guard::scan::value_map::ValueMap;
use crate::commands::guard::value::plain::{Extent, is_plain};
use crate::files::escapes::unescaped;
use crate::manifest::unparsed::text_scan::names_kind;

/// The plain values of a Secret in `text`, whose first line is `first_line` of its file.
pub(crate) fn findings(text: &str, first_line: usize, document: usize) -> Vec<Finding> {
    let text = &*unescaped(text);
    let mut found = Vec::new();
    for map in ValueMap::ALL.into_iter().filter(|map| names_kind(text, map.kinds())) {
        found.append(&mut unparsed_flow::findings(text, first_line, document, map));
        found.append(&mut in_blocks(text, first_line, document, map));
    }
    found.sort_by_key(|finding| finding.line);
    found.dedup();
    found
}

fn in_blocks(text: &str, first_line: usize, document: usize, map: ValueMap) -> Vec<Finding> {
    let mut found = Vec::new();
    // The indentation of the map's key while the lines belong to it, and the key of the block scalar in it.
    let mut data: Option<usize> = None;
    let mut block: Option<(usize, Option<&str>)> = None;
    for (index, line) in text.lines().enumerate() {
        let content = line.trim_start();
        let indentation = line.len() - content.len();
        let is_in_block = block.is_some_and(|(key_indentation, _)| indentation > key_indentation);
        if content.is_empty() || content.starts_with('#') || content.starts_with("{{") && !is_in_block {
            let is_plain_entry = data.is_some_and(|data| indentation > data) && templated_key(content, map);
            if is_plain_entry {
                let what = map.finding(String::new());
                found.push(Finding { line: first_line + index, document: Some(document), what });
            }
            continue;
        }
        let mut find = |key: &str| {
            let what = map.finding(key.to_owned());
            found.push(Finding { line: first_line + index, document: Some(document), what });
        };
        if data.is_some_and(|data| indentation <= data) {
            data = None;
        }
        if let Some((key_indentation, key)) = block {
            if indentation > key_indentation {
                if let Some(key) = key.filter(|_| is_plain(content, Extent::Line)) {
                    if map.holds_plaintext(content, Extent::Line) {
                        find(key);
                    }
                    // One finding for the whole block scalar; and the first line shows whether it is a sealed value.
                    block = Some((key_indentation, None));
                }
                continue;
            }
            block = None;
        }
        let Some((key, value)) = entry(content) else { continue };
        if data.is_none() {
            // Only an anchor or a tag may follow the key of the map.
            let is_open = value.is_empty() || value.starts_with(['&', '!']) && !value.contains(' ');
            data = (map.keys().contains(&key) && is_open).then_some(indentation);
        } else if value.starts_with(['|', '>']) {
            block = Some((indentation, Some(key)));
        } else if map.holds_plaintext(value, Extent::Line) {
            find(key);
        }
    }
    found
}

/// Whether it is an entry whose key is a template, and which has no value.
fn templated_key(content: &str, map: ValueMap) -> bool {
    let value = content.split_once("}}").and_then(|(_, rest)| rest.trim_start().strip_prefix(':'));
    let value = value.map(|value| value.split(" #").next().unwrap_or_default());
    value.is_some_and(|value| {
        let value = value.trim_matches([' ', '"', '\'']);
        !value.starts_with(['|', '>']) && map.holds_plaintext(value, Extent::Line)
    })
}

/// The key and value of a line, without quotes and comments.
fn entry(content: &str) -> Option<(&str, &str)> {
    let (key, value) = content.split_once(':')?;
    let value = value.split(" #").next().unwrap_or_default();
    Some((bare(key), bare(value)))
}

fn bare(text: &str) -> &str {
    text.trim_start_matches([' ', '"', '\'']).trim_end_matches([' ', '"', '\'', ','])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::guard::report::finding::FindingKind;

    fn found(text: &str) -> Vec<(usize, String)> {
        let key = |finding: Finding| match finding.what {
            FindingKind::SecretText { key } | FindingKind::UnsealedText { key } => (finding.line, key),
            other => panic!("{other:?}"),
        };
        findings(text, 1, 1).into_iter().map(key).collect()
    }

    #[test]
    fn plain_values_and_templates_are_distinguished() {
        let text = "{{- if .Values.secret }}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\n\
                    data:\n  a: {{ .Values.a | b64enc }}\n  b: \"aHVudGVyMg==\" # old\n  {{- range .Values.more }}\n  \
                    {{ .key }}: {{ .value }}\n  {{- end }}\n  c: ''\n  d: |\n    {{ .Values.d }}\n  e: |\n    hunter2\n    \
                    hunter3\ntype: Opaque\n{{- end }}\n";
        assert_eq!(found(text), [(8, "b".into()), (16, "e".into())]);
    }

    #[test]
    fn text_beside_templates_is_plain() {
        let text = "kind: Secret\nstringData:\n  a: x:hunter2@{{ .host }}\n  {{ .key }}: hunter2\n  {{ .key }}: {{ .value }}\n  \
                    b: {{ \"hunter2\" }}\n  c: |\n    {{ .c }}\n    {{ .c }}hunter2\n    {{- if eq .d \"x\" }}\n  \
                    d: {{ include \"x\" (dict\n    \"a\" .b) }}\n";
        let keys = ["a", "", "b", "c"].map(str::to_owned);
        assert_eq!(found(text), [3, 4, 6, 9].into_iter().zip(keys).collect::<Vec<_>>());
    }

    #[test]
    fn each_key_of_a_line_is_found() {
        let text = "kind: Secret\nstringData: {a: hunter2, b: hunter2, c: {{ .c }}}\n";
        assert_eq!(found(text), [(2, "a".into()), (2, "b".into())]);
    }

    #[test]
    fn what_was_never_sealed_is_found_beside_sealed_values_and_templates() {
        let text = "kind: SealedSecret\nspec:\n  encryptedData:\n    a: hunter2\n    b: AgBy3i4OJSWK\n    c: {{ .Values.c }}\n    d: >-\n      \
                    AgBy3i4OJSWK\n      cGDEqhunter2\n    e: |\n      hunter2\n      hunter3\n    {{ .k }}: hunter2\n  template:\n    data:\n      \
                    f: g\n{{ end }}\n";
        // As long as what a sealed value begins with.
        let long = |text: &str| text.replace("AgBy3i4OJSWK", &"AgBy".repeat(25));
        assert_eq!(found(&long(text)), [(4, "a".into()), (11, "e".into()), (13, String::new())]);
        let flow = "kind: SealedSecret\nspec: {encryptedData: {a: hunter2, b: AgBy3i4OJSWK, c: {{ .c }}}}\n";
        assert_eq!(found(&long(flow)), [(2, "a".into())]);
    }

    #[test]
    fn other_kinds_are_let_pass() {
        assert_eq!(found("kind: ConfigMap\ndata:\n  a: b\n{{ end }}\n"), []);
        assert_eq!(found("kind: SealedSecret\nspec:\n  template:\n    data:\n      a: b\n{{ end }}\n"), []);
    }
}
