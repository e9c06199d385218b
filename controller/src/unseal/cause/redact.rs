//! [`quotes_any`]: whether a message quotes a value of a Secret, and must be left out.
//!
//! A value is recognised as it is and in base64, whole or in a piece of at least eight bytes. What a policy computed from a
//! value (in capitals, backwards, its length) is not recognised.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::Plaintext;
use std::collections::{BTreeMap, HashSet};
use zeroize::Zeroizing;

/// Shorter values occur in any sentence by chance.
const SHORTEST: usize = 4;

/// Shorter pieces of longer values occur in any sentence by chance.
const PIECE: usize = 8;

/// Whether `text` quotes one of the `values`.
pub(crate) fn quotes_any(text: &str, values: &BTreeMap<String, Plaintext>) -> bool {
    let pieces: HashSet<&[u8]> = text.as_bytes().windows(PIECE).collect();
    values.values().any(|value| {
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(value.expose()));
        let encoded = encoded.trim_end_matches('=').as_bytes();
        [value.expose().trim_ascii(), encoded].into_iter().any(|part| contains(text, &pieces, part))
    })
}

fn contains(text: &str, pieces: &HashSet<&[u8]>, part: &[u8]) -> bool {
    if part.len() < PIECE {
        return part.len() >= SHORTEST && text.as_bytes().windows(part.len()).any(|window| window == part);
    }
    part.windows(PIECE).any(|piece| pieces.contains(piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_pieces_of_them_are_found() {
        let value = |text: &str| Plaintext::new(text.as_bytes().to_vec());
        let values = BTreeMap::from([
            ("short".to_owned(), value("hunter2\n")),
            ("long".to_owned(), value("correct horse battery")),
            ("tiny".to_owned(), value("is")),
        ]);
        for (text, expected) in [
            ("it is too short", false),
            ("hunter2 is weak", true),
            ("value too short: aHVudGVyMgo=", true),
            ("it begins with correct ", true),
            // The first nine bytes of it.
            ("it begins with Y29ycmVjdCBo", true),
            ("correct", false),
            ("", false),
        ] {
            assert_eq!(quotes_any(text, &values), expected, "{text}");
        }
    }
}
