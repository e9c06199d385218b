//! [`EventQueue`]: sends events to the API server, a few at a time.
//!
//! Best effort: the queue is bounded, and an event that does not fit is dropped, because the status says the same. An event about a
//! fact that no status says waits for a place in the queue, and is retried a few times ([`EventQueue::record_once`]).

use crate::events::about::About;
use crate::leader_election::fence::WriteRefused;
use crate::process::backoff::Backoff;
use crate::process::error_chain::chain;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Event, EventSource};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::api::PostParams;
use kube::{Api, Client};
use sha2::{Digest as _, Sha256};
use std::iter::Take;
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Events that may wait at the same time: most of a restore of ten thousand SealedSecrets, which is faster than its events. Each takes
/// about half a KiB.
const CAPACITY: usize = 8_192;

/// Events that are sent at the same time: so many that the events of a restore nearly keep up with it.
const AT_ONCE: usize = 12;

/// Source of every event, as upstream's.
const COMPONENT: &str = "sealed-secrets";

/// Further attempts, after the first, for an event that is recorded only once.
const RETRIES: usize = 5;

/// Delays between the attempts.
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(16));

/// The sending half: clones share one queue.
#[derive(Debug, Clone)]
pub(crate) struct EventQueue(mpsc::Sender<Entry>);

/// An event in the queue. Made into the API's type when it is sent: that is several times as large.
#[derive(Debug)]
struct Entry {
    about: About,
    new: NewEvent,
    /// Of the event's name.
    suffix: String,
    time: Timestamp,
    /// The delays before the remaining attempts.
    delays: Take<Backoff>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewEvent {
    /// Whether its type is Warning, and not Normal.
    pub warning: bool,
    /// One word; upstream's, where upstream has one.
    pub reason: &'static str,
    pub message: String,
}

impl EventQueue {
    /// Starts sending. The task ends once every clone of the queue is dropped and the waiting events are sent; and with the term: the
    /// events that wait then are dropped, and take no turn of the rate limit from a standby.
    pub(crate) fn start(client: Client) -> (Self, JoinHandle<()>) {
        let (sender, mut waiting) = mpsc::channel::<Entry>(CAPACITY);
        let task = tokio::spawn(async move {
            // Outside the queue, so that no other event waits for a second attempt.
            let (mut sending, mut again) = (FuturesUnordered::new(), FuturesUnordered::new());
            loop {
                tokio::select! {
                    Some(entry) = again.next(), if sending.len() < AT_ONCE => sending.push(attempt(&client, entry)),
                    Some(entry) = waiting.recv(), if sending.len() < AT_ONCE => sending.push(attempt(&client, entry)),
                    Some(sent) = sending.next() => match sent {
                        ControlFlow::Continue(retry) => again.extend(retry),
                        ControlFlow::Break(TermOver) => break,
                    },
                    else => break,
                }
            }
        });
        (Self(sender), task)
    }

    /// Records an event. Never makes the caller wait.
    pub(crate) fn record(&self, about: About, new: NewEvent) {
        let time = Timestamp::now();
        let suffix = format!("{:x}", time.as_nanosecond());
        if self.0.try_send(Entry { about, new, suffix, time, delays: BACKOFF.take(0) }).is_err() {
            tracing::debug!("too many events at once: one is dropped");
        }
    }

    /// Records an event once for each version of the object: its name is derived from its message, so that the API server refuses it
    /// while it still has that event from before, even from another replica or before a restart.
    ///
    /// Waits for a place in the queue, because the caller records this only once.
    pub(crate) async fn record_once(&self, about: About, new: NewEvent) {
        let identity = (&about.uid, &about.resource_version, &new.message);
        let digest = Sha256::digest(format!("{identity:?}"));
        let suffix =
            digest.iter().take(8).fold(String::new(), |suffix, byte| suffix + &format!("{byte:02x}"));
        let entry = Entry { about, new, suffix, time: Timestamp::now(), delays: BACKOFF.take(RETRIES) };
        if self.0.send(entry).await.is_err() {
            tracing::debug!("an event came after the queue had closed");
        }
    }
}

/// No event is sent any more: this replica leads no more.
struct TermOver;

/// Sends an event. Returns the event after a delay, if there is to be another attempt.
async fn attempt(
    client: &Client,
    mut entry: Entry,
) -> ControlFlow<TermOver, Option<impl Future<Output = Entry>>> {
    if send(client, &entry.event()).await? {
        return ControlFlow::Continue(None);
    }
    let delay = entry.delays.next();
    ControlFlow::Continue(delay.map(|delay| tokio::time::sleep(delay).map(|()| entry)))
}

/// Sends an event. Returns whether no other attempt is needed: the API server accepted it, or never will.
async fn send(client: &Client, event: &Event) -> ControlFlow<TermOver, bool> {
    let namespace = event.metadata.namespace.clone().unwrap_or_default();
    let events = Api::<Event>::namespaced(client.clone(), &namespace);
    let options = PostParams::default();
    let Err(error) = events.create(&options, event).await else { return ControlFlow::Continue(true) };
    if WriteRefused::is_term_over(&error) {
        return ControlFlow::Break(TermOver);
    }
    let Rejected { why, is_final } = Rejected::of(&error);
    tracing::debug!(event = event.metadata.name, why, "the event was not recorded");
    ControlFlow::Continue(is_final)
}

/// Why the API server did not accept an event.
#[derive(Debug, PartialEq, Eq)]
struct Rejected {
    why: String,
    /// Whether the API server will not accept it later either.
    is_final: bool,
}

impl Rejected {
    fn of(error: &kube::Error) -> Self {
        match error {
            // As intended: the name of an event that is recorded once is derived from its message.
            kube::Error::Api(status) if status.is_already_exists() => Self {
                why: "it exists, recorded by another replica or before a restart".into(),
                is_final: true,
            },
            kube::Error::Api(status) => Self {
                why: chain(error),
                // Such as a namespace that is being deleted.
                is_final: (400..500).contains(&status.code) && ![401, 429].contains(&status.code),
            },
            _ => Self { why: chain(error), is_final: false },
        }
    }
}

impl Entry {
    fn event(&self) -> Event {
        let Self { about, new, suffix, .. } = self;
        let time = Time(self.time);
        // A name has at most 253 characters, of which the suffix takes 17.
        let stem: String = about.name.chars().take(230).collect();
        Event {
            metadata: ObjectMeta {
                name: Some(format!("{}.{suffix}", stem.trim_end_matches(['.', '-']))),
                namespace: Some(about.namespace.clone()),
                ..ObjectMeta::default()
            },
            involved_object: about.clone().into_reference(),
            type_: Some(if new.warning { "Warning" } else { "Normal" }.into()),
            reason: Some(new.reason.into()),
            message: Some(new.message.clone()),
            source: Some(EventSource { component: Some(COMPONENT.into()), host: None }),
            reporting_component: Some(COMPONENT.into()),
            first_timestamp: Some(time.clone()),
            last_timestamp: Some(time),
            count: Some(1),
            ..Event::default()
        }
    }
}

#[cfg(test)]
mod tests;
