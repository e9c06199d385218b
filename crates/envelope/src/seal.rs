//! `seal`: a value into an envelope, with the public key; `reseal`: the same value to another public key.

use crate::aes_key::AesKey;
use crate::error::SealError;
use crate::keys::public_key::PublicKey;
use crate::layout::{self, NONCE, TAG_LEN};
use crate::wrap::wrap;
use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Key};
use rand::TryCryptoRng;

/// Seals `value`, so that only the private half of `key` opens it, and only with this `label`.
pub fn seal<R: TryCryptoRng>(
    rng: &mut R,
    key: &PublicKey,
    label: &[u8],
    value: &[u8],
) -> Result<Vec<u8>, SealError> {
    seal_and_keep(rng, key, label, value).map(|(envelope, _)| envelope)
}

/// Seals `value` as [`seal`] does, and returns the session key too, so that it can be wrapped for others. It is never used for another
/// value.
pub fn seal_and_keep<R: TryCryptoRng>(
    rng: &mut R,
    key: &PublicKey,
    label: &[u8],
    value: &[u8],
) -> Result<(Vec<u8>, AesKey), SealError> {
    let session_key = AesKey::generate(rng)?;
    let wrapped_key = wrap(key, label, &session_key)?;
    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*session_key.expose()));
    let sealed_value = cipher.encrypt(&NONCE.into(), value).map_err(|_| SealError::TooLong)?;
    debug_assert_eq!(sealed_value.len(), value.len() + TAG_LEN);
    Ok((join(&wrapped_key, &sealed_value)?, session_key))
}

/// Wraps the session key of `envelope` for another public key or label. The sealed value stays byte for byte.
pub fn reseal(
    key: &PublicKey,
    label: &[u8],
    session_key: &AesKey,
    envelope: &[u8],
) -> Result<Vec<u8>, SealError> {
    join(&wrap(key, label, session_key)?, layout::sealed_part(envelope)?)
}

fn join(wrapped_key: &[u8], sealed_value: &[u8]) -> Result<Vec<u8>, SealError> {
    let wrapped_len = u16::try_from(wrapped_key.len()).map_err(|_| SealError::Wrap)?;
    Ok([&wrapped_len.to_be_bytes()[..], wrapped_key, sealed_value].concat())
}
