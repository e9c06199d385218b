//! `watch_foreign_namespace`: rejects Secrets that are labelled as sealing keys outside the controller's namespace. They never
//! count: a backup was restored into the wrong namespace, or a tenant tries to smuggle a key in.
//!
//! Decided: a watch of its own, of metadata only and selected by the API server, which shows next to nothing and costs as much;
//! instead of the watch of all Secrets, which would have to keep their labels for it.

use crate::client::watch_config::{watch_backoff, watch_config};
use crate::events::about::About;
use crate::keys::store::rejections::{Rejection, RejectionReason, Rejections, SeenBy};
use crate::process::error_chain::chain;
use api::ObservedMetadata;
use api::sealing_key::{ACTIVE, LABEL};
use futures::StreamExt as _;
use k8s_openapi::api::core::v1::Secret;
use kube::runtime::watcher::Event;
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Watches one namespace, or with None all but the controller's own, until this future is dropped.
pub(crate) async fn watch_foreign_namespace(
    client: Client,
    own_namespace: String,
    namespace: Option<String>,
    rejections: Arc<Rejections>,
) {
    let labelled = watch_config().labels(&format!("{LABEL}={ACTIVE}"));
    let (secrets, selected) = match &namespace {
        Some(namespace) => (Api::<ObservedMetadata<Secret>>::namespaced(client, namespace), labelled),
        None => (Api::all(client), labelled.fields(&format!("metadata.namespace!={own_namespace}"))),
    };
    let mut events = watcher(secrets, selected).backoff(watch_backoff()).boxed();
    let seen_by = SeenBy::ForeignWatch(namespace);
    let mut foreign = ForeignSecrets::default();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                if foreign.apply(event) {
                    rejections.replace(seen_by.clone(), foreign.rejections(&own_namespace));
                }
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(error, "watching for sealing keys in other namespaces failed; trying again");
            }
        }
    }
}

/// The Secrets that the watch has shown, by namespace and name.
#[derive(Debug, Default)]
struct ForeignSecrets {
    current: BTreeMap<(String, String), About>,
    /// Those of a list that is not complete yet.
    incoming: BTreeMap<(String, String), About>,
}

impl ForeignSecrets {
    /// Returns whether `current` has changed.
    fn apply(&mut self, event: Event<ObservedMetadata<Secret>>) -> bool {
        let entry = |secret: &ObservedMetadata<Secret>| {
            let about = About::secret(secret);
            ((about.namespace.clone(), about.name.clone()), about)
        };
        match event {
            Event::Init => self.incoming.clear(),
            Event::InitApply(secret) => self.incoming.extend([entry(&secret)]),
            Event::InitDone => {
                self.current = std::mem::take(&mut self.incoming);
                return true;
            }
            Event::Apply(secret) => {
                self.current.extend([entry(&secret)]);
                return true;
            }
            Event::Delete(secret) => return self.current.remove(&entry(&secret).0).is_some(),
        }
        false
    }

    fn rejections(&self, own_namespace: &str) -> Vec<Rejection> {
        let rejection = |about: &About| Rejection {
            about: about.clone(),
            reason: RejectionReason::Namespace,
            message: format!("only Secrets in the controller's own namespace, {own_namespace}, are"),
        };
        self.current.values().map(rejection).collect()
    }
}
