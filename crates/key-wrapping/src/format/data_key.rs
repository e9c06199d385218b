//! [`DataKey`]: the random key under which one private key is encrypted. A provider wraps it.

use crate::format::context::Context;
use crate::format::slot::{Slot, slots_bytes};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac, rand};
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// Length of a data key in bytes.
const LENGTH: usize = 32;

/// What each of the two subkeys is for (the `info` of HKDF, RFC 5869).
const ENCRYPTS: &[u8] = b"sealed-secrets/wrapped-key/v1/private-key";
const AUTHENTICATES: &[u8] = b"sealed-secrets/wrapped-key/v1/slots";

/// A data key. It encrypts one private key, once, and authenticates the list of its slots. Wiped on drop; its Debug shows nothing of it.
pub struct DataKey(Zeroizing<[u8; LENGTH]>);

/// The bytes did not decrypt: another key, another context, or a changed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("does not decrypt: it was wrapped in another context, or changed")]
pub(crate) struct NotDecrypted;

/// The cryptographic library failed, as without a random source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library failed")]
pub struct CryptoFailed;

impl DataKey {
    /// Makes a data key from the system's random source.
    pub(crate) fn generate() -> Result<Self, CryptoFailed> {
        let mut key = Zeroizing::new([0; LENGTH]);
        rand::fill(&mut *key).map_err(|_| CryptoFailed)?;
        Ok(Self(key))
    }

    /// Takes what a provider decrypted, and wipes it. None if it is not 32 bytes.
    pub fn take(mut bytes: Vec<u8>) -> Option<Self> {
        let key = bytes.as_slice().try_into().ok().map(|key| Self(Zeroizing::new(key)));
        bytes.zeroize();
        key
    }

    /// The bytes that a provider encrypts.
    pub fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// The nonce, the ciphertext and the tag.
    pub(crate) fn encrypt(&self, private: &[u8], context: &Context) -> Result<Vec<u8>, CryptoFailed> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| CryptoFailed)?;
        let mut text = Zeroizing::new(private.to_vec());
        let tag = self
            .encrypting()?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.associated_data()),
                &mut text,
            )
            .map_err(|_| CryptoFailed)?;
        Ok([nonce.as_slice(), &text, tag.as_ref()].concat())
    }

    pub(crate) fn decrypt(
        &self,
        encrypted: &[u8],
        context: &Context,
    ) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
        let (nonce, text) = encrypted.split_at_checked(NONCE_LEN).ok_or(NotDecrypted)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotDecrypted)?;
        let mut text = Zeroizing::new(text.to_vec());
        let key = self.encrypting().map_err(|_| NotDecrypted)?;
        let aad = Aad::from(context.associated_data());
        let length = key.open_in_place(nonce, aad, &mut text).map_err(|_| NotDecrypted)?.len();
        text.truncate(length);
        Ok(text)
    }

    /// The MAC of a list of slots.
    pub(crate) fn authenticate(&self, slots: &[Slot]) -> Result<Vec<u8>, CryptoFailed> {
        Ok(hmac::sign(&self.authenticating()?, &slots_bytes(slots)).as_ref().to_vec())
    }

    /// Whether these are the slots that the key was wrapped with. The comparison takes constant time.
    pub(crate) fn verify(&self, slots: &[Slot], mac: &[u8]) -> bool {
        self.authenticating().is_ok_and(|key| hmac::verify(&key, &slots_bytes(slots), mac).is_ok())
    }

    fn encrypting(&self) -> Result<LessSafeKey, CryptoFailed> {
        let key = UnboundKey::new(&AES_256_GCM, &*self.subkey(ENCRYPTS)?).map_err(|_| CryptoFailed)?;
        Ok(LessSafeKey::new(key))
    }

    fn authenticating(&self) -> Result<hmac::Key, CryptoFailed> {
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &*self.subkey(AUTHENTICATES)?))
    }

    fn subkey(&self, purpose: &[u8]) -> Result<Zeroizing<[u8; LENGTH]>, CryptoFailed> {
        let mut subkey = Zeroizing::new([0; LENGTH]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(&*self.0)
            .expand(&[purpose], hkdf::HKDF_SHA256)
            .and_then(|key| key.fill(&mut *subkey))
            .map_err(|_| CryptoFailed)?;
        Ok(subkey)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

#[cfg(test)]
mod tests;
