//! The transit engine of `OpenBao` and Vault (<https://openbao.org/api-docs/secret/transit/>).
//!
//! Decided: `context` is sent beside `associated_data` for every key. The engine ignores it where the key is not derived, so that
//! nothing needs to know whether it is.

mod failure;
mod login;
mod server;

use crate::format::context::Context;
use crate::format::data_key::DataKey;
use crate::format::slot::Slot;
use crate::https::request::{Request, base64};
use crate::https::response::{Response, secret};
use crate::provider::cached::send_with;
use crate::provider::encrypted::{data_key, slot};
use crate::provider::environment::ProviderEnvironment;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::key_wrapper::KeyWrapper;
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use crate::provider::uri::{ProviderUri, ProviderUriError};
use crate::providers::open_bao::failure::{Step, failure};
use crate::providers::open_bao::login::Login;
use crate::providers::open_bao::server::Server;
use async_trait::async_trait;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const OPTIONS: [&str; 8] =
    ["audience", "auth-mount", "ca-file", "jwt-file", "namespace", "redirect-hosts", "role", "token-file"];

/// A key of a transit engine.
#[derive(Debug)]
pub(crate) struct OpenBaoTransit {
    uri: ProviderUri,
    mount: String,
    key: String,
    server: Server,
    login: Login,
}

impl OpenBaoTransit {
    pub(crate) fn new(
        spec: &ProviderSpec,
        (host, mount, key): (&str, &str, &str),
        environment: &ProviderEnvironment,
    ) -> Result<Self, ProviderSpecError> {
        spec.check_options(&OPTIONS)?;
        let server = Server::new(spec, host)?.ok_or(ProviderUriError::OpenBaoTransit)?;
        let login = Login::new(spec, server.endpoint(), environment)?;
        Ok(Self { uri: spec.uri.clone(), mount: mount.into(), key: key.into(), server, login })
    }

    /// Sends a request with a token. One that was revoked is forbidden what the policies of its role allow.
    async fn call(&self, request: &Request) -> Result<Response, ProviderError> {
        send_with(
            || self.login.token(&self.server),
            || self.login.forget(),
            |token| async move { self.server.send(request, Some(&token)).await },
            |response| response.status == StatusCode::FORBIDDEN,
        )
        .await
    }

    fn path(&self, verb: &str) -> String {
        format!("/v1/{}/{verb}/{}", self.mount, self.key)
    }

    fn failure(&self, step: Step, response: &Response) -> ProviderError {
        failure(step, response, self.server.endpoint(), (&self.mount, &self.key))
    }
}

#[async_trait]
impl KeyWrapper for OpenBaoTransit {
    fn uri(&self) -> &ProviderUri {
        &self.uri
    }

    fn binds_context(&self) -> bool {
        true
    }

    async fn wrap(&self, data_key: &DataKey, context: &Context) -> Result<Slot, ProviderError> {
        let (plaintext, context) = (base64(data_key.bytes()), base64(&context.associated_data()));
        let body = ToEncrypt { plaintext: &plaintext, associated_data: &context, context: &context };
        let request = Request::post_json(self.path("encrypt"), &body)?.keeping_secret(&plaintext);
        let response = self.call(&request).await?;
        if response.status != StatusCode::OK {
            return Err(self.failure(Step::Encrypt, &response));
        }
        let ciphertext = response.json::<Data<Encrypted>>()?.data.ciphertext;
        let garbage = "its answer has no ciphertext of a transit engine";
        let version =
            version(&ciphertext).ok_or_else(|| ProviderError::new(ProviderErrorKind::Garbage, garbage))?;
        slot(&self.uri, version, ciphertext.as_bytes().to_vec())
    }

    async fn unwrap(&self, slot: &Slot, context: &Context) -> Result<DataKey, ProviderError> {
        let refused = || {
            ProviderError::new(ProviderErrorKind::Refused, "the slot has no ciphertext of a transit engine")
        };
        let ciphertext = str::from_utf8(&slot.wrapped).map_err(|_| refused())?;
        version(ciphertext).ok_or_else(refused)?;
        let context = base64(&context.associated_data());
        let body = ToDecrypt { ciphertext, associated_data: &context, context: &context };
        let request = Request::post_json(self.path("decrypt"), &body)?.keeping_secret(ciphertext);
        let response = self.call(&request).await?;
        if response.status != StatusCode::OK {
            return Err(self.failure(Step::Decrypt, &response));
        }
        data_key(&response.json::<Data<Decrypted>>()?.data.plaintext)
    }
}

#[derive(Serialize)]
struct ToEncrypt<'a> {
    plaintext: &'a str,
    associated_data: &'a str,
    context: &'a str,
}

#[derive(Serialize)]
struct ToDecrypt<'a> {
    ciphertext: &'a str,
    associated_data: &'a str,
    context: &'a str,
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Encrypted {
    ciphertext: String,
}

#[derive(Deserialize)]
struct Decrypted {
    #[serde(deserialize_with = "secret")]
    plaintext: Zeroizing<String>,
}

/// The version of the key in `vault:vVERSION:BASE64`, which `OpenBao` writes as well.
fn version(ciphertext: &str) -> Option<&str> {
    let (version, encrypted) = ciphertext.strip_prefix("vault:v")?.split_once(':')?;
    let is_version = (1..=10).contains(&version.len()) && version.bytes().all(|c| c.is_ascii_digit());
    (is_version && !encrypted.is_empty() && ciphertext.is_ascii()).then_some(version)
}

#[cfg(test)]
mod tests;
