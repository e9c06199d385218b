//! Names: which ones the API server accepts, and which ones may be shown in a message.

/// The longest name of an object, and the longest key of a Secret.
const LONGEST: usize = 253;

/// Why a name cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidKey {
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

/// Checks that the API server accepts it as a key of a Secret.
pub(crate) fn check_key(key: &str) -> Result<(), InvalidKey> {
    if key.is_empty() {
        Err(InvalidKey::Empty)
    } else if key.len() > LONGEST {
        Err(InvalidKey::Long)
    } else if key == "." || key.starts_with("..") {
        Err(InvalidKey::Dots)
    } else if !key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        Err(InvalidKey::Character)
    } else {
        Ok(())
    }
}

/// Whether the API server accepts it as the name of an object: RFC 1123, section 2.1. In the path of a URL it has no other meaning.
pub(crate) fn is_object_name(name: &str) -> bool {
    let is_end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= LONGEST
        && name.split('.').all(|label| {
            label.starts_with(is_end)
                && label.ends_with(is_end)
                && label.chars().all(|c| is_end(c) || c == '-')
        })
}

/// Whether the name of an object can begin so. It means nothing else in a selector.
pub(crate) fn is_name_prefix(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= LONGEST
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
}

/// The name of an object for a message. An invalid name may be a value that was written into the wrong field.
pub(crate) fn shown_name(name: &str) -> &str {
    if is_like_a_name(name, LONGEST, "-._") { name } else { "(something else)" }
}

/// A kind or an apiVersion for a message.
pub(crate) fn shown_kind(kind: &str) -> &str {
    if is_like_a_name(kind, 63, "./-") { kind } else { "(something else)" }
}

/// Whether it can be the key of a map in a manifest, and not a part of a value.
pub(crate) fn is_like_a_key(text: &str) -> bool {
    is_like_a_name(text, LONGEST, "-_./")
}

fn is_like_a_name(text: &str, longest: usize, punctuation: &str) -> bool {
    text.len() <= longest && text.chars().all(|c| c.is_ascii_alphanumeric() || punctuation.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_the_api_server_takes() {
        for good in ["a", "a-b.c", "a.b", "0", "sealed-secrets-controller"] {
            assert!(is_object_name(good), "{good}");
        }
        let others = ["..", "a/b", "a b", "a%2fb", "a?b"];
        for bad in ["", "A", "a_b", "-a", "a-", "a..b", ".a", &"a".repeat(254)].into_iter().chain(others) {
            assert!(!is_object_name(bad), "{bad}");
        }
    }

    #[test]
    fn keys_are_the_api_servers() {
        for good in ["a", "A_b-c.d", ".dockerconfigjson", "1", &"a".repeat(253)] {
            assert_eq!(check_key(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("", InvalidKey::Empty),
            (".", InvalidKey::Dots),
            ("..", InvalidKey::Dots),
            ("..data", InvalidKey::Dots),
            ("a b", InvalidKey::Character),
            ("a/b", InvalidKey::Character),
            ("\u{e9}", InvalidKey::Character),
            (&"a".repeat(254), InvalidKey::Long),
        ] {
            assert_eq!(check_key(bad), Err(why), "{bad}");
        }
    }
}
