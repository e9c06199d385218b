//! `is_later`: which of two resourceVersions is the later one.
//!
//! Kubernetes promises their order as numbers since 1.35; etcd has always given it. Where one is no number, nothing is
//! claimed.

/// Whether `one` is surely later than `other`. Without a second one, nothing is later.
pub(crate) fn is_later(one: Option<&str>, other: Option<&str>) -> bool {
    let number = |version: Option<&str>| version.and_then(|version| version.parse::<u128>().ok());
    matches!((number(one), number(other)), (Some(one), Some(other)) if one > other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_numbers_and_never_by_guess() {
        for (one, other, expected) in [
            (Some("10"), Some("9"), true),
            (Some("9"), Some("10"), false),
            (Some("9"), Some("9"), false),
            (Some("9"), None, false),
            (None, Some("9"), false),
            (Some("b"), Some("a"), false),
        ] {
            assert_eq!(is_later(one, other), expected, "{one:?} {other:?}");
        }
    }
}
