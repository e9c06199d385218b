//! `is_unsealed`: whether a value in `spec.encryptedData` was never sealed.

use crate::commands::guard::value::plain::{Extent, is_plain};
use crate::manifest::sealed_value::{NotSealed, begins_as_sealed, measured};

/// Whether a value where a sealed one belongs is plaintext. What begins as a sealed value and is cut off, as in an example, is none.
pub(crate) fn is_unsealed(value: &str) -> bool {
    is_plain(value, Extent::Whole)
        && !matches!(measured(value), Ok(_) | Err(NotSealed::Truncated))
        && !begins_as_sealed(value)
}

/// The same of a value on one line of a text that does not parse, which may go on on the next line.
pub(crate) fn is_unsealed_line(value: &str) -> bool {
    is_plain(value, Extent::Line) && !begins_as_sealed(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_sealed_value_is_plaintext() {
        for plain in
            ["hunter2", "aHVudGVyMg==", "postgres://a:b@c/d", "Ag hunter2", "x".repeat(3000).as_str()]
        {
            assert!(is_unsealed(plain) && is_unsealed_line(plain), "{plain}");
        }
        for other in
            ["", "AgA=", "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq.....", "{{ .Values.sealed }}", "${SEALED}"]
        {
            assert!(!is_unsealed(other) && !is_unsealed_line(other), "{other}");
        }
    }
}
