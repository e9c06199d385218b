//! `watch`: keeps SealedSecrets coming, and looks again at one whose Secret or keys changed.

use crate::client::listed::Listed;
use crate::client::watch_config::{watch_backoff, watch_config};
use crate::client::watch_errors::unbroken;
use crate::process::error_chain::chain;
use crate::unseal::context::Context;
use crate::unseal::gc::collect;
use crate::unseal::queue::admission::Door;
use crate::unseal::reconcile::reconcile;
use api::{ObservedMetadata, WatchedSealedSecret};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use k8s_openapi::api::core::v1::Secret;
use kube::core::NamespaceResourceScope;
use kube::runtime::controller::{Action, Controller, Error};
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::watcher::Event;
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client, Resource, ResourceExt as _};
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use tokio_stream::wrappers::WatchStream;

/// SealedSecrets under way at the same time. Most of that time is spent waiting for the API server.
const IN_HAND: u16 = 32;

/// Beside those, kube's `Controller` needs room for those that come to the door and are not let in.
const AT_THE_DOOR: u16 = 32;

/// Metadata of Secrets, as a watch yields it.
type Targets = BoxStream<'static, Result<ObservedMetadata<Secret>, watcher::Error>>;

/// Where one watch looks.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// None for all namespaces at once.
    pub namespace: Option<String>,
    /// Of the SealedSecrets; None for any.
    pub label_selector: Option<String>,
}

impl Scope {
    fn api<K>(&self, client: &Client) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        match &self.namespace {
            Some(namespace) => Api::namespaced(client.clone(), namespace),
            None => Api::all(client.clone()),
        }
    }
}

/// The watch on Secrets: its store, and the stream that fills it.
pub(crate) struct Watches {
    /// Metadata of all Secrets.
    pub targets: Store<ObservedMetadata<Secret>>,
    listed: Arc<Listed>,
    stream: Targets,
}

impl Watches {
    /// Prepares the watch. It begins when [`watch`] polls it.
    pub(crate) fn new(client: &Client, scope: &Scope) -> Self {
        let (targets, writer) = reflector::store();
        let listed = Arc::<Listed>::default();
        let list_done = Arc::clone(&listed);
        let secrets = scope.api::<ObservedMetadata<Secret>>(client);
        let stream = watcher(secrets, watch_config())
            .backoff(watch_backoff())
            .modify(|secret| {
                // Only name, version and owners are ever asked for; the rest is most of the memory.
                secret.metadata.annotations = None;
                secret.metadata.labels = None;
            })
            .reflect(writer)
            .inspect(move |event| list_done.follow(event))
            .touched_objects();
        Self { targets, listed, stream: unbroken("Secrets", stream).boxed() }
    }
}

impl std::fmt::Debug for Watches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watches").finish_non_exhaustive()
    }
}

/// Reconciles until shutdown, then finishes what is under way. Dropped, it is cut off.
pub(crate) async fn watch(
    context: Arc<Context>,
    scope: Scope,
    secrets: Watches,
    ready: impl FnOnce() + Send + 'static,
) {
    let (sealed, writer) = reflector::store::<WatchedSealedSecret>();
    let config = scope.label_selector.iter().fold(watch_config(), |config, it| config.labels(it));
    let (following, before) = (Arc::clone(&context), sealed.clone());
    let sealed_listed = Arc::<Listed>::default();
    let list_done = Arc::clone(&sealed_listed);
    let sealed_events = watcher(scope.api::<WatchedSealedSecret>(&context.client), config)
        .backoff(watch_backoff())
        .inspect(move |event| {
            if let Ok(event) = event {
                let context = &following;
                let gone = context.ledger.follow(event);
                for uid in &gone {
                    context.metrics.forget_object(uid);
                }
                let gone = match event {
                    Event::Delete(object) => vec![Arc::new(object.clone())],
                    // In front of the reflector: the store still has those that the list has just shown to be gone.
                    Event::InitDone => named(&gone, before.state()),
                    _ => Vec::new(),
                };
                for object in gone.into_iter().filter(|_| context.settings.delete_secrets) {
                    tokio::spawn(collect(context.client.clone(), object));
                }
            }
        })
        .reflect(writer)
        .inspect(move |event| list_done.follow(event))
        .applied_objects();

    // The cheap signs tell which of them have changed, so looking at all of them costs no request.
    let listed_again = stream::select(sealed_listed.again(), secrets.listed.again());
    let targets_listed = Arc::clone(&secrets.listed);
    // A namespace that was named and is gone, with our rights in it, must not keep all others waiting.
    let elsewhere = scope.namespace.as_ref().is_some_and(|place| *place != context.key_place.namespace);
    // Within this future: a watch that is dropped has nothing to say any more.
    let announcing = async {
        if elsewhere {
            sealed_listed.wait_unless_refused().await;
            targets_listed.wait_unless_refused().await;
        } else {
            sealed_listed.wait().await;
            targets_listed.wait().await;
        }
        ready();
        std::future::pending::<()>().await;
    };
    let known = sealed.clone();
    let namesake = move |secret: ObservedMetadata<Secret>| {
        let sealed = ObjectRef::new(&secret.name_any()).within(&secret.namespace().unwrap_or_default());
        known.get(&sealed).map(|_| sealed)
    };
    let (door, called) = Door::new(IN_HAND.into());
    let gate = Gate { context: Arc::clone(&context), targets: secrets.listed, door: Arc::clone(&door) };
    let keys_changed = WatchStream::from_changes(context.ring.opening_changes()).map(|_| ());

    let reconciling = Controller::for_stream(unbroken("SealedSecrets", sealed_events), sealed)
        .watches_stream(secrets.stream, namesake)
        .reconcile_all_on(stream::select(keys_changed, listed_again))
        .reconcile_on(called)
        .with_config(kube::runtime::controller::Config::default().concurrency(IN_HAND + AT_THE_DOOR))
        .graceful_shutdown_on(context.shutdown.clone().cancelled_owned())
        .run(when_listed, |_, _, _| Action::await_change(), Arc::new(gate))
        .for_each(|result| async {
            match result {
                Ok(_) => {}
                // Gone before its turn came.
                Err(Error::ObjectNotFound(it)) => {
                    door.is_gone(&it.name, it.namespace.as_deref().unwrap_or_default());
                }
                Err(error) => tracing::warn!(error = chain(&error), "a reconciliation was not run"),
            }
        });
    tokio::select! {
        () = reconciling => {}
        () = announcing => {}
    }
}

/// Those of the objects that have these UIDs.
fn named(uids: &[String], mut objects: Vec<Arc<WatchedSealedSecret>>) -> Vec<Arc<WatchedSealedSecret>> {
    let uids: HashSet<&str> = uids.iter().map(String::as_str).collect();
    objects.retain(|object| object.metadata.uid.as_deref().is_some_and(|uid| uids.contains(uid)));
    objects
}

/// Holds reconciliations back until the Secrets are listed: before that, each would seem absent.
struct Gate {
    context: Arc<Context>,
    targets: Arc<Listed>,
    door: Arc<Door>,
}

async fn when_listed(observed: Arc<WatchedSealedSecret>, gate: Arc<Gate>) -> Result<Action, Infallible> {
    if gate.context.shutdown.run_until_cancelled(gate.targets.wait()).await.is_none() {
        return Ok(Action::await_change());
    }
    match gate.door.enter(&ObjectRef::from_obj(&*observed)) {
        Some(_in_hand) => reconcile(observed, Arc::clone(&gate.context)).await,
        None => Ok(Action::await_change()),
    }
}
