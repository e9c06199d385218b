//! Looking into a text that does not parse: words and colons are all there is to go by.

/// Whether the text has `kind: KIND` in it, of one of these kinds, in any style.
pub(super) fn names_kind(text: &str, kinds: &[&str]) -> bool {
    behind_key(text, "kind").any(|at| {
        let value = text[at..].trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !is_of_word(c)).unwrap_or(value.len());
        kinds.contains(&&value[..end])
    })
}

/// Where the value of each `key:` begins, quoted or not, outside comments.
pub(super) fn behind_key<'t>(text: &'t str, key: &'static str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(key).filter_map(move |(at, _)| {
        let before = &text[..at];
        let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
        if before.ends_with(is_of_word) || line.starts_with('#') || line.starts_with("//") {
            return None;
        }
        let rest = text[at + key.len()..].trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
        Some(text.len() - rest.len())
    })
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || "-_./$".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_in_any_style() {
        for text in [
            "kind: Secret",
            "- kind: 'Secret' # x",
            "{kind: Secret}",
            "{\"kind\":\"Secret\",",
            "kind : List\n",
        ] {
            assert!(names_kind(text, &["Secret", "List"]), "{text}");
        }
        for text in
            ["kind: SealedSecret", "secretkind: Secret", "# kind: Secret", "// kind: Secret", "kind: Secrets"]
        {
            assert!(!names_kind(text, &["Secret"]), "{text}");
        }
    }
}
