//! [`crc32c`]: the checksum of Cloud KMS (CRC-32C, RFC 3720).
//!
//! Decided: bit by bit, instead of a crate with a table: the time that it takes says nothing of a data key, and the texts are short.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// A checksum. In JSON it is a number in a string, as protocol buffers have one of 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checksum(u32);

/// The checksum of some bytes.
pub(crate) fn crc32c(bytes: &[u8]) -> Checksum {
    const POLYNOMIAL: u32 = 0x82f6_3b78;
    let bit = |crc: u32, _| crc >> 1 ^ POLYNOMIAL & (crc & 1).wrapping_neg();
    Checksum(!bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), bit)))
}

impl Serialize for Checksum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Checksum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| serde::de::Error::custom("invalid value: not a checksum"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_rfc_3720_and_of_the_usual_check() {
        let ascending: Vec<u8> = (0..32).collect();
        let cases: [(&[u8], u32); 5] = [
            (&[0; 32], 0x8a91_36aa),
            (&[0xff; 32], 0x62a8_ab43),
            (&ascending, 0x46dd_794e),
            (b"123456789", 0xe306_9283),
            (b"", 0),
        ];
        for (bytes, expected) in cases {
            assert_eq!(crc32c(bytes), Checksum(expected), "{bytes:?}");
        }
    }

    #[test]
    fn in_json_it_is_a_string() {
        assert_eq!(serde_json::to_string(&Checksum(u32::MAX)).unwrap(), "\"4294967295\"");
        assert_eq!(serde_json::from_str::<Checksum>("\"7\"").unwrap(), Checksum(7));
        for text in ["7", "\"-1\"", "\"4294967296\"", "\"x\"", "null"] {
            assert!(serde_json::from_str::<Checksum>(text).is_err(), "{text}");
        }
    }
}
