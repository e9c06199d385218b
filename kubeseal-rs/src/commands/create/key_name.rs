//! `check`: which names the API server takes for the keys of a Secret.

/// The longest key.
const LONGEST: usize = 253;

/// Why a name cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadKey {
    #[error("it is empty")]
    Empty,
    #[error("it is longer than {LONGEST} characters")]
    Long,
    #[error("it is \".\" or begins with \"..\"")]
    Dots,
    #[error("it has a character other than letters, digits, -, _ and .")]
    Character,
    #[error("it begins with a digit, which a variable's name may not")]
    Digit,
}

/// Refuses what cannot be a key.
pub(crate) fn check(key: &str) -> Result<(), BadKey> {
    if key.is_empty() {
        Err(BadKey::Empty)
    } else if key.len() > LONGEST {
        Err(BadKey::Long)
    } else if key == "." || key.starts_with("..") {
        Err(BadKey::Dots)
    } else if !key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        Err(BadKey::Character)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_api_servers() {
        for good in ["a", "A_b-c.d", ".dockerconfigjson", "1", &"a".repeat(253)] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("", BadKey::Empty),
            (".", BadKey::Dots),
            ("..", BadKey::Dots),
            ("..data", BadKey::Dots),
            ("a b", BadKey::Character),
            ("a/b", BadKey::Character),
            ("\u{e9}", BadKey::Character),
            (&"a".repeat(254), BadKey::Long),
        ] {
            assert_eq!(check(bad), Err(why), "{bad}");
        }
    }
}
