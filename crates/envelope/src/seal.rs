//! `seal`: a value into an envelope, with the public key; `reseal`: the same value to another public key.

use crate::aes_key::AesKey;
use crate::error::SealError;
use crate::keys::public_key::PublicKey;
use crate::layout::{self, NONCE, TAG_LEN};
use crate::wrap::wrap;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use rand::TryCryptoRng;
use zeroize::Zeroizing;

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
    let sealed_value = encrypt(&session_key, value).map_err(|_| SealError::TooLong)?;
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

/// The value under AES-256-GCM, tag appended.
fn encrypt(session_key: &AesKey, value: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, session_key.expose())?);
    // Encrypted in place, in a buffer that has room for the tag and so never moves, and that is wiped whatever happens.
    let mut sealed = Zeroizing::new(Vec::with_capacity(value.len() + TAG_LEN));
    sealed.extend_from_slice(value);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(NONCE), Aad::empty(), &mut *sealed)?;
    Ok(sealed)
}

fn join(wrapped_key: &[u8], sealed_value: &[u8]) -> Result<Vec<u8>, SealError> {
    let wrapped_len = u16::try_from(wrapped_key.len()).map_err(|_| SealError::Wrap)?;
    Ok([&wrapped_len.to_be_bytes()[..], wrapped_key, sealed_value].concat())
}
