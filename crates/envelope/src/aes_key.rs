//! [`AesKey`]: a key of AES-256, such as the session key of an envelope. It is wiped on drop, and its Debug shows nothing of it.

use crate::error::SealError;
use rand::TryCryptoRng;
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// Length of a key of AES-256, in bytes.
pub(crate) const LEN: usize = 32;

/// A key of AES-256. Wiped from memory when dropped.
pub struct AesKey(Zeroizing<[u8; LEN]>);

impl AesKey {
    /// Makes a key from the random source.
    pub fn generate<R: TryCryptoRng>(rng: &mut R) -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; LEN]);
        rng.try_fill_bytes(&mut *key).map_err(|_| SealError::Random)?;
        Ok(Self(key))
    }

    /// Takes these bytes, and wipes them. None if they are not 32.
    pub fn take(bytes: &mut [u8]) -> Option<Self> {
        let key = <[u8; LEN]>::try_from(&*bytes).ok().map(|key| Self(Zeroizing::new(key)));
        bytes.zeroize();
        key
    }

    /// The key. The caller must not log, print or store it.
    pub fn expose(&self) -> &[u8; LEN] {
        &self.0
    }
}

impl fmt::Debug for AesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_32_bytes_and_wipes_them() {
        let mut bytes = [7; 32];
        let key = AesKey::take(&mut bytes).unwrap();
        assert_eq!((key.expose(), bytes), (&[7; 32], [0; 32]));
        assert_eq!(format!("{key:?}"), "AesKey");
        for length in [0, 31, 33] {
            assert!(AesKey::take(&mut vec![7; length]).is_none(), "{length}");
        }
    }
}
