//! [`ObjectKey`]: the key of a group, under which the session keys of its items stand.

use envelope::{AesKey, SealError};
use rand::TryCryptoRng;

/// The object key of a group. Wiped on drop.
#[derive(Debug)]
pub struct ObjectKey(AesKey);

impl ObjectKey {
    pub(crate) fn new(key: AesKey) -> Self {
        Self(key)
    }

    /// Makes a key. A group has its own.
    pub(crate) fn generate<R: TryCryptoRng>(rng: &mut R) -> Result<Self, SealError> {
        AesKey::generate(rng).map(Self)
    }

    /// Takes what an age file held, and wipes it. None if it is not 32 bytes.
    pub fn take(bytes: &mut [u8]) -> Option<Self> {
        AesKey::take(bytes).map(Self)
    }

    pub(crate) fn aes(&self) -> &AesKey {
        &self.0
    }
}
