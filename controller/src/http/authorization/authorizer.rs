//! [`Authorizer`]: whether a request passes the rate limit for strangers.

use crate::http::authorization::reviews::{may_reseal, review_token};
use crate::http::authorization::verified::{Grant, TokenDigest, VerifiedTokens};
use crate::process::error_chain::chain;
use api::reseal_token::HEADER;
use axum::http::HeaderMap;
use kube::Client;
use parking_lot::Mutex;
use serde::Deserialize;
use std::sync::Once;
use std::time::Instant;

/// The longest name of a namespace.
const LONGEST_NAMESPACE: usize = 63;

/// Decides by the API server's answers, which it remembers.
pub(crate) struct Authorizer {
    client: Client,
    verified: Mutex<VerifiedTokens>,
    /// Held while the API server is asked: of requests that come at once with the same token, one asks.
    asking: tokio::sync::Mutex<()>,
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
    /// Its token is not known, and strangers' requests are too many to ask the API server.
    TooMany,
}

impl Authorizer {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, verified: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    /// Who sends the request. `count` counts a stranger's request, and returns false if there are too many: an unknown token makes the API
    /// server work, so it counts before the API server is asked.
    pub(crate) async fn caller(&self, headers: &HeaderMap, body: &[u8], count: impl Fn() -> bool) -> Caller {
        let Some(token) = headers.get(HEADER) else { return Caller::Stranger };
        let Ok(token) = token.to_str() else {
            return if count() { Caller::NotAccepted } else { Caller::TooMany };
        };
        let digest = TokenDigest::of(token);
        let namespace = namespace_of(body);
        let is_known = || self.verified.lock().grants(digest, namespace.as_deref(), Instant::now());
        if is_known() {
            return Caller::Authorized;
        }
        let _asking = self.asking.lock().await;
        if is_known() {
            return Caller::Authorized;
        }
        if !count() {
            return Caller::TooMany;
        }
        match self.review(token, digest, namespace.as_deref()).await {
            Ok(true) => Caller::Authorized,
            Ok(false) => Caller::NotAccepted,
            Err(error) => {
                report(&error);
                Caller::NotAccepted
            }
        }
    }

    async fn review(&self, token: &str, digest: TokenDigest, namespace: Option<&str>) -> kube::Result<bool> {
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
                Some(namespace) if may_reseal(&self.client, &user, Some(namespace)).await? => {
                    Grant::Namespace(namespace.to_owned())
                }
                _ => Grant::Nothing,
            }
        };
        let granted = grant != Grant::Nothing;
        self.verified.lock().add(digest, user, grant, Instant::now());
        Ok(granted)
    }
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
