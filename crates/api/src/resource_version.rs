//! The order of resourceVersions.
//!
//! Kubernetes promises since 1.35 that they compare as numbers; etcd has always made them so. Where one is not a number, no order is
//! claimed.

/// Whether `version` is surely later than `other`. False where one of them is missing or is not a number.
pub fn is_later(version: Option<&str>, other: Option<&str>) -> bool {
    let number = |version: Option<&str>| version.and_then(|version| version.parse::<u128>().ok());
    matches!((number(version), number(other)), (Some(version), Some(other)) if version > other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_numbers_and_never_by_guess() {
        for (version, other, expected) in [
            (Some("10"), Some("9"), true),
            (Some("9"), Some("10"), false),
            (Some("9"), Some("9"), false),
            (Some("9"), None, false),
            (None, Some("9"), false),
            (Some("b"), Some("a"), false),
        ] {
            assert_eq!(is_later(version, other), expected, "{version:?} {other:?}");
        }
    }
}
