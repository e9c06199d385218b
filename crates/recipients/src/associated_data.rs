//! What the keys of a group are bound to: [`oaep_label`] of an object key, [`associated_data`] of an item.

use sha2::{Digest as _, Sha256};

/// The name of this format and its version.
const CONTEXT: &[u8] = b"sealed-secrets/recipients/v1";

/// The OAEP label of an object key. It differs from every label of an envelope, which has no byte of zero.
pub(crate) fn oaep_label(label: &[u8]) -> Vec<u8> {
    [CONTEXT, &[0], label].concat()
}

/// The associated data of an item: its object, its name, and the AES part of its envelope.
pub(crate) fn associated_data(label: &[u8], name: &str, sealed_part: &[u8]) -> Vec<u8> {
    let digest = Sha256::digest(sealed_part);
    let mut data = Vec::new();
    for field in [CONTEXT, label, name.as_bytes(), &digest] {
        // No field has 4 GiB: an object of the API server has 1.5 MB.
        data.extend(u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        data.extend(field);
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_cannot_run_into_each_other() {
        assert_ne!(associated_data(b"ab", "c", b"v"), associated_data(b"a", "bc", b"v"));
        let data = associated_data(b"ns/a", "k", b"v");
        assert_eq!(&data[..32], [&[0, 0, 0, 28][..], CONTEXT].concat());
        assert_eq!(&data[32..45], b"\0\0\0\x04ns/a\0\0\0\x01k");
        assert_eq!(data.len(), 45 + 4 + 32);
    }

    #[test]
    fn the_label_of_an_object_key_is_not_that_of_an_item() {
        assert_eq!(oaep_label(b"ns/a"), b"sealed-secrets/recipients/v1\0ns/a");
    }
}
