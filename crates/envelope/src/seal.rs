//! `seal`: a value into an envelope, with the public key.

use crate::layout::{NONCE, SESSION_KEY_LEN, TAG_LEN};
use crate::public_key::PublicKey;
use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Key};
use rand::TryCryptoRng;
use rsa::oaep::EncryptingKey;
use rsa::traits::RandomizedEncryptor as _;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Why a value could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The random source failed.
    #[error("the random source failed")]
    Random,
    /// The RSA step failed.
    #[error("the session key could not be wrapped")]
    Wrap,
    /// AES-GCM takes at most 64 GiB.
    #[error("the value is too long to be sealed")]
    TooLong,
}

/// Seals `value`, so that only the private half of `key` opens it, and only with this `label`.
pub fn seal<R: TryCryptoRng>(
    rng: &mut R,
    key: &PublicKey,
    label: &[u8],
    value: &[u8],
) -> Result<Vec<u8>, SealError> {
    let mut session_key = Zeroizing::new([0; SESSION_KEY_LEN]);
    rng.try_fill_bytes(&mut *session_key).map_err(|_| SealError::Random)?;

    let wrapped_key = EncryptingKey::<Sha256>::new_with_label(key.rsa().clone(), label)
        .encrypt_with_rng(rng, &*session_key)
        .map_err(|_| SealError::Wrap)?;
    let wrapped_len = u16::try_from(wrapped_key.len()).map_err(|_| SealError::Wrap)?;

    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*session_key));
    let sealed_value = cipher.encrypt(&NONCE.into(), value).map_err(|_| SealError::TooLong)?;
    debug_assert_eq!(sealed_value.len(), value.len() + TAG_LEN);

    Ok([&wrapped_len.to_be_bytes()[..], &wrapped_key, &sealed_value].concat())
}
