//! [`connect`]: the providers that the flags name.

use crate::client::cluster::Cluster;
use crate::config::key_wrapping::KeyWrapping;
use crate::keys::unwrapping::provider_states::ProviderStates;
use crate::keys::unwrapping::token_requests::TokenRequests;
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
    /// The providers of new keys that decrypt in any context what they encrypted: those that take none, which is known before any is asked, and
    /// those that ignored it.
    pub(crate) fn unbound(&self) -> Vec<String> {
        let is_unbound = |provider: &Arc<dyn KeyWrapper>| {
            let binding = || self.states.of(&provider.uri().to_string()).binding;
            !provider.binds_context() || binding() == Some(Binding::Unbound)
        };
        let unbound = self.providers.wrapping().filter(|provider| is_unbound(provider));
        unbound.map(|provider| provider.uri().to_string()).collect()
    }
}

impl Wrapping {
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

    #[test]
    fn a_provider_that_takes_no_context_is_unbound_before_it_is_asked() {
        const AGE: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";
        const KMS: &str = "kmsv2:unix:///run/kms.sock";
        const BAO: &str = "openbao+transit://bao.example/transit/sealing";
        let connect = |uri: &str| {
            let spec = format!("{uri}{}", if uri == BAO { "?token-file=/token" } else { "" });
            key_wrapping::connect(&spec.parse().unwrap(), &ProviderEnvironment::default()).unwrap()
        };
        let wrapping = [AGE, KMS, BAO].map(connect).to_vec();
        let providers = KeyProviders::new("prod".parse().unwrap(), wrapping, Vec::new());
        let wrapping = Wrapping { providers, states: ProviderStates::default() };
        assert_eq!(wrapping.unbound(), [AGE, KMS]);
        for (binding, expected) in [(Binding::Bound, &[AGE, KMS][..]), (Binding::Unbound, &[AGE, KMS, BAO])] {
            wrapping.states.update(BAO, |state| state.binding = Some(binding));
            assert_eq!(wrapping.unbound(), expected);
        }
    }
}
