//! [`connect`]: the providers that the flags name.

use crate::client::cluster::Cluster;
use crate::config::key_wrapping::KeyWrapping;
use crate::keys::unwrapping::provider_states::ProviderStates;
use crate::keys::unwrapping::token_requests::TokenRequests;
use key_wrapping::{KeyProviders, KeyWrapper, ProviderEnvironment, ProviderSpec, ProviderSpecError};
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
