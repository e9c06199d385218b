//! What all providers have in common. Each kind of provider is a file in `providers`.

pub(crate) mod cached;
pub(crate) mod encrypted;
pub(crate) mod environment;
pub(crate) mod error;
pub(crate) mod key_wrapper;
pub(crate) mod spec;
pub(crate) mod token_file;
pub(crate) mod tokens;
pub(crate) mod uri;
pub(crate) mod words;
