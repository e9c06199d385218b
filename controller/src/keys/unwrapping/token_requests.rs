//! [`TokenRequests`]: tokens of the controller's own ServiceAccount, by the API server's TokenRequest, for a provider that asks the API server
//! whose they are.

use futures::future::BoxFuture;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use key_wrapping::TokenSource;
use kube::api::PostParams;
use kube::{Api, Client};
use std::error::Error;
use std::fmt;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

/// How long a token is valid, in seconds: the shortest that the API server gives.
const SECONDS: i64 = 600;

/// Asks the API server for tokens.
pub(crate) struct TokenRequests {
    client: Client,
    namespace: String,
    account: OnceCell<String>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
enum TokenError {
    #[error("the API server does not know this controller as a ServiceAccount of the namespace {0}")]
    NoServiceAccount(String),
    #[error("the API server answered without a token")]
    NoToken,
}

impl TokenRequests {
    pub(crate) fn new(client: Client, namespace: &str) -> Self {
        Self { client, namespace: namespace.to_owned(), account: OnceCell::new() }
    }

    async fn request(&self, audience: &str) -> Result<Zeroizing<String>, Box<dyn Error + Send + Sync>> {
        let account = self.account.get_or_try_init(|| self.own_account()).await?;
        let accounts = Api::<ServiceAccount>::namespaced(self.client.clone(), &self.namespace);
        let spec = TokenRequestSpec {
            audiences: vec![audience.to_owned()],
            expiration_seconds: Some(SECONDS),
            ..TokenRequestSpec::default()
        };
        let request = TokenRequest { spec, ..TokenRequest::default() };
        let parameters = PostParams::default();
        let creating = accounts.create_token_request(account, &parameters, &request);
        let status = creating.await?.status;
        Ok(Zeroizing::new(status.ok_or(TokenError::NoToken)?.token))
    }

    /// The name of the ServiceAccount, as the API server knows this client.
    async fn own_account(&self) -> Result<String, Box<dyn Error + Send + Sync>> {
        use k8s_openapi::api::authentication::v1::SelfSubjectReview;
        let reviews = Api::<SelfSubjectReview>::all(self.client.clone());
        let (parameters, review) = (PostParams::default(), SelfSubjectReview::default());
        let reviewing = reviews.create(&parameters, &review);
        let user = reviewing.await?.status.and_then(|status| status.user_info);
        let name = user.and_then(|user| user.username).unwrap_or_default();
        let account = name.strip_prefix(&format!("system:serviceaccount:{}:", self.namespace));
        Ok(account.ok_or_else(|| TokenError::NoServiceAccount(self.namespace.clone()))?.to_owned())
    }
}

impl TokenSource for TokenRequests {
    fn token<'a>(
        &'a self,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Zeroizing<String>, Box<dyn Error + Send + Sync>>> {
        Box::pin(self.request(audience))
    }
}

impl fmt::Debug for TokenRequests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenRequests({})", self.namespace)
    }
}
