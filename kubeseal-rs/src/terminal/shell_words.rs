//! [`shell_words`]: words of a command as a shell reads them, so that a command in a hint works as it is printed.

/// The words in one line, each quoted if a shell would read it as something else.
pub(crate) fn shell_words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_read_otherwise_is_quoted() {
        assert_eq!(
            shell_words(["keys", "--context=a@b", "it's", "a b", "", "~/x"]),
            "keys --context=a@b 'it'\\''s' 'a b' '' '~/x'"
        );
    }
}
