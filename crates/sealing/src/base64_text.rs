//! Base64 as Go's decoder reads it, so that what upstream unseals we unseal: line breaks are skipped, and the bits left over
//! in the last digit may be anything.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

const GOS: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Decodes an item of `spec.encryptedData`, or a value of a Secret; None where it is not base64.
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    if text.contains(['\r', '\n']) {
        GOS.decode(text.replace(['\r', '\n'], "")).ok()
    } else {
        GOS.decode(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads_and_nothing_else() {
        for text in ["aGk=", "aGk=\n", "aG\r\nk=", "\naGk=", "aGl="] {
            assert_eq!(decode_base64(text).as_deref(), Some(&b"hi"[..]), "{text:?}");
        }
        for text in ["aGk", "aG k=", "aGk=x", "%%%", "a-_="] {
            assert_eq!(decode_base64(text), None, "{text:?}");
        }
    }
}
