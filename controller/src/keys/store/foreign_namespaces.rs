//! `watch_elsewhere`: finds Secrets outside the controller's namespace that are labelled as sealing keys. They never count:
//! a backup was restored into the wrong namespace, or a tenant tries to smuggle a key in.
//!
//! A watch of its own, of metadata alone and selected by the API server, which shows next to nothing and costs as much. The
//! watch of all Secrets would have to keep labels for it.

use crate::client::watch_config::{watch_backoff, watch_config};
use crate::events::about::About;
use crate::keys::store::rejected::{Reason, Refusal};
use crate::keys::store::rejections::{Finder, Refusals};
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

/// Follows them in one namespace, or with None in all but `home`, until it is dropped.
pub(crate) async fn watch_elsewhere(
    client: Client,
    home: String,
    namespace: Option<String>,
    refusals: Arc<Refusals>,
) {
    let labelled = watch_config().labels(&format!("{LABEL}={ACTIVE}"));
    let (secrets, selected) = match &namespace {
        Some(namespace) => (Api::<ObservedMetadata<Secret>>::namespaced(client, namespace), labelled),
        None => (Api::all(client), labelled.fields(&format!("metadata.namespace!={home}"))),
    };
    let mut events = watcher(secrets, selected).backoff(watch_backoff()).boxed();
    let finder = Finder::Elsewhere(namespace);
    let mut strays = Strays::default();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                if strays.take(event) {
                    refusals.replace(finder.clone(), strays.refusals(&home));
                }
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(error, "watching for sealing keys in other namespaces failed; trying again");
            }
        }
    }
}

/// What the watch has shown.
#[derive(Debug, Default)]
struct Strays {
    current: BTreeMap<(String, String), About>,
    incoming: BTreeMap<(String, String), About>,
}

impl Strays {
    /// Takes in one event. True if something may have changed.
    fn take(&mut self, event: Event<ObservedMetadata<Secret>>) -> bool {
        let entry = |secret: &ObservedMetadata<Secret>| {
            let about = About::secret(secret);
            ((about.namespace.clone(), about.name.clone()), about)
        };
        match event {
            Event::Init => {
                self.incoming.clear();
                return false;
            }
            Event::InitApply(secret) => {
                self.incoming.extend([entry(&secret)]);
                return false;
            }
            Event::InitDone => self.current = std::mem::take(&mut self.incoming),
            Event::Apply(secret) => self.current.extend([entry(&secret)]),
            Event::Delete(secret) => drop(self.current.remove(&entry(&secret).0)),
        }
        true
    }

    fn refusals(&self, home: &str) -> Vec<Refusal> {
        let refusal = |about: &About| Refusal {
            about: about.clone(),
            reason: Reason::Namespace,
            message: format!("only Secrets in the controller's own namespace, {home}, are"),
        };
        self.current.values().map(refusal).collect()
    }
}
