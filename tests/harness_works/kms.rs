//! Each key management service encrypts and decrypts, refuses a wrong context, and has its keys after a restart.

pub(crate) mod drongo;
pub(crate) mod kms_plugin;
pub(crate) mod local_kms;
pub(crate) mod moto;
pub(crate) mod open_bao;

/// In base64, as the services want it.
const PLAINTEXT: &str = "aGVsbG8=";
const CONTEXT: &str = "Y2x1c3Rlcg==";
const WRONG_CONTEXT: &str = "b3RoZXI=";
