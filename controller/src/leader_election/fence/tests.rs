//! The fenced client before, during and after a term.

use super::*;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, PostParams};
use std::sync::Mutex;

/// A client that records what was sent, and answers after `delay`.
fn sink(delay: Duration) -> (Client, Arc<Mutex<Vec<String>>>) {
    let sent = Arc::<Mutex<Vec<String>>>::default();
    let notes = Arc::clone(&sent);
    let service = tower::service_fn(move |request: Request<Body>| {
        notes.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
        async move {
            tokio::time::sleep(delay).await;
            Ok::<_, BoxError>(Response::new(Body::from(b"{\"metadata\":{\"name\":\"a\"}}".to_vec())))
        }
    });
    (Client::new(service, "default"), sent)
}

/// A client that sends through the fence.
fn guarded(client: &Client, fence: &Fence) -> Client {
    let (client, fence) = (client.clone(), fence.clone());
    let service = tower::service_fn(move |request| {
        let (client, fence) = (client.clone(), fence.clone());
        async move { fence.send(&client, request).await }
    });
    Client::new(service, "default")
}

async fn create(client: &Client) -> Result<ConfigMap, kube::Error> {
    let maps = Api::<ConfigMap>::default_namespaced(client.clone());
    maps.create(&PostParams::default(), &ConfigMap::default()).await
}

fn refusal(result: Result<ConfigMap, kube::Error>) -> Option<WriteRefused> {
    match result {
        Err(kube::Error::Service(error)) => error.downcast_ref().copied(),
        _ => None,
    }
}

fn in_(duration: Duration) -> Moment {
    Moment::now().plus(duration)
}

#[tokio::test]
async fn writes_pass_while_the_term_lasts_and_say_for_how_long() {
    let (client, sent) = sink(Duration::ZERO);
    let fence = Fence::until(in_(Duration::from_mins(1)));
    create(&guarded(&client, &fence)).await.unwrap();
    let sent = sent.lock().unwrap().join("\n");
    assert!(sent.starts_with("POST /api/v1/namespaces/default/configmaps?timeout=59"), "{sent}");
}

#[tokio::test]
async fn nothing_is_written_after_it_but_all_can_be_read() {
    let (client, sent) = sink(Duration::ZERO);
    let over = Fence::until(Moment::now());
    let closed = Fence::until(in_(Duration::from_mins(1)));
    closed.close();
    for fence in [over, closed] {
        let guarded = guarded(&client, &fence);
        assert_eq!(refusal(create(&guarded).await), Some(WriteRefused::TermOver));
        Api::<ConfigMap>::default_namespaced(guarded).get("a").await.unwrap();
        assert!(!fence.extend(in_(Duration::from_mins(1)), Moment::now()), "it never opens again");
    }
    assert!(sent.lock().unwrap().iter().all(|request| request.starts_with("GET ")));
}

#[tokio::test]
async fn what_is_under_way_is_given_up_at_the_end() {
    let (client, _) = sink(Duration::from_mins(1));
    let fence = Fence::until(in_(Duration::from_millis(50)));
    assert!(fence.extend(in_(Duration::from_millis(100)), Moment::now()));
    let refused = refusal(create(&guarded(&client, &fence)).await);
    assert!(matches!(refused, Some(WriteRefused::TermOver | WriteRefused::NoAnswer)), "{refused:?}");
    // Renewed meanwhile: the term lasts, but the time-out of the request does not.
    let fence = Fence::until(in_(Duration::from_millis(200)));
    let guarded = guarded(&client, &fence);
    let renew = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        fence.extend(in_(Duration::from_mins(1)), Moment::now())
    };
    let (created, renewed) = tokio::join!(create(&guarded), renew);
    assert_eq!((refusal(created), renewed), (Some(WriteRefused::NoAnswer), true));
}

#[tokio::test]
async fn without_an_election_everything_passes_as_it_is() {
    let (client, sent) = sink(Duration::ZERO);
    create(&guarded(&client, &Fence::unbounded())).await.unwrap();
    assert!(!sent.lock().unwrap().join("\n").contains("timeout"));
}

/// A process may be paused between its look at the clock and the extension.
#[test]
fn a_term_in_which_a_write_was_refused_is_not_extended() {
    let (before, end) = (Moment::now(), in_(Duration::from_mins(1)));
    let fence = Fence::until(end);
    assert!(fence.write_window(before).is_some());
    assert_eq!(fence.write_window(end), None);
    assert!(!fence.extend(end.plus(Duration::from_mins(1)), before));
    assert_eq!(fence.write_window(before), None);
}

#[derive(Debug, thiserror::Error)]
#[error("storing the key failed")]
struct Outer(#[source] Box<kube::Error>);

#[test]
fn the_end_of_the_term_is_found_among_the_causes() {
    let outer = |why: WriteRefused| Outer(Box::new(kube::Error::Service(why.into())));
    assert!(WriteRefused::is_term_over(&outer(WriteRefused::TermOver)));
    assert!(!WriteRefused::is_term_over(&outer(WriteRefused::NoAnswer)));
}
