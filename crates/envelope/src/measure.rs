//! `measure`: what an envelope's length tells without a key.

use crate::layout::{self, TAG_LEN, Truncated};

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
    let parts = layout::split(envelope)?;
    let value = parts.sealed_value.len().checked_sub(TAG_LEN).ok_or(Truncated)?;
    Ok(Measure { modulus: parts.wrapped_key.len(), value })
}

#[cfg(test)]
mod tests {
    use super::*;

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
