//! `is_plain`: whether a value is one, and not something that stands for a value.
//!
//! Decided: errs on telling. What stands for a value does so as a whole: beside references there is nothing but
//! separators, and in them no text that could be the value. `expression` reads what is in `{{ … }}`.

use super::expression::holds_text;

/// Whether a reference that is not closed is one: in a text that is read line by line, it may end further down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Line,
}

/// Templates are filled in, placeholders replaced, and what SOPS encrypted decrypted, later and elsewhere.
pub(super) fn is_plain(value: &str, extent: Extent) -> bool {
    let value = value.trim();
    !(value.is_empty() || is_encrypted(value) || stands_for_a_value(value, extent))
}

/// Whether a value under `spec.template.data` of a SealedSecret is one: templates are written there, text and all.
pub(super) fn is_plain_beside_sealed(value: &str) -> bool {
    !value.contains("{{") && is_plain(value, Extent::Whole)
}

/// `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`, as SOPS writes it.
fn is_encrypted(value: &str) -> bool {
    let fields = value.strip_prefix("ENC[AES256_GCM,").and_then(|rest| rest.strip_suffix(']'));
    fields.is_some_and(|fields| {
        let mut fields = fields.split(',');
        let is_there = ["data:", "iv:", "tag:", "type:"]
            .into_iter()
            .all(|name| fields.next().is_some_and(|field| field.starts_with(name)));
        is_there && fields.next().is_none()
    })
}

fn stands_for_a_value(value: &str, extent: Extent) -> bool {
    let mut rest = value;
    let mut refers = false;
    while let Some(at) = ["{{", "${"].iter().filter_map(|begin| rest.find(begin)).min() {
        let (before, reference) = rest.split_at(at);
        let Some((inner, after, is_template)) = cut(reference, extent) else { return false };
        if !is_separator(before) || if is_template { holds_text(inner) } else { has_plain_default(inner) } {
            return false;
        }
        refers = true;
        rest = after;
    }
    refers && is_separator(rest)
}

/// What is in the reference that the text begins with, what is behind it, and whether it is a template.
fn cut(text: &str, extent: Extent) -> Option<(&str, &str, bool)> {
    if let Some(inner) = text.strip_prefix("{{") {
        return match inner.split_once("}}") {
            Some((inner, after)) => Some((inner, after, true)),
            None => (extent == Extent::Line).then_some((inner, "", true)),
        };
    }
    let inner = text.strip_prefix("${")?;
    // Defaults may have placeholders in them. `${{ … }}` is one of a template.
    if inner.starts_with('{') {
        return cut(&text[1..], extent);
    }
    let mut depth = 1_usize;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&inner[..at], &inner[at + 1..], false));
        }
    }
    None
}

/// Whether a placeholder is more than a name: with a value to take instead, as in `${NAME:-value}`.
fn has_plain_default(inner: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
    let operator = inner.trim_start_matches(is_name);
    if operator.len() == inner.len() {
        return true;
    }
    let operator = operator.strip_prefix(':').unwrap_or(operator);
    match operator.chars().next() {
        // A name alone, or with what to say where there is no such value.
        None | Some('?') => false,
        Some('-' | '=' | '+') => is_plain(&operator[1..], Extent::Whole),
        Some(_) => true,
    }
}

/// Whether there is neither a letter nor a digit in it.
pub(super) fn is_separator(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_ascii_punctuation())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEALED_BY_SOPS: &str = "ENC[AES256_GCM,data:bG9uZw==,iv:YQ==,tag:Yg==,type:str]";

    #[test]
    fn values_are_told_from_what_stands_for_them() {
        for plain in [
            "hunter2",
            "aHVudGVyMg==",
            "$2y$10$abc",
            "a ${b} c",
            "{",
            "!?",
            "ENC",
            "ENC[hunter2]",
            "ENC[AES256_GCM,data:hunter2]",
            "postgres://admin:hunter2@{{ .host }}/db",
            "hunter2 {{",
            "{{ hunter2",
            "a{{b}}c",
            "{{ \"hunter2\" }}",
            "{{ .Values.a | default \"hunter2\" }}",
            "${DB_PASSWORD:-hunter2}",
            "${A:-hunter2${B}}",
            "${A",
            "${}",
            "${a b}",
            "host: {{ .Values.host }}\npassword: hunter2\n",
        ] {
            assert!(is_plain(plain, Extent::Whole), "{plain}");
        }
        for other in [
            "",
            " \n",
            "{{ .Values.password }}",
            "{{ .Values.password | b64enc | quote }}",
            "{{- include \"x.y\" . -}}",
            "{{ randAlphaNum 16 | b64enc }}",
            "{{ .a }}:{{ .b }}\n",
            "${PASSWORD}",
            "${A}/${B}",
            "${A:-}",
            "${A:-${B}}",
            "${A:?set it}",
            "${{ secrets.PASSWORD }}",
            SEALED_BY_SOPS,
        ] {
            assert!(!is_plain(other, Extent::Whole), "{other}");
        }
    }

    #[test]
    fn on_a_line_a_template_may_end_further_down() {
        assert!(!is_plain("{{ include \"x\" (dict", Extent::Line));
        assert!(is_plain("hunter2 {{", Extent::Line));
        assert!(is_plain("{{ \"hunter2\" |", Extent::Line));
    }

    #[test]
    fn beside_what_is_sealed_templates_have_text_in_them() {
        assert!(!is_plain_beside_sealed("user: admin\npassword: {{ .password }}"));
        assert!(is_plain_beside_sealed("hunter2") && is_plain_beside_sealed("ENC[hunter2]"));
    }
}
