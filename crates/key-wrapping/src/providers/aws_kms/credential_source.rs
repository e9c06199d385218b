//! [`CredentialSource`]: where the credentials of a request come from.
//!
//! In this order: of the environment, those of IRSA (IAM roles for service accounts), those of EKS Pod Identity. The first whose variables are
//! set counts, as in AWS' own clients.

use crate::https::client::HttpsClient;
use crate::https::endpoint::Endpoint;
use crate::provider::cached::{Cached, Obtained};
use crate::provider::environment::ProviderEnvironment;
use crate::provider::error::ProviderError;
use crate::provider::spec::ProviderSpecError;
use crate::providers::aws_kms::credentials::Credentials;
use crate::providers::aws_kms::pod_identity::PodIdentity;
use crate::providers::aws_kms::web_identity::WebIdentity;

/// Where credentials come from.
#[derive(Debug)]
pub(crate) enum CredentialSource {
    /// Variables of the environment.
    Environment(Credentials),
    WebIdentity(WebIdentity, Cached<Credentials>),
    PodIdentity(PodIdentity, Cached<Credentials>),
}

impl CredentialSource {
    /// `sts` is the endpoint of STS, where one is needed.
    pub(crate) fn new(
        sts: impl FnOnce() -> Result<Endpoint, ProviderSpecError>,
        environment: &ProviderEnvironment,
    ) -> Result<Self, ProviderSpecError> {
        if let Some(credentials) = Credentials::of(environment) {
            return Ok(Self::Environment(credentials));
        }
        if let Some(web_identity) = WebIdentity::new(sts, environment)? {
            return Ok(Self::WebIdentity(web_identity, Cached::default()));
        }
        if let Some(pod_identity) = PodIdentity::new(environment)? {
            return Ok(Self::PodIdentity(pod_identity, Cached::default()));
        }
        Err(ProviderSpecError::Credentials(
            "associate a role with the ServiceAccount by EKS Pod Identity or IRSA, and restart the Pod; or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ))
    }

    /// Credentials for a request.
    pub(crate) async fn obtain(&self, client: &HttpsClient) -> Result<Obtained<Credentials>, ProviderError> {
        match self {
            Self::Environment(credentials) => Ok(Obtained { value: credentials.clone(), is_cached: false }),
            Self::WebIdentity(web_identity, cached) => cached.get_or(web_identity.obtain(client)).await,
            Self::PodIdentity(pod_identity, cached) => cached.get_or(pod_identity.obtain(client)).await,
        }
    }

    /// Forgets credentials that were obtained earlier.
    pub(crate) fn forget(&self) {
        match self {
            Self::Environment(_) => {}
            Self::WebIdentity(_, cached) | Self::PodIdentity(_, cached) => cached.forget(),
        }
    }
}
