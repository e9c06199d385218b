//! What a request waits for, and what counts as its time.

use super::*;
use crate::client::test_server::{answering, silent};
use crate::leader_election::fence::WriteRefused;
use crate::process::boot_clock::Moment;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{PostParams, WatchParams};
use parking_lot::Mutex;
use std::time::Instant;

/// Longer than the time-out, and one request may be sent in that time.
const PER: Duration = Duration::from_millis(700);

/// Longer than a local answer takes, on a busy machine too.
const TIMEOUT: Duration = Duration::from_millis(600);

/// The clients of a transport with a rate limit of one request.
fn limited(client: Client) -> Transport {
    let limit = Some(RateLimit::new(ClientLimit { requests: 1, per: PER }));
    Transport(Arc::new(Inner { client, limit, pages: Pages::default(), timeout: TIMEOUT }))
}

/// A server whose answers have these codes, the last of them for all further requests; and the requests that it got.
fn server(codes: &'static [u16]) -> (Client, Arc<Mutex<Vec<String>>>) {
    let got = Arc::<Mutex<Vec<String>>>::default();
    let requests = Arc::clone(&got);
    let client = answering(move |request, _| {
        let mut requests = requests.lock();
        requests.push(format!("{} {}", request.method, request.uri));
        let code = codes[(requests.len() - 1).min(codes.len() - 1)];
        let failed = serde_json::json!({ "metadata": {}, "status": "Failure", "code": code });
        (code, failed.to_string())
    });
    (client, got)
}

async fn create(client: &Client) -> kube::Result<ConfigMap> {
    let maps = Api::<ConfigMap>::default_namespaced(client.clone());
    maps.create(&PostParams::default(), &ConfigMap::default()).await
}

fn cause<E: std::error::Error + Copy + 'static>(result: kube::Result<ConfigMap>) -> Option<E> {
    match result {
        Err(kube::Error::Service(error)) => error.downcast_ref().copied(),
        _ => None,
    }
}

/// The second waits for longer than the time-out, and the third for twice as long.
#[tokio::test]
async fn a_request_that_waits_for_our_own_limit_is_not_late() {
    let (client, got) = server(&[200]);
    let client = limited(client).client(Fence::unbounded());
    let start = Instant::now();
    let all = futures::future::join_all((0..3).map(|_| create(&client))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert!(start.elapsed() >= 2 * PER, "{:?}", start.elapsed());
    assert_eq!(got.lock().len(), 3);
}

#[tokio::test]
async fn an_api_server_that_does_not_answer_is_given_up() {
    let client = limited(silent()).client(Fence::unbounded());
    let Err(kube::Error::Service(error)) = create(&client).await else { panic!("it has answered") };
    assert!(error.is::<NoAnswer>(), "{error}");
}

/// A term that ends while a write waits for our own limit.
#[tokio::test]
async fn the_fence_is_passed_after_the_wait() {
    let (client, got) = server(&[200]);
    let transport = limited(client);
    let term = |lasts| Fence::until(Moment::now().plus(lasts));
    create(&transport.client(term(10 * PER))).await.unwrap();
    let short = create(&transport.client(term(PER / 2))).await;
    assert_eq!(cause(short), Some(WriteRefused::TermOver));
    assert_eq!(got.lock().len(), 1, "the second was not sent");
    // What the API server may take is what is left then.
    create(&transport.client(term(10 * PER))).await.unwrap();
    let last = got.lock().last().cloned().unwrap();
    let left: u128 = last.rsplit_once("timeout=").unwrap().1.trim_end_matches("ms").parse().unwrap();
    assert!(left + (PER / 2).as_millis() <= (10 * PER).as_millis(), "{last}");
}

#[tokio::test]
async fn a_watch_takes_no_turn_and_hears_a_refusal_at_once() {
    let (client, got) = server(&[503]);
    let limit = Some(ClientLimit { requests: 1, per: Duration::from_hours(1) });
    let client = Transport::new(client, limit).client(Fence::unbounded());
    let maps = Api::<ConfigMap>::default_namespaced(client);
    for _ in 0..20 {
        assert!(maps.watch(&WatchParams::default(), "0").await.is_err());
    }
    assert_eq!(got.lock().len(), 20, "none has waited, and none was sent again");
}

#[tokio::test]
async fn what_was_refused_unread_is_sent_again_and_other_errors_are_not() {
    let cases: [(&[u16], usize); 4] = [(&[429, 503, 201], 3), (&[409], 1), (&[500], 1), (&[504], 1)];
    for (codes, sent) in cases {
        let (client, got) = server(codes);
        let client = Transport::new(client, None).client(Fence::unbounded());
        assert_eq!(create(&client).await.is_ok(), codes.last() == Some(&201), "{codes:?}");
        assert_eq!(got.lock().len(), sent, "{codes:?}");
    }
}
