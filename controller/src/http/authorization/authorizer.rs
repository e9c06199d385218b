//! [`Authorizer`]: whether a request passes the rate limit for strangers.
//!
//! Each question to the API server is a task of its own, one at a time for a token. It goes on when the request that waits for it has
//! waited too long, so that the next request with the token finds the answer of a slow API server.
//!
//! Decided: two budgets of questions. Any client may send tokens, and use up the one for unknown tokens; no stranger uses up the one for
//! tokens that were granted something before.

use crate::http::authorization::budget::Budget;
use crate::http::authorization::reviews::{may_reseal, review_token};
use crate::http::authorization::verified::{Grant, TokenDigest, VerifiedTokens};
use crate::process::error_chain::chain;
use api::reseal_token::HEADER;
use axum::http::HeaderMap;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use kube::Client;
use parking_lot::Mutex;
use serde::Deserialize;
use std::collections::HashMap;
use std::num::NonZero;
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The longest name of a namespace.
const LONGEST_NAMESPACE: usize = 63;

/// The longest token. Those of service accounts have about 1 KiB.
const LONGEST_TOKEN: usize = 8 << 10;

/// How long a request waits for the API server's answers. It answers in milliseconds, unless it asks a slow webhook.
const LONGEST: Duration = Duration::from_secs(3);

/// How long all requests for one token may take, with what they wait for before they are sent: others wait for their place.
const LONGEST_REVIEW: Duration = Duration::from_secs(30);

/// Questions about unknown tokens: per second, and at the same time.
const UNKNOWN: (NonZero<u32>, usize) = (NonZero::new(4).unwrap(), 4);

/// Questions about known tokens: per second, and at the same time.
const KNOWN: (NonZero<u32>, usize) = (NonZero::new(20).unwrap(), 8);

/// A question to the API server, until it is answered.
type Review = Shared<BoxFuture<'static, ()>>;

/// Decides by the API server's answers, which it remembers.
pub(crate) struct Authorizer {
    client: Client,
    verified: Mutex<VerifiedTokens>,
    reviews: Mutex<HashMap<TokenDigest, Review>>,
    unknown: Budget,
    known: Budget,
    /// [`LONGEST`], except in tests.
    longest: Duration,
}

impl Authorizer {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            verified: Mutex::default(),
            reviews: Mutex::default(),
            unknown: Budget::new(UNKNOWN.0, UNKNOWN.1),
            known: Budget::new(KNOWN.0, KNOWN.1),
            longest: LONGEST,
        }
    }

    /// Whether the request's token was granted something before. Strangers take no place of a client that has one.
    pub(crate) fn knows(&self, headers: &HeaderMap) -> bool {
        let digest = token_of(headers).map(TokenDigest::of);
        digest.is_some_and(|digest| self.verified.lock().knows(digest, Instant::now()))
    }

    /// Whether the request passes the limit for strangers. Where that is known, it does not wait.
    pub(crate) async fn passes(self: &Arc<Self>, headers: &HeaderMap, body: &[u8]) -> bool {
        let Some(token) = token_of(headers) else { return false };
        timeout(self.longest, self.decided(token, body)).await.unwrap_or(false)
    }

    async fn decided(self: &Arc<Self>, token: &str, body: &[u8]) -> bool {
        let digest = TokenDigest::of(token);
        loop {
            if let Some(is_due) = self.has_granted(digest, body) {
                if is_due {
                    // Nothing waits for it.
                    self.review(token, digest, body);
                }
                return true;
            }
            let Some((review, is_own)) = self.review(token, digest, body) else { return false };
            review.await;
            // That of another request may have been for another namespace.
            if is_own {
                return self.has_granted(digest, body).is_some();
            }
        }
    }

    /// None if it is not granted, as far as is known; else whether it is to be asked for again. The body is read only for a known token,
    /// because a stranger's may be large.
    fn has_granted(&self, digest: TokenDigest, body: &[u8]) -> Option<bool> {
        let now = Instant::now();
        let grants = |grant: &Grant| self.verified.lock().grants(digest, grant, now);
        if let Some(is_due) = grants(&Grant::Everywhere) {
            return Some(is_due);
        }
        let is_known = self.verified.lock().knows(digest, now);
        let namespace = if is_known { namespace_of(body) } else { None };
        grants(&Grant::Namespace(namespace?))
    }

    /// The question that is asked about this token, and whether it is this request's own. None if too many are asked.
    fn review(self: &Arc<Self>, token: &str, digest: TokenDigest, body: &[u8]) -> Option<(Review, bool)> {
        let mut reviews = self.reviews.lock();
        if let Some(review) = reviews.get(&digest) {
            return Some((review.clone(), false));
        }
        let is_known = self.verified.lock().knows(digest, Instant::now());
        let permit = if is_known { &self.known } else { &self.unknown }.take()?;
        let (this, token, namespace) = (Arc::clone(self), token.to_owned(), namespace_of(body));
        let task = tokio::spawn(async move {
            let _permit = permit;
            match timeout(LONGEST_REVIEW, this.review_grants(&token, digest, namespace)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report(&error),
                Err(_) => tracing::debug!("the API server did not review the token of a client in time"),
            }
            this.reviews.lock().remove(&digest);
        });
        let review = task.map(drop).boxed().shared();
        reviews.insert(digest, review.clone());
        Some((review, true))
    }

    /// Asks the API server, and remembers what it grants, and that it grants something no more.
    async fn review_grants(
        &self,
        token: &str,
        digest: TokenDigest,
        namespace: Option<String>,
    ) -> kube::Result<()> {
        let now = Instant::now();
        let fresh = self.verified.lock().user(digest, now);
        let accepted = match fresh {
            Some(fresh) => Some(fresh),
            None => review_token(&self.client, token).await?.map(|user| (user, now)),
        };
        let Some((user, at)) = accepted else {
            self.verified.lock().forget(digest);
            return Ok(());
        };
        // The chart grants it in all namespaces: one question, whatever the number of namespaces.
        let everywhere = (!self.verified.lock().is_of_namespaces(digest)).then_some(Grant::Everywhere);
        for grant in everywhere.into_iter().chain(namespace.map(Grant::Namespace)) {
            let namespace = match &grant {
                Grant::Everywhere => None,
                Grant::Namespace(namespace) => Some(namespace.as_str()),
            };
            if may_reseal(&self.client, &user, namespace).await? {
                self.verified.lock().add(digest, user, at, grant);
                break;
            }
            self.verified.lock().revoke(digest, &grant);
        }
        Ok(())
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
