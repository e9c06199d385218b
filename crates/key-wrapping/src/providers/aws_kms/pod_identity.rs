//! [`PodIdentity`]: credentials of a role from the agent of EKS Pod Identity on the node.

use crate::https::client::HttpsClient;
use crate::https::endpoint::Endpoint;
use crate::https::request::Request;
use crate::https::response::secret;
use crate::provider::environment::ProviderEnvironment;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::spec::ProviderSpecError;
use crate::provider::token_file;
use crate::providers::aws_kms::credentials::{Credentials, lifetime};
use http::{StatusCode, Uri};
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// Addresses of the agent, which stay on the node.
const AGENT: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
];

/// The agent, and the token that stands for the ServiceAccount.
#[derive(Debug)]
pub(crate) struct PodIdentity {
    endpoint: Endpoint,
    path: String,
    token_file: PathBuf,
}

impl PodIdentity {
    /// None without the variables that EKS sets in the Pod.
    pub(crate) fn new(environment: &ProviderEnvironment) -> Result<Option<Self>, ProviderSpecError> {
        let variable = |name| environment.variable(name);
        let (Some(uri), Some(token_file)) = (
            variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
            variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
        ) else {
            return Ok(None);
        };
        let (endpoint, path) = parsed(uri).ok_or(ProviderSpecError::Credentials(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is not the address of the agent of EKS Pod Identity, 169.254.170.23 or [fd00:ec2::23]",
        ))?;
        Ok(Some(Self { endpoint, path, token_file: token_file.into() }))
    }

    /// New credentials, and their lifetime.
    pub(crate) async fn obtain(
        &self,
        client: &HttpsClient,
    ) -> Result<(Credentials, Option<Duration>), ProviderError> {
        let step = || format!("the agent of EKS Pod Identity at {} gave no credentials", self.endpoint);
        self.fetch(client).await.map_err(|error| error.in_step(step()))
    }

    async fn fetch(&self, client: &HttpsClient) -> Result<(Credentials, Option<Duration>), ProviderError> {
        let token = token_file::read(&self.token_file)?;
        let request = Request::get(&self.path).secret_header("authorization", &token)?;
        let response = client.send(&self.endpoint, &request).await?;
        if response.status != StatusCode::OK {
            let status = response.status.as_u16();
            let message = format!("{status}: {}", response.words(response.text().unwrap_or_default()));
            return Err(ProviderError::new(kind(status), message));
        }
        let answer: Answer = response.json()?;
        let garbage =
            || ProviderError::new(ProviderErrorKind::Garbage, "the date until when they are valid is none");
        let lifetime = lifetime(&answer.expiration).ok_or_else(garbage)?;
        let credentials = Credentials {
            access_key_id: answer.access_key_id,
            secret_access_key: answer.secret_access_key,
            session_token: Some(answer.token),
        };
        Ok((credentials, Some(lifetime)))
    }
}

/// An address of the agent, or of this machine.
fn parsed(uri: &str) -> Option<(Endpoint, String)> {
    let uri: Uri = uri.parse().ok()?;
    let endpoint =
        (uri.scheme_str() == Some("http")).then(|| Endpoint::http(uri.authority()?.as_str(), &AGENT).ok())?;
    Some((endpoint?, uri.path_and_query()?.to_string()))
}

fn kind(status: u16) -> ProviderErrorKind {
    match status {
        429 | 500..=599 => ProviderErrorKind::Unavailable,
        400..=499 => ProviderErrorKind::Denied,
        _ => ProviderErrorKind::Garbage,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    #[serde(deserialize_with = "secret")]
    secret_access_key: Zeroizing<String>,
    #[serde(deserialize_with = "secret")]
    token: Zeroizing<String>,
    expiration: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_agent_are_taken() {
        for (uri, expected) in [
            ("http://169.254.170.23/v1/credentials", Some("http://169.254.170.23")),
            ("http://[fd00:ec2::23]/v1/credentials", Some("http://[fd00:ec2::23]")),
            ("http://127.0.0.1:8080/v1/credentials", Some("http://127.0.0.1:8080")),
            ("http://169.254.169.254/latest/meta-data", None),
            ("http://evil.example/v1/credentials", None),
            ("https://169.254.170.23/v1/credentials", None),
            ("/v1/credentials", None),
        ] {
            let endpoint = parsed(uri).map(|(endpoint, _)| endpoint.to_string());
            assert_eq!(endpoint.as_deref(), expected, "{uri}");
        }
    }
}
