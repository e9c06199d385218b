//! [`KeySize`]: the RSA modulus sizes a sealing key can be made with.

use std::fmt;

/// The size of a new sealing key's modulus. aws-lc generates exactly these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeySize {
    /// 2048 bits: the smallest that counts as a sealing key.
    Rsa2048,
    /// 3072 bits.
    Rsa3072,
    /// 4096 bits: the default, as upstream's.
    #[default]
    Rsa4096,
    /// 8192 bits.
    Rsa8192,
}

impl KeySize {
    /// The size in bits.
    pub fn bits(self) -> usize {
        match self {
            Self::Rsa2048 => 2048,
            Self::Rsa3072 => 3072,
            Self::Rsa4096 => 4096,
            Self::Rsa8192 => 8192,
        }
    }
}

impl From<KeySize> for aws_lc_rs::rsa::KeySize {
    fn from(size: KeySize) -> Self {
        match size {
            KeySize::Rsa2048 => Self::Rsa2048,
            KeySize::Rsa3072 => Self::Rsa3072,
            KeySize::Rsa4096 => Self::Rsa4096,
            KeySize::Rsa8192 => Self::Rsa8192,
        }
    }
}

impl fmt::Display for KeySize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.bits())
    }
}
