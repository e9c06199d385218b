//! [`connect`]: the providers that the flags name.

use crate::client::cluster::Cluster;
use crate::config::key_wrapping::KeyWrapping;
use crate::keys::unwrapping::provider_states::ProviderStates;
use crate::keys::unwrapping::token_requests::TokenRequests;
use crate::process::error_chain::chain;
use jiff::Timestamp;
use key_wrapping::{
    Binding, KeyProviders, KeyWrapper, ProviderEnvironment, ProviderSpec, ProviderSpecError, WrapError,
};
use std::sync::Arc;

/// A provider that the flags name cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the provider {uri} cannot be used")]
pub(crate) struct ProviderConfigError {
    uri: String,
    source: ProviderSpecError,
}

/// The providers, and what is known of them.
#[derive(Debug)]
pub(crate) struct Wrapping {
    pub providers: KeyProviders,
    pub states: ProviderStates,
}

impl Wrapping {
    /// The providers of new keys of which it is not shown that they refuse in another context what they encrypted. One that was not tried yet is
    /// tried now, because a key keeps this as a mark.
    pub(crate) async fn unbound(&self) -> Vec<String> {
        let mut unbound = Vec::new();
        for provider in self.providers.wrapping() {
            if !provider.can_unwrap() || self.binding(&**provider).await != Some(Binding::Bound) {
                unbound.push(provider.uri().to_string());
            }
        }
        unbound
    }

    /// Whether a provider that opens binds the context: as is known, or as a probe shows. None where that fails.
    pub(crate) async fn binding(&self, provider: &dyn KeyWrapper) -> Option<Binding> {
        let uri = provider.uri().to_string();
        if let Some(known) = self.states.of(&uri).binding {
            return Some(known);
        }
        match self.providers.probe(provider, Timestamp::now()).await {
            Ok(binding) => {
                self.states.update(&uri, |state| {
                    // Else the same was found out meanwhile.
                    if state.binding.replace(binding) != Some(binding) {
                        report(&uri, binding);
                    }
                });
                Some(binding)
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(
                    provider = uri,
                    error,
                    "whether the key management service binds keys to this cluster is not known yet"
                );
                None
            }
        }
    }

    /// Whether each provider that wraps new keys, and opens them, does both at this moment.
    pub(crate) async fn check(&self) -> Result<(), WrapError> {
        for provider in self.providers.wrapping().filter(|provider| provider.can_unwrap()) {
            self.providers.round_trip(&**provider).await.map_err(|source| WrapError::Provider {
                uri: provider.uri().to_string(),
                step: "does not encrypt and decrypt",
                source,
            })?;
        }
        Ok(())
    }
}

fn report(uri: &str, binding: Binding) {
    match binding {
        Binding::Bound => {
            tracing::info!(provider = uri, "the key management service binds wrapped keys to this cluster");
        }
        Binding::Unbound => tracing::warn!(
            provider = uri,
            hint = "use one key of the service for one cluster, and none that the API server uses",
            "the key management service decrypts a wrapped key in any context: only the private key itself is bound to this cluster"
        ),
    }
}

/// The providers. None is contacted yet.
pub(crate) fn connect(wrapping: &KeyWrapping, cluster: &Cluster) -> Result<Wrapping, ProviderConfigError> {
    let tokens = Arc::new(TokenRequests::new(cluster.client.clone(), &cluster.namespace));
    let environment = ProviderEnvironment::of_process().with_tokens(tokens);
    let connect = |spec: &ProviderSpec| -> Result<Arc<dyn KeyWrapper>, ProviderConfigError> {
        key_wrapping::connect(spec, &environment)
            .map_err(|source| ProviderConfigError { uri: spec.uri.to_string(), source })
    };
    let wrap_with = wrapping.wrap_with.iter().map(connect).collect::<Result<_, _>>()?;
    let unwrap_with = wrapping.unwrap_with.iter().map(connect).collect::<Result<_, _>>()?;
    let providers = KeyProviders::new(wrapping.cluster_name.clone(), wrap_with, unwrap_with);
    Ok(Wrapping { providers, states: ProviderStates::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_provider_that_is_not_known_to_bind_the_context_is_unbound() {
        const AGE: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";
        const KMS: &str = "kmsv2:unix:///run/kms.sock";
        const BAO: &str = "openbao+transit://bao.example/transit/sealing";
        let connect = |uri: &str| {
            // There is no such file, so that nothing is sent.
            let spec = format!("{uri}{}", if uri == BAO { "?token-file=/no/token" } else { "" });
            key_wrapping::connect(&spec.parse().unwrap(), &ProviderEnvironment::default()).unwrap()
        };
        let wrapping = [AGE, KMS, BAO].map(connect).to_vec();
        let providers = KeyProviders::new("prod".parse().unwrap(), wrapping, Vec::new());
        let wrapping = Wrapping { providers, states: ProviderStates::default() };
        // What takes no context is known before it is tried. The probe of the last one fails.
        assert_eq!(wrapping.unbound().await, [AGE, KMS, BAO]);
        assert_eq!([KMS, BAO].map(|uri| wrapping.states.of(uri).binding), [Some(Binding::Unbound), None]);
        for (binding, expected) in [(Binding::Bound, &[AGE, KMS][..]), (Binding::Unbound, &[AGE, KMS, BAO])] {
            wrapping.states.update(BAO, |state| state.binding = Some(binding));
            assert_eq!(wrapping.unbound().await, expected);
        }
    }
}
