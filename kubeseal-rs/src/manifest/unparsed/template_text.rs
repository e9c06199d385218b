//! Templates of manifests, such as Helm's: whether a document is one, and what is left of it `without_actions`.
//!
//! Decided: a document is a template only if no reader of YAML takes it as it is, not even one that lets a key occur twice, because a `{{` in a
//! comment must not hide from the checks what kubectl applies.

use crate::manifest::yaml::parse::is_readable_by_others;
use yaml_edit_in_place::split::DocumentText;

/// Whether the document is a template that can be applied only once it is rendered.
pub(crate) fn is_only_template(document: DocumentText<'_>) -> bool {
    document.text.contains("{{") && !is_readable_by_others(document.text)
}

/// The text with a word in place of each action (`{{ … }}`), and lines that hold nothing else left empty. Lines keep their numbers.
pub(crate) fn without_actions(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("{{") {
        let Some((action, after)) = inside.split_once("}}") else { break };
        plain.push_str(before);
        let is_alone = |line: &str| line.trim().is_empty();
        let begins_line = is_alone(plain.rsplit('\n').next().unwrap_or_default());
        let ends_line = is_alone(without_leading_actions(after.split('\n').next().unwrap_or_default()));
        if !(begins_line && ends_line) {
            plain.push('x');
        }
        plain.extend(action.matches('\n'));
        rest = after;
    }
    plain + rest
}

/// The rest of a line behind further actions on it.
fn without_leading_actions(mut line: &str) -> &str {
    while let Some((_, after)) = line.trim_start().strip_prefix("{{").and_then(|rest| rest.split_once("}}")) {
        line = after;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_become_words_and_control_lines_empty_lines() {
        let template = "{{- if .a }}\na: {{ .a }}-{{ .b }} # c\nb: \"{{ .b }}\"\n  {{- end }} {{/* d\n e */}}\n{{ .k }}: v\nc: {{ d";
        assert_eq!(without_actions(template), "\na: x-x # c\nb: \"x\"\n   \n\nx: v\nc: {{ d");
    }

    #[test]
    fn what_another_reader_takes_is_no_template() {
        let is_only_template = |text| is_only_template(DocumentText { text, first_line: 1 });
        for template in
            ["{{- if .a }}\na: 1\n{{- end }}\n", "a: {{ .a }}\n", "{{ .a }}: 1\n", "{\"a\": {{ .a }}}\n"]
        {
            assert!(is_only_template(template), "{template}");
        }
        for other in [
            "# {{ .a }}\na: 1\na: 2\n",
            "a: '{{ .a }}'\na: 2\n",
            "{\"a\": \"{{ .a }}\", \"a\": 1}",
            "a: [1\n",
            "a: !x '{{ .a }}'\n",
        ] {
            assert!(!is_only_template(other), "{other}");
        }
    }
}
