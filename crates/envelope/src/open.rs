//! `open`: an envelope back into its value, with the private key.

use crate::layout::{self, NONCE, SESSION_KEY_LEN, TAG_LEN, Truncated};
use crate::plaintext::Plaintext;
use crate::private_key::PrivateKey;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::OAEP_SHA256_MGF1SHA256;
use zeroize::{Zeroize as _, Zeroizing};

/// Why an envelope does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The envelope is shorter than it says.
    #[error(transparent)]
    Truncated(#[from] Truncated),
    /// Another key, another label, or altered bytes. The error does not say which, because that would make an oracle.
    #[error("this key and label do not open the sealed value")]
    DoesNotOpen,
}

/// Opens `envelope` with `key`. The `label` must be the one that it was sealed under.
pub fn open(key: &PrivateKey, label: &[u8], envelope: &[u8]) -> Result<Plaintext, OpenError> {
    let parts = layout::split(envelope)?;
    let session_key = unwrap_session_key(key, label, parts.wrapped_key)?;
    let unbound = UnboundKey::new(&AES_256_GCM, &*session_key).map_err(|_| OpenError::DoesNotOpen)?;

    // Decrypted in place, in a buffer that is wiped whatever happens.
    let mut value = Zeroizing::new(parts.sealed_value.to_vec());
    let nonce = Nonce::assume_unique_for_key(NONCE);
    LessSafeKey::new(unbound)
        .open_in_place(nonce, Aad::empty(), &mut value)
        .map_err(|_| OpenError::DoesNotOpen)?;
    let length = value.len() - TAG_LEN;
    value.truncate(length);
    Ok(Plaintext::new(std::mem::take(&mut *value)))
}

fn unwrap_session_key(
    key: &PrivateKey,
    label: &[u8],
    wrapped_key: &[u8],
) -> Result<Zeroizing<[u8; SESSION_KEY_LEN]>, OpenError> {
    let key = key.opening();
    if wrapped_key.len() != key.key_size_bytes() {
        return Err(OpenError::DoesNotOpen);
    }
    // The library writes into the whole buffer, not only where the result ends up: all of it is wiped.
    let mut buffer = Zeroizing::new(vec![0; key.min_output_size()]);
    let opened = key
        .decrypt(&OAEP_SHA256_MGF1SHA256, wrapped_key, &mut buffer, Some(label))
        .map_err(|_| OpenError::DoesNotOpen)?;
    let session_key = <[u8; SESSION_KEY_LEN]>::try_from(&*opened).map_err(|_| OpenError::DoesNotOpen);
    opened.zeroize();
    session_key.map(Zeroizing::new)
}
