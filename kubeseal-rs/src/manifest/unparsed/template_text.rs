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
    let mut plain = Plain::default();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("{{") {
        let Some((action, after)) = inside.split_once("}}") else { break };
        plain.text(before);
        plain.action(action);
        rest = after;
    }
    plain.text(rest);
    plain.end_line();
    plain.done
}

/// A text without its actions, as it grows.
#[derive(Default)]
struct Plain {
    done: String,
    /// The current line, with and without words for its actions. The text lines of an action belong to one.
    with_words: String,
    without: String,
    has_text: bool,
}

impl Plain {
    fn text(&mut self, text: &str) {
        for part in text.split_inclusive('\n') {
            self.with_words.push_str(part);
            self.without.push_str(part);
            self.has_text |= !part.trim().is_empty();
            if part.ends_with('\n') {
                self.end_line();
            }
        }
    }

    fn action(&mut self, action: &str) {
        self.with_words.push('x');
        for line in [&mut self.with_words, &mut self.without] {
            line.extend(action.matches('\n'));
        }
    }

    fn end_line(&mut self) {
        self.done.push_str(if self.has_text { &self.with_words } else { &self.without });
        self.with_words.clear();
        self.without.clear();
        self.has_text = false;
    }
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
