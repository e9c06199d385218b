//! Searches a text that does not parse, by words and colons.

use crate::files::escapes::unescaped;

/// Whether the text has `kind: KIND` with one of these kinds, in any style.
pub(crate) fn names_kind(text: &str, kinds: &[&str]) -> bool {
    let text = &*unescaped(text);
    behind_key(text, "kind").any(|at| {
        let value = text[at..].trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !is_of_word(c)).unwrap_or(value.len());
        kinds.contains(&&value[..end])
    })
}

/// Where the value of each `key:` begins, quoted or not, outside comments.
pub(crate) fn behind_key<'t>(text: &'t str, key: &'static str) -> impl Iterator<Item = usize> + 't {
    // The end of the previous line, and whether this line is a comment: computed once, however many keys are on a line.
    let (mut passed, mut is_comment) = (0, starts_comment(text));
    text.match_indices(key).filter_map(move |(at, _)| {
        if let Some(end) = text[passed..at].rfind('\n') {
            is_comment = starts_comment(&text[passed + end + 1..]);
        }
        passed = at;
        if is_comment || text[..at].ends_with(is_of_word) {
            return None;
        }
        let rest = text[at + key.len()..].trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
        Some(text.len() - rest.len())
    })
}

fn starts_comment(text: &str) -> bool {
    let line = text.trim_start_matches(|c: char| c.is_whitespace() && c != '\n');
    line.starts_with('#') || line.starts_with("//")
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || "-_./$".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_comments_are_passed_over() {
        let text = "data: a\n  # data: b, data: c\n{data: d, data : e} # data: f\n//data: g\n\n \"data\": h";
        let values: Vec<&str> = behind_key(text, "data").map(|at| text[at..].trim_start()).collect();
        let begin = |begin: &str| values.iter().filter(|value| value.starts_with(begin)).count();
        assert_eq!(["a", "b", "c", "d", "e", "f", "g", "h"].map(begin), [1, 0, 0, 1, 1, 1, 0, 1]);
    }

    #[test]
    fn kinds_are_found_in_every_yaml_style() {
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
