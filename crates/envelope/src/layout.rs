//! The layout of an envelope: where the wrapped session key ends and the sealed value begins, and what the lengths show without a key.
//!
//! No cryptography here: `seal` and `open` write and read these parts.

/// The AES-GCM nonce: zero, which is safe only because every envelope has a fresh session key.
pub(crate) const NONCE: [u8; 12] = [0; 12];

/// Length of the AES-GCM tag behind the ciphertext, in bytes.
pub(crate) const TAG_LEN: usize = 16;

/// The envelope ends before the length it announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value is cut off: it ends before its own announced length")]
pub struct Truncated;

/// The two parts of an envelope, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    /// The session key under RSA-OAEP.
    pub wrapped_key: &'a [u8],
    /// The value under AES-256-GCM, tag appended.
    pub sealed_value: &'a [u8],
}

/// Splits an envelope at its announced length.
pub(crate) fn split(envelope: &[u8]) -> Result<Parts<'_>, Truncated> {
    let (length, rest) = envelope.split_first_chunk::<2>().ok_or(Truncated)?;
    let wrapped_len = usize::from(u16::from_be_bytes(*length));
    let (wrapped_key, sealed_value) = rest.split_at_checked(wrapped_len).ok_or(Truncated)?;
    Ok(Parts { wrapped_key, sealed_value })
}

/// The AES part of an envelope: the value's ciphertext and its tag. It stays when the session key is wrapped again.
pub fn sealed_part(envelope: &[u8]) -> Result<&[u8], Truncated> {
    Ok(split(envelope)?.sealed_value)
}

/// Sizes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Of the RSA modulus it was sealed with.
    pub modulus: usize,
    /// Of the value in it: nothing pads it.
    pub value: usize,
}

/// Measures an envelope.
pub fn measure(envelope: &[u8]) -> Result<Measure, Truncated> {
    let parts = split(envelope)?;
    let value = parts.sealed_value.len().checked_sub(TAG_LEN).ok_or(Truncated)?;
    Ok(Measure { modulus: parts.wrapped_key.len(), value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_the_announced_length() {
        let parts = split(&[0, 2, 7, 8, 9]).unwrap();
        assert_eq!(parts, Parts { wrapped_key: &[7, 8], sealed_value: &[9] });
    }

    #[test]
    fn an_empty_value_part_is_a_layout() {
        assert_eq!(split(&[0, 1, 7]).unwrap().sealed_value, &[] as &[u8]);
    }

    #[test]
    fn refuses_what_is_cut_off() {
        for cut in [&[][..], &[0], &[0, 1], &[1, 0, 7, 7]] {
            assert_eq!(split(cut), Err(Truncated), "{cut:?}");
        }
    }

    #[test]
    fn sizes_are_those_of_the_parts() {
        let envelope = [&[1, 0][..], &[7; 256], &[8; 16 + 5]].concat();
        assert_eq!(measure(&envelope), Ok(Measure { modulus: 256, value: 5 }));
    }

    #[test]
    fn an_envelope_without_room_for_the_tag_is_cut_off() {
        assert_eq!(measure(&[&[1, 0][..], &[7; 256], &[8; 15]].concat()), Err(Truncated));
        assert_eq!(measure(&[]), Err(Truncated));
    }
}
