//! What the Secret of a wrapped key holds, and opens to a test.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{KeyProviders, KeyWrapper, ProviderEnvironment, Unwrapped, WrappedKey};

use crate::services::test_service::TestService;
use crate::values::CLUSTER;

/// The document and the certificate.
pub(crate) fn wrapped(secret: &Secret) -> Result<(WrappedKey, envelope::Certificate)> {
    let data = secret.data.as_ref().context("no data")?;
    let text =
        |name: &str| data.get(name).map(|value| value.0.as_slice()).with_context(|| format!("no {name}"));
    let certificate = envelope::Certificate::from_pem(std::str::from_utf8(text("tls.crt")?)?)?;
    Ok((WrappedKey::from_json(text("wrapped.json")?)?, certificate))
}

/// Opens it with a service, by the test's own credentials.
pub(crate) async fn open(secret: &Secret, service: &impl TestService) -> Result<Unwrapped> {
    let variables = service.environment().into_iter();
    let environment = variables.fold(ProviderEnvironment::default(), |environment, (name, value)| {
        environment.with_variable(name, value)
    });
    open_by(secret, key_wrapping::connect(&service.provider_of_test().parse()?, &environment)?).await
}

/// Opens it with this alone.
pub(crate) async fn open_by(secret: &Secret, opener: Arc<dyn KeyWrapper>) -> Result<Unwrapped> {
    let (key, certificate) = wrapped(secret)?;
    let providers = KeyProviders::new(CLUSTER.parse()?, vec![opener], Vec::new());
    Ok(providers.unwrap(&key, certificate).await?)
}
