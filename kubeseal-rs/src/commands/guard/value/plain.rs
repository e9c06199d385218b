//! `is_plain`: whether a text is a secret value in plain text, and not a placeholder for one.
//!
//! Decided: in doubt, it is a secret value. A text is a placeholder only as a whole: beside references it holds only
//! separators, and the references hold no text that could be the value. `expression` reads what is in `{{ … }}`, and
//! `reference` knows the notations of other programs.

use crate::commands::guard::value::expression::{holds_text, is_separator};
use crate::commands::guard::value::reference::is_reference;

/// Whether an unclosed reference counts as one: in a text that is read line by line, it may end further down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Whole,
    Line,
}

/// Templates, placeholders and encrypted values are not plain: another program replaces them later.
pub(crate) fn is_plain(value: &str, extent: Extent) -> bool {
    is_plain_within(value, extent, 0)
}

/// Placeholders are nested in defaults no deeper than this; deeper text counts as a value.
const DEEPEST: usize = 8;

fn is_plain_within(value: &str, extent: Extent, depth: usize) -> bool {
    let value = value.trim();
    let is_other = || is_encrypted(value) || is_reference(value) || stands_for_a_value(value, extent, depth);
    !(value.is_empty() || depth < DEEPEST && is_other())
}

/// The first words of encrypted texts: age, PGP and Ansible Vault.
const ENCRYPTED: [&str; 3] =
    ["-----BEGIN AGE ENCRYPTED FILE-----", "-----BEGIN PGP MESSAGE-----", "$ANSIBLE_VAULT;"];

/// The first bytes of encrypted binary files: git-crypt and age.
const ENCRYPTED_FILES: [&[u8]; 2] = [b"\0GITCRYPT\0", b"age-encryption.org/"];

/// Whether a whole file is encrypted.
pub(crate) fn is_encrypted_file(bytes: &[u8]) -> bool {
    let has = |words: &[u8]| memchr::memmem::find(bytes, words).is_some();
    ENCRYPTED_FILES.iter().any(|begin| bytes.starts_with(begin))
        || ENCRYPTED.iter().any(|begin| bytes.starts_with(begin.as_bytes()))
        // SOPS keeps the structure of a file, and adds what it needs to decrypt it.
        || has(b"ENC[AES256_GCM,") && has(b"sops")
}

/// `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`, as SOPS writes it; or a whole encrypted text.
fn is_encrypted(value: &str) -> bool {
    if ENCRYPTED.iter().any(|begin| value.starts_with(begin)) {
        return true;
    }
    let fields = value.strip_prefix("ENC[AES256_GCM,").and_then(|rest| rest.strip_suffix(']'));
    fields.is_some_and(|fields| {
        let mut fields = fields.split(',');
        let is_there = ["data:", "iv:", "tag:", "type:"]
            .into_iter()
            .all(|name| fields.next().is_some_and(|field| field.starts_with(name)));
        is_there && fields.next().is_none()
    })
}

/// Certificates in PEM, and nothing else: they are public.
pub(crate) fn is_certificate(value: &str) -> bool {
    let mut rest = value.trim();
    let is_there = !rest.is_empty();
    while !rest.is_empty() {
        let block = rest.strip_prefix("-----BEGIN CERTIFICATE-----");
        let Some((body, after)) = block.and_then(|block| block.split_once("-----END CERTIFICATE-----"))
        else {
            return false;
        };
        if !body.chars().all(|c| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "+/=".contains(c)) {
            return false;
        }
        rest = after.trim_start();
    }
    is_there
}

fn stands_for_a_value(value: &str, extent: Extent, depth: usize) -> bool {
    let mut rest = value;
    let mut refers = false;
    while let Some(at) = next_reference(rest) {
        let (before, reference) = rest.split_at(at);
        let Some((inner, after, is_template)) = cut(reference, extent) else { return false };
        if !is_separator(before)
            || if is_template { holds_text(inner) } else { has_plain_default(inner, depth) }
        {
            return false;
        }
        refers = true;
        rest = after;
    }
    refers && is_separator(rest)
}

/// Where the next template or placeholder begins. Found in one go: a search for each of the two would go to the end of the text for the
/// one that is not there, again and again.
fn next_reference(text: &str) -> Option<usize> {
    let begins = |at: &usize| text[*at..].starts_with("{{") || text[*at..].starts_with("${");
    text.match_indices(['{', '$']).map(|(at, _)| at).find(begins)
}

/// The inside of the reference at the start of the text, the text after it, and whether it is a template.
fn cut(text: &str, extent: Extent) -> Option<(&str, &str, bool)> {
    if let Some(inner) = text.strip_prefix("{{") {
        return match inner.split_once("}}") {
            Some((inner, after)) => Some((inner, after, true)),
            None => (extent == Extent::Line).then_some((inner, "", true)),
        };
    }
    let inner = text.strip_prefix("${")?;
    // Defaults may hold placeholders. `${{ … }}` holds a template.
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

/// Whether a placeholder holds a default value, as in `${NAME:-value}`.
fn has_plain_default(inner: &str, depth: usize) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
    let operator = inner.trim_start_matches(is_name);
    if operator.len() == inner.len() {
        return true;
    }
    let operator = operator.strip_prefix(':').unwrap_or(operator);
    match operator.chars().next() {
        // A name only, or a name with an error message.
        None | Some('?') => false,
        Some('-' | '=' | '+') => is_plain_within(&operator[1..], Extent::Whole, depth + 1),
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEALED_BY_SOPS: &str = "ENC[AES256_GCM,data:bG9uZw==,iv:YQ==,tag:Yg==,type:str]";

    #[test]
    fn values_and_placeholders_are_distinguished() {
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
            "<path:secret/data/db#password>",
            "ref+vault://secret/db#/password",
            "$ANSIBLE_VAULT;1.1;AES256\n6162\n",
        ] {
            assert!(!is_plain(other, Extent::Whole), "{other}");
        }
    }

    #[test]
    fn placeholders_within_placeholders_are_followed_to_a_bound() {
        let nested = |depth: usize| format!("{}{}", "${A:-".repeat(depth), "}".repeat(depth));
        assert!(!is_plain(&nested(DEEPEST), Extent::Whole));
        // Without the bound, the stack would overflow.
        assert!(is_plain(&format!("${{A:-{}}}", nested(200_000)), Extent::Whole));
    }

    #[test]
    fn on_a_line_a_template_may_end_further_down() {
        assert!(!is_plain("{{ include \"x\" (dict", Extent::Line));
        assert!(is_plain("hunter2 {{", Extent::Line));
        assert!(is_plain("{{ \"hunter2\" |", Extent::Line));
    }
}
