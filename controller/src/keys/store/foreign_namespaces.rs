//! `watch_foreign_namespace`: rejects Secrets that are labelled as sealing keys outside the controller's namespace. They never
//! count: a backup was restored into the wrong namespace, or a tenant tries to smuggle a key in.
//!
//! Decided: a watch of its own, of metadata only and selected by the API server, which shows next to nothing and costs as much;
//! instead of the watch of all Secrets, which would have to keep their labels for it.

use crate::client::watch::{watch_backoff, watch_config};
use crate::events::about::About;
use crate::keys::store::findings::{FindingReason, KeyFinding, KeyFindings, SeenBy};
use crate::process::error_chain::chain;
use api::ObservedMetadata;
use api::sealing_key::{ACTIVE, LABEL, WRAPPED};
use futures::StreamExt as _;
use k8s_openapi::api::core::v1::Secret;
use kube::runtime::watcher::Event;
use kube::runtime::{WatchStreamExt as _, reflector, watcher};
use kube::{Api, Client};
use std::sync::Arc;

/// Watches one namespace, or with None all but the controller's own, until this future is dropped.
pub(crate) async fn watch_foreign_namespace(
    client: Client,
    own_namespace: String,
    namespace: Option<String>,
    findings: Arc<KeyFindings>,
) {
    let labelled = watch_config().labels(&format!("{LABEL} in ({ACTIVE},{WRAPPED})"));
    let (secrets, selected) = match &namespace {
        Some(namespace) => (Api::<ObservedMetadata<Secret>>::namespaced(client, namespace), labelled),
        None => (Api::all(client), labelled.fields(&format!("metadata.namespace!={own_namespace}"))),
    };
    let mut events = watcher(secrets, selected).backoff(watch_backoff()).boxed();
    let (foreign, mut writer) = reflector::store();
    let seen_by = SeenBy::ForeignWatch(namespace);
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                writer.apply_watcher_event(&event);
                // A list replaces the Secrets when it is complete.
                if !matches!(event, Event::Init | Event::InitApply(_)) {
                    let findings_now = foreign.state().iter().map(|it| reject(it, &own_namespace)).collect();
                    findings.replace(seen_by.clone(), || findings_now);
                }
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(error, "watching for sealing keys in other namespaces failed; trying again");
            }
        }
    }
}

fn reject(secret: &ObservedMetadata<Secret>, own_namespace: &str) -> KeyFinding {
    KeyFinding {
        about: About::secret(secret),
        reason: FindingReason::Namespace,
        message: format!("only Secrets in the controller's own namespace, {own_namespace}, are"),
    }
}
