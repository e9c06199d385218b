//! Renewal that is asked for: SIGUSR1, and the annotation [`RENEW`] on the newest key's Secret, or on that of a key from the
//! future, which a list shows as the newest ([`ask`](crate::keys::renewal_request::annotation)).
//!
//! The annotation is the way through the API: a user who may change that Secret may ask, every replica sees it, and a crash does
//! not forget it. A newer key answers it; so asking is idempotent, and the annotation may stay. The leader takes it off
//! where it may ([`withdraw`]): should the newer key be deleted one day, it would seem to be asked for again.
//!
//! SIGUSR1 sets the annotation ([`listen`](crate::keys::renewal_request::listen)), so that it does not matter which replica gets it. Where the API server
//! does not let us (upstream's chart gives no `patch`), does not answer for long, or where there is no key to ask about, it is
//! remembered in this process ([`Asking`]), until this process leads.

use crate::client::api_timeout::API_TIMEOUT;
use crate::keys::renewal::observed::Observed;
use crate::keys::renewal::plan::Asked;
use crate::keys::renewal::schedule::Rules;
use crate::process::error_chain::chain;
use api::ObservedMetadata;
use api::sealing_key::RENEW;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// Between two tries: at first, and at the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// What was asked of this process, until it is done.
#[derive(Debug)]
pub(crate) struct Asking(watch::Sender<Option<Asked>>);

impl Default for Asking {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Asking {
    /// What is asked for now.
    pub(crate) fn now(&self) -> Option<Asked> {
        *self.0.borrow()
    }

    /// Yields when something is asked.
    pub(crate) fn changes(&self) -> watch::Receiver<Option<Asked>> {
        self.0.subscribe()
    }

    /// It is done, unless something else was asked meanwhile.
    pub(crate) fn done(&self, asked: Option<Asked>) {
        self.0.send_if_modified(|now| asked.is_some() && *now == asked && now.take().is_some());
    }

    /// What is asked for now, of the key that renewal goes by.
    pub(crate) fn of_the_present(&self, seen: &Observed, rules: &Rules, now: Timestamp) -> Option<Asked> {
        self.0.send_if_modified(|asked| {
            *asked = asked.map(|asked| asked.of_the_present(seen, rules, now));
            // Nothing else is asked.
            false
        });
        self.now()
    }

    pub(crate) fn ask(&self, asked: Asked) {
        self.0.send_replace(Some(asked));
    }
}

/// Asks through the API, again if it does not work at once. To ask twice is to ask once.
pub(crate) async fn annotate(client: &Client, namespace: &str, key: &str) -> Result<(), kube::Error> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut pause = FIRST_PAUSE;
    loop {
        let Err(error) = set(client, namespace, key, Some(&now)).await else { return Ok(()) };
        let is_final = matches!(&error, kube::Error::Api(status) if matches!(status.code, 401 | 403 | 404));
        if is_final || pause > LONGEST_PAUSE {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// Takes an answered annotation off. Best effort: while the newer key is there, nothing follows from the annotation.
pub(crate) async fn withdraw(client: &Client, namespace: &str, key: &str) {
    match set(client, namespace, key, None).await {
        Ok(()) => tracing::debug!(secret = key, "its renewal is done, and not asked for any more"),
        Err(kube::Error::Api(status)) if status.is_not_found() => {
            tracing::debug!(secret = key, "the key is gone, and with it the annotation");
        }
        Err(error) => tracing::debug!(secret = key, error = chain(&error), "the annotation stays"),
    }
}

/// Sets the annotation, or takes it off.
async fn set(client: &Client, namespace: &str, key: &str, value: Option<&str>) -> Result<(), kube::Error> {
    let patch = Patch::Merge(json!({ "metadata": { "annotations": { RENEW: value } } }));
    // The answer would be the whole Secret; of its metadata nothing is private.
    let secrets = Api::<ObservedMetadata<Secret>>::namespaced(client.clone(), namespace);
    let patched = timeout(API_TIMEOUT, secrets.patch(key, &PatchParams::default(), &patch)).await;
    patched.map_err(|_| kube::Error::Service("no answer in time".into()))?.map(drop)
}

#[cfg(test)]
mod tests;
