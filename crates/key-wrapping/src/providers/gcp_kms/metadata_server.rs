//! [`MetadataServer`]: access tokens of the service account that the cloud gives to this Pod. With GKE's workload identity that is the Pod's
//! own; without, the one of the node.

use crate::https::client::HttpsClient;
use crate::https::endpoint::Endpoint;
use crate::https::request::Request;
use crate::https::response::secret;
use crate::provider::environment::ProviderEnvironment;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::spec::ProviderSpecError;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use zeroize::Zeroizing;

/// The address of the server, which stays on the node. Its name is not looked up: whatever answers for it would be believed.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

const NAME: &str = "metadata.google.internal";

const PATH: &str = "/computeMetadata/v1/instance/service-accounts/default/token";

/// The server.
#[derive(Debug)]
pub(crate) struct MetadataServer {
    endpoint: Endpoint,
}

impl MetadataServer {
    /// At its address, or the one in `GCE_METADATA_HOST`.
    pub(crate) fn new(environment: &ProviderEnvironment) -> Result<Self, ProviderSpecError> {
        let host = environment.variable("GCE_METADATA_HOST").unwrap_or(NAME);
        let address = if host == NAME { ADDRESS.to_string() } else { host.to_owned() };
        let endpoint = Endpoint::http(&address, &[IpAddr::V4(ADDRESS)]).map_err(|_| {
            ProviderSpecError::Credentials("GCE_METADATA_HOST is not the metadata server, 169.254.169.254")
        })?;
        Ok(Self { endpoint })
    }

    /// A new token, and its lifetime.
    pub(crate) async fn obtain(
        &self,
        client: &HttpsClient,
    ) -> Result<(Zeroizing<String>, Option<Duration>), ProviderError> {
        let step = || format!("the metadata server at {} gave no access token", self.endpoint);
        self.fetch(client).await.map_err(|error| error.in_step(step()))
    }

    async fn fetch(
        &self,
        client: &HttpsClient,
    ) -> Result<(Zeroizing<String>, Option<Duration>), ProviderError> {
        let request = Request::get(PATH).header("metadata-flavor", HeaderValue::from_static("Google"));
        let response = client.send(&self.endpoint, &request).await?;
        if response.status != StatusCode::OK {
            let status = response.status.as_u16();
            let words = response.words(response.text().unwrap_or_default());
            return Err(ProviderError::new(kind(status), format!("{status}: {words}")));
        }
        if response.headers.get("metadata-flavor").is_none_or(|flavor| flavor != "Google") {
            let message = "what answers there is not Google's metadata server";
            return Err(ProviderError::new(ProviderErrorKind::Garbage, message));
        }
        let given: Given = response.json()?;
        Ok((given.access_token, Some(Duration::from_secs(given.expires_in))))
    }
}

/// 404: there is no service account, as long as none is associated.
fn kind(status: u16) -> ProviderErrorKind {
    match status {
        429 | 500..=599 => ProviderErrorKind::Unavailable,
        400..=499 => ProviderErrorKind::Denied,
        _ => ProviderErrorKind::Garbage,
    }
}

#[derive(Deserialize)]
struct Given {
    #[serde(deserialize_with = "secret")]
    access_token: Zeroizing<String>,
    expires_in: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_of_the_metadata_server_is_taken() {
        for (host, expected) in [
            ("", Some("http://169.254.169.254")),
            ("metadata.google.internal", Some("http://169.254.169.254")),
            ("169.254.169.254:80", Some("http://169.254.169.254")),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("10.0.0.1", None),
            ("evil.example", None),
        ] {
            let environment = ProviderEnvironment::default().with_variable("GCE_METADATA_HOST", host);
            let server = MetadataServer::new(&environment).ok().map(|server| server.endpoint.to_string());
            assert_eq!(server.as_deref(), expected, "{host}");
        }
    }
}
