//! [`KmsV2`]: a plugin of the Kubernetes KMS v2 API behind a Unix socket, as the API server uses them to encrypt what is in etcd.
//!
//! The API has no place for a context. `key_id` and the annotations of a slot go back to the plugin unchanged.

#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, unused_qualifications, clippy::pedantic, reason = "generated")]
mod api;
mod connection;
mod failure;
mod limits;

use crate::format::context::Context;
use crate::format::data_key::DataKey;
use crate::format::slot::Slot;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::key_wrapper::KeyWrapper;
use crate::provider::uri::ProviderUri;
use crate::provider::words::shown;
use api::{DecryptRequest, EncryptRequest, StatusRequest};
use async_trait::async_trait;
use aws_lc_rs::rand;
use connection::connect;
use failure::failure;
use std::path::{Path, PathBuf};

/// The versions of the API that its status may name; both are the same API.
const VERSIONS: [&str; 2] = ["v2", "v2beta1"];

/// A plugin.
#[derive(Debug)]
pub(crate) struct KmsV2 {
    uri: ProviderUri,
    socket: PathBuf,
}

impl KmsV2 {
    pub(crate) fn new(socket: &Path) -> Self {
        Self { uri: ProviderUri::KmsV2 { socket: socket.into() }, socket: socket.into() }
    }
}

#[async_trait]
impl KeyWrapper for KmsV2 {
    fn uri(&self) -> &ProviderUri {
        &self.uri
    }

    fn binds_context(&self) -> bool {
        false
    }

    async fn wrap(&self, data_key: &DataKey, _: &Context) -> Result<Slot, ProviderError> {
        let plaintext = data_key.bytes().to_vec();
        let request = EncryptRequest { plaintext, uid: uid()? };
        let answer = connect(&self.socket).await?.encrypt(request).await;
        let answer = answer.map_err(|status| failure(&status, data_key.bytes()))?.into_inner();
        limits::check(&answer.ciphertext, &answer.key_id, &answer.annotations).map_err(garbage)?;
        let (wrapped, annotations) = (answer.ciphertext, answer.annotations);
        Ok(Slot { uri: self.uri.to_string(), key_id: answer.key_id, wrapped, annotations })
    }

    async fn unwrap(&self, slot: &Slot, _: &Context) -> Result<DataKey, ProviderError> {
        let refused = |problem| {
            ProviderError::new(ProviderErrorKind::Refused, format!("no plugin gave this slot: {problem}"))
        };
        limits::check(&slot.wrapped, &slot.key_id, &slot.annotations).map_err(refused)?;
        let request = DecryptRequest {
            ciphertext: slot.wrapped.clone(),
            uid: uid()?,
            key_id: slot.key_id.clone(),
            annotations: slot.annotations.clone(),
        };
        let answer = connect(&self.socket).await?.decrypt(request).await;
        let answer = answer.map_err(|status| failure(&status, &slot.wrapped))?.into_inner();
        DataKey::take(answer.plaintext).ok_or_else(|| garbage("what it decrypted is no data key"))
    }

    async fn current_key_id(&self) -> Result<Option<String>, ProviderError> {
        let answer = connect(&self.socket).await?.status(StatusRequest {}).await;
        let answer = answer.map_err(|status| failure(&status, &[]))?.into_inner();
        if !VERSIONS.contains(&answer.version.as_str()) {
            let version = shown(&answer.version, &[]);
            return Err(garbage(&format!("it has version {version:?} of the API, and not v2")));
        }
        if answer.healthz != "ok" {
            let message = format!("it says that it does not work: {}", shown(&answer.healthz, &[]));
            return Err(ProviderError::new(ProviderErrorKind::Unavailable, message));
        }
        limits::check_key_id(&answer.key_id).map_err(garbage)?;
        Ok(Some(answer.key_id))
    }
}

fn garbage(problem: &str) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Garbage, problem)
}

/// Names a request in the logs of the plugin.
fn uid() -> Result<String, ProviderError> {
    let mut bytes = [0; 16];
    let failed = |_| ProviderError::new(ProviderErrorKind::Unavailable, "the cryptographic library failed");
    rand::fill(&mut bytes).map_err(failed)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests;
