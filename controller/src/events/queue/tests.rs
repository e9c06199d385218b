//! What becomes of events that the API server does not accept, and of the queue.

use super::*;
use crate::client::test_server::answering;
use kube::client::Body;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Number of requests of a queue whose events get these responses, the last of them for all further requests.
async fn requests(codes: &[u16], record: impl AsyncFnOnce(&EventQueue)) -> usize {
    let left = Arc::new(Mutex::new((0, codes.iter().copied().collect::<VecDeque<_>>())));
    let answers = Arc::clone(&left);
    let client = answering(move |_, _| {
        let (requests, codes) = &mut *answers.lock().unwrap();
        *requests += 1;
        let code = if codes.len() > 1 { codes.pop_front() } else { codes.front().copied() };
        let code = code.unwrap_or(201);
        let status =
            serde_json::json!({ "metadata": {}, "involvedObject": {}, "status": "Failure", "code": code });
        (code, status.to_string())
    });
    let (queue, task) = EventQueue::start(client);
    record(&queue).await;
    drop(queue);
    task.await.unwrap();
    left.lock().unwrap().0
}

fn new_event() -> (About, NewEvent) {
    let secret = k8s_openapi::api::core::v1::Secret::default();
    (About::secret(&secret), NewEvent { warning: true, reason: "Test", message: "news".into() })
}

#[tokio::test]
async fn an_event_that_is_recorded_once_is_retried_until_it_is_taken_or_never_will_be() {
    let once = async |queue: &EventQueue| queue.record_once(new_event().0, new_event().1).await;
    assert_eq!(requests(&[500, 429, 201], once).await, 3);
    for code in [201, 409, 403, 404] {
        assert_eq!(requests(&[code], once).await, 1, "{code}");
    }
}

#[test]
fn an_event_of_another_replica_is_logged_without_the_api_servers_message() {
    let answer = |code: u16, reason: &str| {
        let status = serde_json::json!({
            "status": "Failure", "code": code, "reason": reason, "message": "events \"a.1\" already exists",
        });
        kube::Error::Api(Box::new(serde_json::from_value(status).unwrap()))
    };
    let there = Rejected::of(&answer(409, "AlreadyExists"));
    assert_eq!(there.why, "it exists, recorded by another replica or before a restart");
    assert!(there.is_final);
    let conflict = Rejected::of(&answer(409, "Conflict"));
    assert!(conflict.why.starts_with("the API server answered 409") && conflict.is_final, "{conflict:?}");
    assert!(!Rejected::of(&answer(429, "TooManyRequests")).is_final);
}

#[tokio::test]
async fn any_other_event_is_sent_once() {
    let each = async |queue: &EventQueue| queue.record(new_event().0, new_event().1);
    assert_eq!(requests(&[500, 201], each).await, 1);
}

/// Every clone of the queue may still be there: the work of the term is dropped a moment later.
#[tokio::test]
async fn with_the_term_it_ends() {
    let refuse =
        |_: http::Request<Body>| std::future::ready(Err::<http::Response<Body>, _>(WriteRefused::TermOver));
    let (queue, task) = EventQueue::start(Client::new(tower::service_fn(refuse), "ns"));
    queue.record_once(new_event().0, new_event().1).await;
    tokio::time::timeout(Duration::from_secs(30), task).await.expect("it ends").unwrap();
}
