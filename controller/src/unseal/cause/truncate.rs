//! [`truncate`]: messages for the status, events and the log have a bounded length.

/// Longer than any sentence of this program. What an admission webhook answers, and names of items, may be longer.
const LENGTH: usize = 1_000;

/// The text, or its first characters and an ellipsis.
pub(crate) fn truncate(text: &str) -> String {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(truncate("zażółć"), "zażółć");
        assert_eq!(truncate(&"ż".repeat(5_000)).chars().count(), LENGTH + 1);
    }
}
