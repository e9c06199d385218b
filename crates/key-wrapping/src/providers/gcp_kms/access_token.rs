//! [`AccessTokens`]: where the access token of a request comes from.

use crate::https::client::HttpsClient;
use crate::provider::cached::{Cached, Obtained};
use crate::provider::environment::ProviderEnvironment;
use crate::provider::error::ProviderError;
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use crate::providers::gcp_kms::metadata_server::MetadataServer;
use crate::providers::gcp_kms::service_account::ServiceAccountKey;
use zeroize::Zeroizing;

/// Where access tokens come from, and the last one.
#[derive(Debug)]
pub(crate) struct AccessTokens {
    source: Source,
    cached: Cached<Zeroizing<String>>,
}

#[derive(Debug)]
enum Source {
    /// A service account, whose key is in a file.
    Key(ServiceAccountKey),
    /// The service account that the cloud gives to this Pod.
    Metadata(MetadataServer),
}

impl AccessTokens {
    /// Of the file that an option or the variable of Google's own clients names; else of the metadata server.
    pub(crate) fn new(
        spec: &ProviderSpec,
        environment: &ProviderEnvironment,
    ) -> Result<Self, ProviderSpecError> {
        let file = spec
            .option("credentials-file")
            .or_else(|| environment.variable("GOOGLE_APPLICATION_CREDENTIALS"));
        let source = match file {
            Some(file) => Source::Key(ServiceAccountKey::new(file)?),
            None => Source::Metadata(MetadataServer::new(environment)?),
        };
        Ok(Self { source, cached: Cached::default() })
    }

    /// A token for a request.
    pub(crate) async fn obtain(
        &self,
        client: &HttpsClient,
    ) -> Result<Obtained<Zeroizing<String>>, ProviderError> {
        match &self.source {
            Source::Key(key) => self.cached.get_or(async { key.sign() }).await,
            Source::Metadata(server) => self.cached.get_or(server.obtain(client)).await,
        }
    }

    /// Forgets a token that was obtained earlier.
    pub(crate) fn forget(&self) {
        self.cached.forget();
    }
}
