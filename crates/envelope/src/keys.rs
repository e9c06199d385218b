//! Sealing keys: private keys, their certificates and fingerprints, and how new ones are made.

pub(crate) mod certificate;
pub(crate) mod fingerprint;
pub(crate) mod issue;
pub(crate) mod key_pair;
pub(crate) mod key_size;
pub(crate) mod private_key;
pub(crate) mod public_key;
