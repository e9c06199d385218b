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
        let (indentation, content) = without_control(line);
        let is_in_block = block.is_some_and(|(key_indentation, _)| indentation > key_indentation);
        // What an action renders may be indented otherwise than the action is: such a line does not end the map.
        let is_beside = || data.is_none_or(|data| indentation <= data) || has_only_actions(content);
        if content.is_empty()
            || content.starts_with('#')
            || content.starts_with("{{") && !is_in_block && is_beside()
        {
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
            // Only an anchor, a tag or actions may follow the key of the map.
            let after = after_actions(value);
            let is_open = has_only_actions(value) || after.starts_with(['&', '!']) && !after.contains(' ');
            data = (map.keys().contains(&key) && is_open).then_some(indentation);
        } else if value.starts_with(['|', '>']) {
            block = Some((indentation, Some(key)));
        } else if map.holds_plaintext(value, Extent::Line) {
            find(key);
        }
    }
    found
}

/// The first words of actions that render nothing themselves.
const CONTROL: [&str; 9] = ["if", "else", "end", "range", "with", "define", "block", "break", "continue"];

/// The indentation and the content of a line, without the control actions and comments of a template at its start.
fn without_control(line: &str) -> (usize, &str) {
    let mut content = line.trim_start();
    let mut indentation = line.len() - content.len();
    while let Some((action, rest)) = leading_action(content).filter(|(action, _)| is_control(action)) {
        content = rest.trim_start();
        if !action.ends_with('-') {
            indentation += rest.len() - content.len();
        }
    }
    (indentation, content)
}

fn is_control(action: &str) -> bool {
    let action = action.strip_prefix('-').unwrap_or(action).trim_start();
    let word = action.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    // `{{ $name := … }}` sets a variable.
    let variable = action
        .strip_prefix('$')
        .map(|rest| rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start());
    action.starts_with("/*")
        || CONTROL.contains(&word)
        || variable.is_some_and(|rest| rest.starts_with(":=") || rest.starts_with('='))
}

/// The inside of the action at the start of the text, and what follows it.
fn leading_action(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("{{")?.split_once("}}")
}

/// What follows the actions at the start of the text.
fn after_actions(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, after)) = leading_action(rest) {
        rest = after.trim_start();
    }
    rest
}

/// Whether there is nothing but actions, of which the last may end on another line, and a comment.
fn has_only_actions(text: &str) -> bool {
    let rest = after_actions(text);
    rest.is_empty() || rest.starts_with('#') || rest.starts_with("{{")
}

/// The key and value of a line, without quotes, comments and the actions that the key begins with.
fn entry(content: &str) -> Option<(&str, &str)> {
    let (key, value) = content.split_at(colon(content)?);
    let key = if key.starts_with("{{") { key.rsplit("}}").next().unwrap_or_default() } else { key };
    let value = value[1..].split(" #").next().unwrap_or_default();
    Some((bare(key), bare(value)))
}

/// Where the first colon outside of actions is.
fn colon(content: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += content[at..].find([':', '{'])?;
        let rest = &content[at..];
        if rest.starts_with(':') {
            return Some(at);
        }
        at += match leading_action(rest) {
            Some((_, after)) => rest.len() - after.len(),
            // Without its end, it may be no action. It is searched only once: a line may have many.
            None if rest.starts_with("{{") => return rest.find(':').map(|colon| at + colon),
            None => 1,
        };
    }
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

    /// `{{- if … }}` alone on a line is not text; what follows it is.
    #[test]
    fn text_behind_an_action_is_read() {
        let kinds = [("Secret", "stringData"), ("SealedSecret", "encryptedData")];
        for (line, key) in [
            ("  {{ if .x }}password: hunter22{{ end }}", "password"),
            ("{{ if .x }}  password: hunter22{{ end }}", "password"),
            ("{{ $x := .y }}  password: hunter22", "password"),
            ("  {{- if .x -}} {{/* a: b */}} password: hunter22", "password"),
            ("  {{- /* x */}} password: hunter22", "password"),
            ("  {{ $x := .y }}password: hunter22", "password"),
            ("  {{ .k }}_pw: hunter22", "_pw"),
            ("  {{ printf \"a:%s\" .k }}: hunter22", ""),
            ("  {{ if .x }}a: {{ .a }}{{ else }}a: hunter22{{ end }}", "a"),
            ("  {{ .k }}: |\n    hunter22", ""),
            ("  a: |\n{{ if .x }}    hunter22{{ end }}", "a"),
        ] {
            for (kind, map) in kinds {
                let text = format!("kind: {kind}\n{map}:\n{line}\n");
                assert_eq!(found(&text), [(text.lines().count(), key.to_owned())], "{text}");
            }
        }
        for (kind, map) in kinds {
            let flow = format!("kind: {kind}\n{map}: {{{{ if .x }}}}{{a: hunter22}}{{{{ end }}}}\n");
            assert_eq!(found(&flow), [(2, "a".to_owned())], "{flow}");
            let anchor = format!("kind: {kind}\n{map}: {{{{/* a */}}}} &a\n  a: hunter22\n");
            assert_eq!(findings(&anchor, 1, 1).len(), 1, "{anchor}");
            let open = format!("kind: {kind}\n{{{{ if .x }}}}{map}: {{{{- range .y }}}}\n  a: hunter22\n");
            assert_eq!(found(&open), [(3, "a".to_owned())], "{open}");
        }
        for line in [
            "  {{ if .x }}password: {{ .password }}{{ end }}",
            "  {{- range $k, $v := .x }}{{ $k }}: {{ $v | quote }}{{ end }}",
            "  {{ .k }}_pw: \"{{ .password }}\" # note: from values",
            "  {{ include \"x\" . }} # note: from values",
            "  {{- include \"x\" (dict \"a:b\" .) | nindent 2 }}",
            "{{ .a | nindent 2 }}: {{ .b }}",
            "{{ if .x }}type: Opaque{{ end }}",
            "{{- if .x }}\ntype: Opaque\n{{- end }}",
            "  {{ if .x }}# password: an example{{ end }}",
            "  {{ if .x }}",
            "  {{ $k }}: |\n{{ .file | indent 4 }}",
        ] {
            for (kind, map) in kinds {
                let text = format!("kind: {kind}\n{map}:\n{line}\n");
                assert_eq!(found(&text), [], "{text}");
            }
        }
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
