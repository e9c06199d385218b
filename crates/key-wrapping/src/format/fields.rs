//! Length-prefixed fields, so that no two lists of fields have the same bytes.

/// Appends the field's length (u32, big-endian) and the field.
pub(crate) fn append(bytes: &mut Vec<u8>, field: &[u8]) {
    append_count(bytes, field.len());
    bytes.extend(field);
}

/// Appends a number of entries.
pub(crate) fn append_count(bytes: &mut Vec<u8>, count: usize) {
    // No field has 4 GiB: a Secret has 1 MiB.
    bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}
