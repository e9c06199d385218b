//! `wrap` and `unwrap`: an AES key under RSA-OAEP (RFC 8017, 7.1) with SHA-256, MGF1 with SHA-256, and a label.

use crate::aes_key::AesKey;
use crate::error::{OpenError, SealError};
use crate::keys::private_key::PrivateKey;
use crate::keys::public_key::PublicKey;
use aws_lc_rs::rsa::OAEP_SHA256_MGF1SHA256;
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

/// Wraps `aes_key`, so that only the private half of `key` unwraps it, and only with this `label`. The result has the length of the
/// modulus. The seed of the padding is aws-lc's own random number.
pub fn wrap(key: &PublicKey, label: &[u8], aes_key: &AesKey) -> Result<Vec<u8>, SealError> {
    let key = key.sealing();
    let mut wrapped = vec![0; key.ciphertext_size()];
    let len = key
        .encrypt(&OAEP_SHA256_MGF1SHA256, aes_key.expose(), &mut wrapped, Some(label))
        .map_err(|_| SealError::Wrap)?
        .len();
    wrapped.truncate(len);
    Ok(wrapped)
}

/// How often this process has used a private key to unwrap, whether or not it could.
static UNWRAPS: AtomicU64 = AtomicU64::new(0);

/// How often this process has used a private key to unwrap an AES key, whether or not it could. It is what opening costs.
pub fn unwraps() -> u64 {
    UNWRAPS.load(Ordering::Relaxed)
}

/// Unwraps an AES key. What unwraps and is not 32 bytes long is an error too, and the error does not say so.
pub fn unwrap(key: &PrivateKey, label: &[u8], wrapped_key: &[u8]) -> Result<AesKey, OpenError> {
    let key = key.opening();
    if wrapped_key.len() != key.key_size_bytes() {
        return Err(OpenError::DoesNotOpen);
    }
    // The library writes into the whole buffer, not only where the result ends up: all of it is wiped.
    let mut buffer = Zeroizing::new(vec![0; key.min_output_size()]);
    UNWRAPS.fetch_add(1, Ordering::Relaxed);
    let opened = key
        .decrypt(&OAEP_SHA256_MGF1SHA256, wrapped_key, &mut buffer, Some(label))
        .map_err(|_| OpenError::DoesNotOpen)?;
    AesKey::take(opened).ok_or(OpenError::DoesNotOpen)
}
