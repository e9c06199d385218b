//! [`Authorizer`]: whether a request passes the rate limit for strangers.

use crate::client::api_timeout::with_timeout;
use crate::http::authorization::reviews::{may_reseal, review_token};
use crate::http::authorization::verified::{Grant, TokenDigest, VerifiedTokens};
use crate::process::error_chain::chain;
use api::reseal_token::HEADER;
use axum::http::HeaderMap;
use kube::Client;
use parking_lot::Mutex;
use serde::Deserialize;
use std::sync::Once;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The longest name of a namespace.
const LONGEST_NAMESPACE: usize = 63;

/// The longest token. Those of service accounts have about 1 KiB.
const LONGEST_TOKEN: usize = 8 << 10;

/// How long a request waits while the API server is asked for others, and how long all answers to its own questions may take. The API
/// server answers in milliseconds, unless it asks a slow webhook.
const LONGEST: Duration = Duration::from_secs(3);

/// Decides by the API server's answers, which it remembers.
pub(crate) struct Authorizer {
    client: Client,
    verified: Mutex<VerifiedTokens>,
    /// Held while the API server is asked: of requests that come at once with the same token, one asks.
    asking: tokio::sync::Mutex<()>,
    /// [`LONGEST`], except in tests.
    longest: Duration,
}

/// How a request is admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// It passes the limit for strangers.
    Authorized,
    /// It has no token.
    Stranger,
    /// Its token was not accepted; the request was counted as a stranger's before the API server was asked.
    NotAccepted,
    /// Its token is not known, and the API server cannot be asked: strangers' requests are too many, or it answers slowly.
    TooMany,
}

impl Authorizer {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, verified: Mutex::default(), asking: tokio::sync::Mutex::default(), longest: LONGEST }
    }

    /// Whether the request's token is known to have the permission. It asks and reads no more than it must: any client may send a token.
    pub(crate) fn remembers(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        token_of(headers).is_some_and(|token| self.has_granted(TokenDigest::of(token), body))
    }

    /// Who sends the request. `count` counts a stranger's request, and returns false if there are too many: an unknown token makes the API
    /// server work, so it counts before the API server is asked.
    pub(crate) async fn caller(&self, headers: &HeaderMap, body: &[u8], count: impl Fn() -> bool) -> Caller {
        if !headers.contains_key(HEADER) {
            return Caller::Stranger;
        }
        let Some(token) = token_of(headers) else {
            return if count() { Caller::NotAccepted } else { Caller::TooMany };
        };
        let digest = TokenDigest::of(token);
        let Ok(_asking) = timeout(self.longest, self.asking.lock()).await else { return Caller::TooMany };
        if self.has_granted(digest, body) {
            return Caller::Authorized;
        }
        if !count() {
            return Caller::TooMany;
        }
        match with_timeout(self.longest, self.review(token, digest, namespace_of(body))).await {
            Ok(true) => Caller::Authorized,
            Ok(false) => Caller::NotAccepted,
            Err(error) => {
                report(&error);
                Caller::NotAccepted
            }
        }
    }

    /// The body is read only for a known token, because a stranger's may be large.
    fn has_granted(&self, digest: TokenDigest, body: &[u8]) -> bool {
        let now = Instant::now();
        let grants = |namespace: Option<&str>| self.verified.lock().grants(digest, namespace, now);
        let is_known = || self.verified.lock().user(digest, now).is_some();
        grants(None) || is_known() && namespace_of(body).is_some_and(|namespace| grants(Some(&namespace)))
    }

    async fn review(
        &self,
        token: &str,
        digest: TokenDigest,
        namespace: Option<String>,
    ) -> kube::Result<bool> {
        let known = self.verified.lock().user(digest, Instant::now());
        let is_new = known.is_none();
        let user = match known {
            Some(user) => Some(user),
            None => review_token(&self.client, token).await?,
        };
        let Some(user) = user else { return Ok(false) };
        // The chart grants it in all namespaces: one question, whatever the number of namespaces.
        let grant = if is_new && may_reseal(&self.client, &user, None).await? {
            Grant::Everywhere
        } else {
            match namespace {
                Some(namespace) if may_reseal(&self.client, &user, Some(&namespace)).await? => {
                    Grant::Namespace(namespace)
                }
                _ => return Ok(false),
            }
        };
        self.verified.lock().add(digest, user, grant, Instant::now());
        Ok(true)
    }
}

/// The token of a request. None if it has none, or what is none.
fn token_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(HEADER)?.to_str().ok().filter(|token| token.len() <= LONGEST_TOKEN)
}

/// Once: the permission is missing for every request.
fn report(error: &kube::Error) {
    static FORBIDDEN: Once = Once::new();
    match error {
        kube::Error::Api(status) if status.is_forbidden() => FORBIDDEN.call_once(|| {
            tracing::warn!(
                error = chain(error),
                hint = "grant `create` on tokenreviews.authentication.k8s.io and subjectaccessreviews.authorization.k8s.io, as the chart's \
                        ClusterRole does",
                "the tokens of clients cannot be checked: all clients are rate-limited"
            );
        }),
        _ => tracing::debug!(error = chain(error), "the token of a client could not be checked"),
    }
}

/// The namespace of an object in JSON, which is what kubeseal-rs sends.
fn namespace_of(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Object {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        namespace: String,
    }
    let Object { metadata } = serde_json::from_slice(body).ok()?;
    Some(metadata.namespace).filter(|namespace| !namespace.is_empty() && namespace.len() <= LONGEST_NAMESPACE)
}

#[cfg(test)]
mod tests;
