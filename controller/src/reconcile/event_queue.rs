//! [`EventQueue`]: events on their way to the API server, behind everything else.
//!
//! Best effort by design: the queue is bounded and what does not fit is dropped. The status is the truth; events
//! tell its story.

use super::event::Happening;
use api::{ObservedSealedSecret, SealedSecret};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::api::PostParams;
use kube::{Api, Client, Resource as _, ResourceExt as _};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Events that may wait at the same time.
const CAPACITY: usize = 1_024;

/// Source of every event, as upstream's.
const COMPONENT: &str = "sealed-secrets";

/// Takes events in without ever making the caller wait.
#[derive(Debug, Clone)]
pub struct EventQueue(mpsc::Sender<Event>);

impl EventQueue {
    /// Starts sending. The task ends once every clone of the queue is dropped and what waited is sent.
    pub fn start(client: Client) -> (Self, JoinHandle<()>) {
        let (sender, mut waiting) = mpsc::channel::<Event>(CAPACITY);
        let task = tokio::spawn(async move {
            while let Some(event) = waiting.recv().await {
                send(&client, event).await;
            }
        });
        (Self(sender), task)
    }

    pub(crate) fn record(&self, observed: &ObservedSealedSecret, happening: Happening) {
        let event = to_event(observed, happening, Timestamp::now());
        if self.0.try_send(event).is_err() {
            tracing::debug!("too many events at once: one is dropped");
        }
    }
}

async fn send(client: &Client, event: Event) {
    let namespace = event.metadata.namespace.clone().unwrap_or_default();
    let events = Api::<Event>::namespaced(client.clone(), &namespace);
    let options = PostParams::default();
    let sending = events.create(&options, &event);
    // A namespace that is being deleted takes no events, and none is missed there.
    if let Ok(Err(error)) = tokio::time::timeout(Duration::from_secs(10), sending).await {
        tracing::debug!(error = crate::logging::chain(&error), "an event was not taken");
    }
}

fn to_event(observed: &ObservedSealedSecret, happening: Happening, now: Timestamp) -> Event {
    let (namespace, name) = (observed.namespace(), observed.name_any());
    // A name has at most 253 characters, of which the time takes 17.
    let stem: String = name.chars().take(230).collect();
    Event {
        metadata: ObjectMeta {
            name: Some(format!("{}.{:x}", stem.trim_end_matches(['.', '-']), now.as_nanosecond())),
            namespace: namespace.clone(),
            ..ObjectMeta::default()
        },
        involved_object: ObjectReference {
            api_version: Some(SealedSecret::api_version(&()).into_owned()),
            kind: Some(SealedSecret::kind(&()).into_owned()),
            namespace,
            name: Some(name),
            uid: observed.uid(),
            resource_version: observed.resource_version(),
            field_path: None,
        },
        type_: Some(if happening.warning { "Warning" } else { "Normal" }.into()),
        reason: Some(happening.reason.into()),
        message: Some(happening.message),
        source: Some(EventSource { component: Some(COMPONENT.into()), host: None }),
        reporting_component: Some(COMPONENT.into()),
        first_timestamp: Some(Time(now)),
        last_timestamp: Some(Time(now)),
        count: Some(1),
        ..Event::default()
    }
}
