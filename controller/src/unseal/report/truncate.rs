//! `shorten`: messages on the status and in events are read by people, and stored by etcd.

/// Longer than any sentence of ours; a rambling admission webhook is cut here, and so is a name made to be long.
const LENGTH: usize = 1_000;

/// The text, or its beginning.
pub(crate) fn shorten(text: &str) -> String {
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
        assert_eq!(shorten("zażółć"), "zażółć");
        assert_eq!(shorten(&"ż".repeat(5_000)).chars().count(), LENGTH + 1);
    }
}
