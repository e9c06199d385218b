//! Key management services that the providers of wrapped keys are tested with, each a process of its own on loopback, with keys that a
//! test makes. A test that needs one starts it; only then is the program built or installed.
//!
//! | service | what it is | what is not as in production |
//! |---|---|---|
//! | [`open_bao`] | OpenBao's own program | one node; the key that unseals it lies in a file |
//! | [`kms_plugin`] | a KMS v2 plugin, written with `k8s.io/kms` | the keys lie in files |
//! | [`local_kms`] | a small copy of AWS KMS, which encrypts | plain HTTP; checks no signature and no policy |
//! | [`moto`] | a copy of AWS KMS, IAM and STS, which encrypts and checks signatures and policies | plain HTTP; keys in memory |
//! | [`drongo`] | a copy of the REST API of Google's Cloud KMS | plain HTTP; nothing is encrypted |
//!
//! Each serves under the same address after [`stop`](open_bao::OpenBao::stop) and [`start`](open_bao::OpenBao::start), as it does when it is lost
//! and comes back, and ends when it is dropped.

pub mod aws_server;
pub mod drongo;
pub(crate) mod files;
pub mod json_response;
pub mod kms_plugin;
pub mod local_kms;
pub mod moto;
pub mod open_bao;
pub mod policies;
pub(crate) mod server;
