//! [`EventQueue`]: events on their way to the API server, behind everything else.
//!
//! Best effort by design: the queue is bounded and what does not fit is dropped. The status is the truth; events
//! tell its story. What is so, and is told nowhere else, waits for room and is tried a few times.

use crate::events::about::About;
use crate::events::happening::Happening;
use crate::process::error_chain::chain;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
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

/// How often an event is tried that is told once and then counts as told.
const TRIES: u32 = 6;

/// Before the second try; twice as long before each later one.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Takes events in, and sends them one after the other.
#[derive(Debug, Clone)]
pub(crate) struct EventQueue(mpsc::Sender<Entry>);

/// An event that waits.
#[derive(Debug)]
struct Entry {
    event: Event,
    /// How often it may be tried.
    tries: u32,
    /// How often it was.
    tried: u32,
}

impl EventQueue {
    /// Starts sending. The task ends once every clone of the queue is dropped and what waited is sent.
    pub(crate) fn start(client: Client) -> (Self, JoinHandle<()>) {
        let (sender, mut waiting) = mpsc::channel::<Entry>(CAPACITY);
        let task = tokio::spawn(async move {
            // Beside the queue, so that no other event waits for a second try.
            let mut again = FuturesUnordered::new();
            loop {
                let mut entry = tokio::select! {
                    Some(entry) = again.next() => entry,
                    Some(entry) = waiting.recv() => entry,
                    else => break,
                };
                entry.tried += 1;
                if !send(&client, &entry.event).await && entry.tried < entry.tries {
                    let wait = FIRST_WAIT * 2_u32.pow(entry.tried - 1);
                    again.push(tokio::time::sleep(wait).map(|()| entry));
                }
            }
        });
        (Self(sender), task)
    }

    /// Records what happened, each time anew. Never makes the caller wait.
    pub(crate) fn record(&self, about: About, happening: Happening) {
        let now = Timestamp::now();
        let event = to_event(about, happening, &format!("{:x}", now.as_nanosecond()), now);
        if self.0.try_send(Entry { event, tries: 1, tried: 0 }).is_err() {
            tracing::debug!("too many events at once: one is dropped");
        }
    }

    /// Records what is so, once for each version of the object: the name is made of what is said, so that the API server
    /// turns it away while it still holds the one from before, even from another replica or before a restart.
    ///
    /// Waits for room in the queue, because the caller records this only once.
    pub(crate) async fn record_once(&self, about: About, happening: Happening) {
        let said = (&about.uid, &about.resource_version, &happening.message);
        let digest = Sha256::digest(format!("{said:?}"));
        let suffix =
            digest.iter().take(8).fold(String::new(), |suffix, byte| suffix + &format!("{byte:02x}"));
        let event = to_event(about, happening, &suffix, Timestamp::now());
        if self.0.send(Entry { event, tries: TRIES, tried: 0 }).await.is_err() {
            tracing::debug!("an event came too late");
        }
    }
}

/// Sends it. Whether that is the end of it: it was taken, or it never will be.
async fn send(client: &Client, event: &Event) -> bool {
    let namespace = event.metadata.namespace.clone().unwrap_or_default();
    let events = Api::<Event>::namespaced(client.clone(), &namespace);
    let options = PostParams::default();
    match tokio::time::timeout(Duration::from_secs(10), events.create(&options, event)).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => {
            let Untaken { why, is_final } = Untaken::of(&error);
            tracing::debug!(event = event.metadata.name, why, "the event was not recorded");
            is_final
        }
        Err(_) => false,
    }
}

/// Why an event was not taken.
#[derive(Debug, PartialEq, Eq)]
struct Untaken {
    why: String,
    /// It will not be taken later either.
    is_final: bool,
}

impl Untaken {
    fn of(error: &kube::Error) -> Self {
        match error {
            // As it should be: events that are recorded once have a name for what they say.
            kube::Error::Api(status) if status.is_already_exists() => Self {
                why: "it is there, recorded by another replica or before a restart".into(),
                is_final: true,
            },
            kube::Error::Api(status) => Self {
                why: chain(error),
                // A namespace that is being deleted takes no events, and none is missed there.
                is_final: (400..500).contains(&status.code) && ![401, 429].contains(&status.code),
            },
            _ => Self { why: chain(error), is_final: false },
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::{Request, Response};
    use kube::client::Body;
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    /// A queue whose events get these answers, one after the other and then the last; and how often it was asked.
    async fn asked(codes: &[u16], record: impl AsyncFnOnce(&EventQueue)) -> usize {
        let left = Arc::new(Mutex::new((0, codes.iter().copied().collect::<VecDeque<_>>())));
        let answers = Arc::clone(&left);
        let service = tower::service_fn(move |_: Request<Body>| {
            let (asked, codes) = &mut *answers.lock().unwrap();
            *asked += 1;
            let code = if codes.len() > 1 { codes.pop_front() } else { codes.front().copied() };
            let code = code.unwrap_or(201);
            let status = serde_json::json!({ "metadata": {}, "involvedObject": {}, "status": "Failure", "code": code });
            let answer = Response::builder().status(code).body(Body::from(status.to_string().into_bytes()));
            std::future::ready(answer)
        });
        let (queue, task) = EventQueue::start(Client::new(service, "default"));
        record(&queue).await;
        drop(queue);
        task.await.unwrap();
        left.lock().unwrap().0
    }

    fn news() -> (About, Happening) {
        let secret = k8s_openapi::api::core::v1::Secret::default();
        (About::secret(&secret), Happening { warning: true, reason: "Test", message: "news".into() })
    }

    #[tokio::test]
    async fn what_is_told_once_is_tried_until_it_is_taken_or_never_will_be() {
        let once = async |queue: &EventQueue| queue.record_once(news().0, news().1).await;
        assert_eq!(asked(&[500, 429, 201], once).await, 3);
        for code in [201, 409, 403, 404] {
            assert_eq!(asked(&[code], once).await, 1, "{code}");
        }
    }

    #[test]
    fn an_event_of_another_replica_is_told_without_the_api_servers_words() {
        let answer = |code: u16, reason: &str| {
            let status = serde_json::json!({
                "status": "Failure", "code": code, "reason": reason, "message": "events \"a.1\" already exists",
            });
            kube::Error::Api(Box::new(serde_json::from_value(status).unwrap()))
        };
        let there = Untaken::of(&answer(409, "AlreadyExists"));
        assert_eq!(there.why, "it is there, recorded by another replica or before a restart");
        assert!(there.is_final);
        let conflict = Untaken::of(&answer(409, "Conflict"));
        assert!(conflict.why.starts_with("the API server answered 409") && conflict.is_final, "{conflict:?}");
        assert!(!Untaken::of(&answer(429, "TooManyRequests")).is_final);
    }

    #[tokio::test]
    async fn what_happens_is_told_once_or_not_at_all() {
        let each = async |queue: &EventQueue| queue.record(news().0, news().1);
        assert_eq!(asked(&[500, 201], each).await, 1);
    }
}
