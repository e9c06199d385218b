//! `open`: an envelope back into its value, with the private key; `session_key` and `open_with` are its two steps.

use crate::aes_key::AesKey;
use crate::error::OpenError;
use crate::keys::private_key::PrivateKey;
use crate::layout::{self, NONCE, TAG_LEN};
use crate::plaintext::Plaintext;
use crate::wrap::unwrap;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Opens `envelope` with `key`. The `label` must be the one that it was sealed under.
pub fn open(key: &PrivateKey, label: &[u8], envelope: &[u8]) -> Result<Plaintext, OpenError> {
    open_with(&session_key(key, label, envelope)?, envelope)
}

/// Unwraps the session key of `envelope`. Whether it opens the value is not known yet.
pub fn session_key(key: &PrivateKey, label: &[u8], envelope: &[u8]) -> Result<AesKey, OpenError> {
    unwrap(key, label, layout::split(envelope)?.wrapped_key)
}

/// Opens the value of `envelope` with its session key.
pub fn open_with(session_key: &AesKey, envelope: &[u8]) -> Result<Plaintext, OpenError> {
    let sealed_value = layout::split(envelope)?.sealed_value;
    let unbound = UnboundKey::new(&AES_256_GCM, session_key.expose()).map_err(|_| OpenError::DoesNotOpen)?;

    // Decrypted in place, in a buffer that is wiped whatever happens.
    let mut value = Zeroizing::new(sealed_value.to_vec());
    let nonce = Nonce::assume_unique_for_key(NONCE);
    LessSafeKey::new(unbound)
        .open_in_place(nonce, Aad::empty(), &mut value)
        .map_err(|_| OpenError::DoesNotOpen)?;
    let length = value.len() - TAG_LEN;
    value.truncate(length);
    Ok(Plaintext::new(std::mem::take(&mut *value)))
}
