//! [`AgeRecipient`]: the name of an age identity, as text.

use std::fmt;
use std::str::FromStr;

/// A native X25519 recipient of age: `age1` and 58 characters of the bech32 alphabet. Recipients of plugins and SSH keys are refused.
///
/// The checksum is not checked here: what encrypts to the recipient does that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgeRecipient(String);

/// The text is not a native X25519 recipient of age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an age recipient is \"age1\" and 58 lower-case letters and digits; plugins and SSH keys are not supported"
)]
pub struct NotAnAgeRecipient;

/// The alphabet of bech32 (BIP 173).
const BECH32: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// 52 characters for 32 bytes, and a checksum of 6.
const LEN: usize = 58;

impl AgeRecipient {
    /// The text, which begins with `age1`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AgeRecipient {
    type Err = NotAnAgeRecipient;

    fn from_str(text: &str) -> Result<Self, NotAnAgeRecipient> {
        let data = text.strip_prefix("age1").ok_or(NotAnAgeRecipient)?;
        let is_bech32 = data.len() == LEN && data.chars().all(|letter| BECH32.contains(letter));
        is_bech32.then(|| Self(text.to_owned())).ok_or(NotAnAgeRecipient)
    }
}

impl fmt::Display for AgeRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_recipients_only() {
        let native = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        assert_eq!(native.parse::<AgeRecipient>().map(|it| it.to_string()), Ok(native.to_owned()));
        let upper = native.to_uppercase();
        let plugin = format!("age1yubikey1{}", &native[4..]);
        for text in [
            "",
            "age1",
            &native[..61],
            &upper,
            &plugin,
            "ssh-ed25519 AAAA",
            &format!("{native}q"),
            &native.replace('z', "b"),
        ] {
            assert_eq!(text.parse::<AgeRecipient>(), Err(NotAnAgeRecipient), "{text}");
        }
    }
}
