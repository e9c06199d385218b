//! [`Item`]: the session key of one item under the object key of its group, and the commitment to it.

use crate::associated_data::associated_data;
use crate::object_key::ObjectKey;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use envelope::{AesKey, SealError};
use rand::TryCryptoRng;
use sha2::{Digest as _, Sha256};

const NONCE_LEN: usize = 12;
const KEY_LEN: usize = 32;
const TAG_LEN: usize = 16;

/// Length of a sealed session key: nonce, ciphertext, tag.
pub(crate) const SEALED_LEN: usize = NONCE_LEN + KEY_LEN + TAG_LEN;

/// Length of a commitment.
pub(crate) const COMMIT_LEN: usize = 32;

/// The entry of one item in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub sealed: [u8; SEALED_LEN],
    pub commit: [u8; COMMIT_LEN],
}

impl Item {
    /// Seals the session key of the item `name`, whose envelope has this AES part, in the object of this label.
    pub(crate) fn seal<R: TryCryptoRng>(
        rng: &mut R,
        object_key: &ObjectKey,
        label: &[u8],
        name: &str,
        sealed_part: &[u8],
        session_key: &AesKey,
    ) -> Result<Self, SealError> {
        let mut nonce = [0; NONCE_LEN];
        rng.try_fill_bytes(&mut nonce).map_err(|_| SealError::Random)?;
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*object_key.aes().expose()));
        let aad = associated_data(label, name, sealed_part);
        let payload = Payload { msg: session_key.expose(), aad: &aad };
        let sealed = cipher.encrypt(&nonce.into(), payload).map_err(|_| SealError::TooLong)?;
        let sealed = [&nonce[..], &sealed].concat().try_into().map_err(|_| SealError::TooLong)?;
        Ok(Self { sealed, commit: commitment(session_key) })
    }

    /// Opens the session key. None if the item is another's: of another object, name or AES part.
    pub(crate) fn open(
        &self,
        object_key: &ObjectKey,
        label: &[u8],
        name: &str,
        sealed_part: &[u8],
    ) -> Option<AesKey> {
        let (nonce, sealed) = self.sealed.split_first_chunk::<NONCE_LEN>()?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, object_key.aes().expose()).ok()?);
        let aad = Aad::from(associated_data(label, name, sealed_part));
        let mut buffer = zeroize::Zeroizing::new(sealed.to_vec());
        let opened = key.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut buffer).ok()?;
        AesKey::take(opened)
    }

    /// Whether this session key is the one that the item was sealed with.
    pub(crate) fn commits_to(&self, session_key: &AesKey) -> bool {
        self.commit == commitment(session_key)
    }
}

fn commitment(session_key: &AesKey) -> [u8; COMMIT_LEN] {
    let hash = Sha256::new()
        .chain_update(b"sealed-secrets/recipients/v1/commit\0")
        .chain_update(session_key.expose());
    hash.finalize().into()
}
