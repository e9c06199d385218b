//! Requests to renew a sealing key before it is due: [`RenewalRequest`] is one that a user made by the annotation [`RENEW`] on the
//! key's Secret; [`LocalRequests`] holds one that was made of this process by SIGUSR1 and could not be written there.
//!
//! The annotation is the way through the API: a user who may change that Secret may request it, every replica sees the request, and it
//! survives a crash. A newer key fulfils it, so a request has no further effect and the annotation may stay. The leader removes it
//! where it is allowed to ([`remove_annotation`]): were the newer key deleted one day, the request would seem to be open again.
//!
//! A key that is dated in the future has no newer key until that date comes; but a list shows it as the newest, so users
//! annotate it. Decided: the Secret of a new key names the requests that it fulfils in another annotation, instead of the
//! controller removing the request, which may be forbidden or interrupted: one request would make one key after another. So a
//! second request for such a key counts if its annotation has another value; this program and kubeseal-rs write the time.

use crate::process::backoff::Backoff;
use crate::process::error_chain::chain;
use api::ObservedMetadata;
use api::sealing_key::RENEW;
use envelope::Fingerprint;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::time::Duration;
use tokio::sync::watch;

/// The annotation on a new key's Secret that names the requests it fulfils, separated by spaces.
pub(crate) const FULFILS: &str = "sealedsecrets.bitnami.com/answers";

/// Attempts to write the annotation, after the first.
const RETRIES: usize = 5;
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(4));

/// A request to renew a key, by annotation: a digest of the key's fingerprint and the annotation's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RenewalRequest(u64);

impl RenewalRequest {
    pub(crate) fn new(key: Fingerprint, value: &str) -> Self {
        let digest = Sha256::digest(format!("{key} {value}"));
        Self(digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The request on this key's own Secret.
    pub(crate) fn on(metadata: &ObjectMeta, key: Fingerprint) -> Option<Self> {
        metadata.annotations.as_ref()?.get(RENEW).map(|value| Self::new(key, value))
    }

    /// The requests that a Secret says it fulfils.
    pub(crate) fn fulfilled_by(metadata: &ObjectMeta) -> Vec<Self> {
        let text = metadata.annotations.as_ref().and_then(|all| all.get(FULFILS));
        let words = text.map(String::as_str).unwrap_or_default().split_whitespace();
        words.filter_map(|word| u64::from_str_radix(word, 16).ok()).map(Self).collect()
    }

    /// The value of [`FULFILS`] for these requests; None if there are none.
    pub(crate) fn annotation(fulfilled: &[Self]) -> Option<String> {
        let words: Vec<String> = fulfilled.iter().map(Self::to_string).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

impl fmt::Display for RenewalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A request that only this process knows: to renew this key, or to make one where there was none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalRequest {
    pub key: Option<Fingerprint>,
}

/// The last [`LocalRequest`], until it is fulfilled.
#[derive(Debug, Default)]
pub(crate) struct LocalRequests(watch::Sender<Option<LocalRequest>>);

impl LocalRequests {
    pub(crate) fn request(&self, key: Option<Fingerprint>) {
        self.0.send_replace(Some(LocalRequest { key }));
    }

    /// Marks a request as fulfilled. A request that was made since then stays.
    pub(crate) fn fulfil(&self, request: Option<LocalRequest>) {
        self.0.send_if_modified(|open| request.is_some() && *open == request && open.take().is_some());
    }

    /// Changes the open request, which wakes no receiver, and returns it.
    pub(crate) fn update(&self, update: impl FnOnce(LocalRequest) -> LocalRequest) -> Option<LocalRequest> {
        self.0.send_if_modified(|open| {
            *open = open.map(update);
            false
        });
        *self.0.borrow()
    }

    /// Notified of each new request.
    pub(crate) fn changes(&self) -> watch::Receiver<Option<LocalRequest>> {
        self.0.subscribe()
    }
}

/// Requests a renewal by annotation, again where that fails for a while. Two such requests for one key make one new key.
pub(crate) async fn annotate(client: &Client, namespace: &str, secret: &str) -> kube::Result<()> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut delays = BACKOFF.take(RETRIES);
    loop {
        let Err(error) = set_annotation(client, namespace, secret, Some(&now)).await else { return Ok(()) };
        let is_final = matches!(&error, kube::Error::Api(status) if matches!(status.code, 401 | 403 | 404));
        match delays.next().filter(|_| !is_final) {
            Some(delay) => tokio::time::sleep(delay).await,
            None => return Err(error),
        }
    }
}

/// Removes the annotation of a fulfilled request. Best effort: it has no effect while the newer key is there.
pub(crate) async fn remove_annotation(client: &Client, namespace: &str, secret: &str) {
    match set_annotation(client, namespace, secret, None).await {
        Ok(()) => tracing::debug!(secret, "removed the annotation that requested a renewal: it is done"),
        Err(kube::Error::Api(status)) if status.is_not_found() => {}
        Err(error) => {
            let error = chain(&error);
            tracing::debug!(secret, error, "removing the annotation that requested a renewal failed");
        }
    }
}

async fn set_annotation(
    client: &Client,
    namespace: &str,
    secret: &str,
    value: Option<&str>,
) -> kube::Result<()> {
    let patch = Patch::Merge(json!({ "metadata": { "annotations": { RENEW: value } } }));
    // Only the metadata is returned, which holds nothing private; the whole Secret would hold the key.
    let secrets = Api::<ObservedMetadata<Secret>>::namespaced(client.clone(), namespace);
    secrets.patch(secret, &PatchParams::default(), &patch).await.map(drop)
}

#[cfg(test)]
mod tests;
