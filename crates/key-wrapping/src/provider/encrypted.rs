//! What providers answer, checked: [`slot`] makes a slot of a ciphertext, and [`data_key`] a data key of a plaintext.

use crate::format::data_key::DataKey;
use crate::format::slot::Slot;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::uri::ProviderUri;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::collections::BTreeMap;

/// The most bytes that a service makes of a data key. AWS has the highest limit, 6,144 bytes.
const CIPHERTEXT_LONGEST: usize = 6_144;

/// The most bytes of the name of a service's key. Google's are the longest.
const KEY_ID_LONGEST: usize = 1_024;

/// The slot of what a service encrypted.
pub(crate) fn slot(uri: &ProviderUri, key_id: &str, wrapped: Vec<u8>) -> Result<Slot, ProviderError> {
    let is_ciphertext = (1..=CIPHERTEXT_LONGEST).contains(&wrapped.len());
    let is_key_id = key_id.len() <= KEY_ID_LONGEST && !key_id.chars().any(char::is_control);
    if !is_ciphertext || !is_key_id {
        let message = "its answer cannot be used: the ciphertext or the key's name is empty or too long";
        return Err(ProviderError::new(ProviderErrorKind::Garbage, message));
    }
    Ok(Slot { uri: uri.to_string(), key_id: key_id.to_owned(), wrapped, annotations: BTreeMap::new() })
}

/// The data key that a service decrypted, from base64.
pub(crate) fn data_key(plaintext: &str) -> Result<DataKey, ProviderError> {
    let no_data_key = "its answer cannot be used: what it decrypted is no data key";
    BASE64_STANDARD
        .decode(plaintext)
        .ok()
        .and_then(DataKey::take)
        .ok_or_else(|| ProviderError::new(ProviderErrorKind::Garbage, no_data_key))
}
