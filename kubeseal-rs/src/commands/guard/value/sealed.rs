//! `is_unsealed`: whether a value in `spec.encryptedData` was never sealed.

use crate::commands::guard::value::plain::{Extent, is_plain};
use crate::manifest::sealed_value::{begins_as_sealed, measured};

/// The shortest beginning of a sealed value, in characters. A whole one has at least 366.
const SHORTEST: usize = 100;

/// The shortest line of a sealed value that goes on on the next: base64 is wrapped at 64 or 76 characters.
const SHORTEST_LINE: usize = 60;

/// Whether a value where a sealed one belongs is plaintext. What begins as a sealed value and is cut off, as in an example, is none.
pub(crate) fn is_unsealed(value: &str) -> bool {
    is_plain(value, Extent::Whole) && measured(value).is_err() && !begins_as_sealed(value, SHORTEST)
}

/// The same of a value on one line of a text that does not parse, which may go on on the next line.
pub(crate) fn is_unsealed_line(value: &str) -> bool {
    is_plain(value, Extent::Line) && measured(value).is_err() && !begins_as_sealed(value, SHORTEST_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_sealed_value_is_plaintext() {
        for plain in [
            "hunter2",
            "aHVudGVyMg==",
            "postgres://a:b@c/d",
            "Ag hunter2",
            "x".repeat(3000).as_str(),
            // They begin as sealed values do.
            "Admin123",
            "Build2026x",
            "AlphaBravo99",
            "Best password",
            "AgA=",
            "Admin123...",
            "Build2026…",
            &format!("AgBy{} my password here", "x".repeat(100)),
            &format!("AgBy{} hunter2", "x".repeat(100)),
        ] {
            assert!(is_unsealed(plain) && is_unsealed_line(plain), "{plain}");
        }
        for other in [
            "",
            "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq.....",
            "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq...",
            "AgBy…",
            "{{ .Values.sealed }}",
            "${SEALED}",
        ] {
            assert!(!is_unsealed(other) && !is_unsealed_line(other), "{other}");
        }
    }
}
