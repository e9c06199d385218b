//! [`EventQueue`]: events on their way to the API server, behind everything else.
//!
//! Best effort by design: the queue is bounded and what does not fit is dropped. The status is the truth; events
//! tell its story.

use super::about::About;
use super::happening::Happening;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Event, EventSource};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::api::PostParams;
use kube::{Api, Client};
use sha2::{Digest as _, Sha256};
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

    /// Records what happened, each time anew.
    pub(crate) fn record(&self, about: About, happening: Happening) {
        let now = Timestamp::now();
        self.enter(to_event(about, happening, &format!("{:x}", now.as_nanosecond()), now));
    }

    /// Records what is so, once for each version of the object: the name is made of what is said, so that the API server
    /// turns it away while it still holds the one from before, even from another replica or before a restart.
    pub(crate) fn record_once(&self, about: About, happening: Happening) {
        let said = (&about.uid, &about.resource_version, &happening.message);
        let digest = Sha256::digest(format!("{said:?}"));
        let suffix =
            digest.iter().take(8).fold(String::new(), |suffix, byte| suffix + &format!("{byte:02x}"));
        self.enter(to_event(about, happening, &suffix, Timestamp::now()));
    }

    fn enter(&self, event: Event) {
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

fn to_event(about: About, happening: Happening, suffix: &str, now: Timestamp) -> Event {
    // A name has at most 253 characters, of which a suffix takes 17.
    let stem: String = about.name.chars().take(230).collect();
    Event {
        metadata: ObjectMeta {
            name: Some(format!("{}.{suffix}", stem.trim_end_matches(['.', '-']))),
            namespace: Some(about.namespace.clone()),
            ..ObjectMeta::default()
        },
        involved_object: about.into_reference(),
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
