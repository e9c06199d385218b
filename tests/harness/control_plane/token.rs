//! Tokens of service accounts, through the TokenRequest API, as kubelets request them.

use anyhow::{Context as _, Result};
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Client;
use kube::api::{Api, PostParams};

/// Longer than any test run, so that no token must be renewed.
const ONE_DAY: i64 = 24 * 60 * 60;

/// A token for `audience`, or for the API server.
pub(crate) async fn request(
    client: Client,
    namespace: &str,
    service_account: &str,
    audience: Option<&str>,
) -> Result<String> {
    let accounts: Api<ServiceAccount> = Api::namespaced(client, namespace);
    let audiences = audience.into_iter().map(str::to_owned).collect();
    let spec =
        TokenRequestSpec { audiences, expiration_seconds: Some(ONE_DAY), ..TokenRequestSpec::default() };
    let request = TokenRequest { spec, ..TokenRequest::default() };
    let answer = accounts
        .create_token_request(service_account, &PostParams::default(), &request)
        .await
        .with_context(|| format!("no token for service account {service_account} in {namespace}"))?;
    Ok(answer.status.context("the API server's TokenRequest has no token in it")?.token)
}
