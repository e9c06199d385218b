//! [`watch`]: triggers the reconciliation of a SealedSecret when it, its Secret or the sealing keys change.

use crate::client::listed::Listed;
use crate::client::watch::{log_errors, watch_backoff, watch_config};
use crate::unseal::context::Context;
use crate::unseal::gc::collect;
use crate::unseal::queue::work_queue::run;
use crate::unseal::read::touch;
use crate::unseal::reconcile::reconcile;
use crate::unseal::state::object_states::ObjectStates;
use crate::unseal::state::secret_writes::SecretWrites;
use api::{ObservedMetadata, WatchedSealedSecret};
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, future};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::core::NamespaceResourceScope;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::watcher::Event;
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client, Resource, ResourceExt as _};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;
use tokio_stream::wrappers::WatchStream;

/// The metadata of Secrets that changed.
type SecretStream = BoxStream<'static, ObservedMetadata<Secret>>;

/// The scope of one watch.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// None for all namespaces.
    pub namespace: Option<String>,
    /// A selector of SealedSecrets; None for all of them.
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

/// The watch on Secrets: its store, and the stream that fills the store.
pub(crate) struct SecretWatch {
    /// Metadata of all Secrets.
    pub store: Store<ObservedMetadata<Secret>>,
    /// What this process wrote and the watch has not shown.
    pub writes: Arc<SecretWrites>,
    listed: Arc<Listed>,
    stream: SecretStream,
}

impl SecretWatch {
    /// Prepares the watch. It begins when [`watch`] polls it.
    pub(crate) fn new(client: &Client, scope: &Scope) -> Self {
        let (store, writer) = reflector::store();
        let listed = Arc::<Listed>::default();
        let list_done = Arc::clone(&listed);
        let writes = Arc::<SecretWrites>::default();
        let follower = Arc::clone(&writes);
        let secrets = scope.api::<ObservedMetadata<Secret>>(client);
        let before = store.clone();
        let stream = watcher(secrets, watch_config())
            .backoff(watch_backoff())
            // Before the reflector: its store has what the watch showed last.
            .map(move |event| event.map(|event| follow_secret(event, &before)))
            .reflect(writer)
            .inspect(move |event| {
                if let Ok(event) = event {
                    follower.follow(event);
                }
                list_done.follow(event);
            })
            .touched_objects();
        Self { store, writes, listed, stream: log_errors("Secrets", stream).boxed() }
    }
}

/// Reconciles until shutdown, then finishes the reconciliations that have begun. Dropped, they stop where they wait next.
pub(crate) async fn watch(
    context: Arc<Context>,
    scope: Scope,
    secrets: SecretWatch,
    ready: impl FnOnce() + Send + 'static,
) {
    // What runs on another thread when this is dropped goes on for a moment, and shows nothing any more.
    let _ended = Ended(&context.states);
    let (sealed, writer) = reflector::store::<WatchedSealedSecret>();
    let config = scope.label_selector.iter().fold(watch_config(), |config, it| config.labels(it));
    let (follower, before) = (Arc::clone(&context), sealed.clone());
    let sealed_listed = Arc::<Listed>::default();
    let list_done = Arc::clone(&sealed_listed);
    let sealed_events = watcher(scope.api::<WatchedSealedSecret>(&context.client), config)
        .backoff(watch_backoff())
        // Before the reflector: at the end of a list, its store still has the deleted objects.
        .inspect(move |event| {
            if let Ok(event) = event {
                follow(event, &before, &follower);
            }
        })
        .reflect(writer)
        .inspect(move |event| list_done.follow(event))
        .applied_objects();

    // An additional namespace that was deleted, with its permissions, must not delay all others.
    let is_additional = scope.namespace.as_ref().is_some_and(|namespace| *namespace != context.key_namespace);
    // Within this future, so that a watch that is dropped does not call `ready` any more.
    let announcing = async {
        if is_additional {
            sealed_listed.wait_unless_refused().await;
            secrets.listed.wait_unless_refused().await;
        } else {
            sealed_listed.wait().await;
            secrets.listed.wait().await;
        }
        ready();
        std::future::pending::<()>().await;
    };

    // Before the Secrets are listed, each would seem absent.
    let listed = || sealed_listed.is_complete() && secrets.listed.is_complete();
    let of_sealed = log_errors("SealedSecrets", sealed_events).map(|sealed| ObjectRef::from_obj(&sealed));
    let of_secrets = secrets
        .stream
        .map(|secret| ObjectRef::new(&secret.name_any()).within(&secret.namespace().unwrap_or_default()))
        .filter(|object| future::ready(sealed.get(object).is_some()));
    let of_one = stream::select(of_sealed, of_secrets).filter(|_| future::ready(listed()));
    let first = stream::once(async {
        sealed_listed.wait().await;
        secrets.listed.wait().await;
    });
    // Everything is reconciled after a new list. If nothing has changed, the facts show it without a request.
    let listed_again = stream::select(sealed_listed.again(), secrets.listed.again());
    let keys_changed = WatchStream::from_changes(context.ring.opening_changes()).map(|_| ());
    let of_all = stream::select(first, stream::select(listed_again, keys_changed))
        .filter(|()| future::ready(listed()))
        .flat_map(|()| stream::iter(sealed.state()).map(|sealed| ObjectRef::from_obj(&*sealed)));
    let reconciling = run(stream::select(of_one, of_all), &context.places, &context.shutdown, |object| {
        Some(reconcile(sealed.get(object)?, Arc::clone(&context)))
    });
    tokio::select! {
        () = reconciling => {}
        () = announcing => {}
    }
}

/// Forgets the objects of a watch when it is dropped.
struct Ended<'a>(&'a ObjectStates);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.forget_all();
    }
}

/// Notes in a Secret since when it has had the same content.
fn follow_secret(
    mut event: Event<ObservedMetadata<Secret>>,
    store: &Store<ObservedMetadata<Secret>>,
) -> Event<ObservedMetadata<Secret>> {
    let is_event = matches!(event, Event::Apply(_));
    if let Event::Apply(secret) | Event::InitApply(secret) = &mut event {
        let before = store.get(&ObjectRef::from_obj(secret));
        touch::follow(secret, before.as_deref(), is_event, (Timestamp::now(), Instant::now()));
        // Only the name, the version and the trace are needed; the rest is most of the memory.
        (secret.metadata.owner_references, secret.metadata.uid) = (None, None);
    }
    event
}

/// Forgets the objects that an event of the watch shows to be deleted, and deletes their Secrets if the flags say so.
fn follow(event: &Event<WatchedSealedSecret>, store: &Store<WatchedSealedSecret>, context: &Context) {
    let gone = context.states.follow(event);
    for uid in &gone {
        context.metrics.objects.forget(uid);
    }
    if !context.settings.delete_secrets {
        return;
    }
    let gone = match event {
        Event::Delete(object) => vec![Arc::new(object.clone())],
        Event::InitDone => with_uids(&gone, store.state()),
        _ => Vec::new(),
    };
    for object in gone {
        tokio::spawn(collect(context.client.clone(), object));
    }
}

fn with_uids(uids: &[String], mut objects: Vec<Arc<WatchedSealedSecret>>) -> Vec<Arc<WatchedSealedSecret>> {
    let uids: HashSet<&str> = uids.iter().map(String::as_str).collect();
    objects.retain(|object| object.metadata.uid.as_deref().is_some_and(|uid| uids.contains(uid)));
    objects
}
