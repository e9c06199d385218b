//! Lists of objects of all sizes, as an API server would give them in pages.

use super::*;
use crate::client::test_server::answering;
use crate::client::transport::Transport;
use crate::leader_election::fence::Fence;
use futures::StreamExt as _;
use kube::core::Request as ApiRequest;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, Resource as _};
use serde_json::{Value, json};
use std::sync::Arc;

type Object = api::ObservedMetadata<api::SealedSecret>;

/// The largest page, in bytes.
const PAGE: usize = 80_000;

/// A page that was given: the number of requested objects, and its size.
type Given = Arc<Mutex<Vec<(usize, usize)>>>;

fn number(query: &str, name: &str) -> Option<usize> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

/// An API server that has objects of these sizes, and the pages it gave.
fn api_server(sizes: Vec<usize>) -> (Client, Given) {
    let given = Given::default();
    let pages = Arc::clone(&given);
    let client = answering(move |request, _| {
        let query = request.uri.query().unwrap_or_default();
        if query.contains("watch=") {
            return (200, String::new());
        }
        let start = number(query, "continue").unwrap_or_default();
        let limit = number(query, "limit").unwrap_or(usize::MAX);
        let end = sizes.len().min(start + limit);
        let item =
            |at: usize| json!({ "metadata": { "name": format!("s{at}"), "x": "x".repeat(sizes[at]) } });
        let items: Vec<Value> = (start..end).map(item).collect();
        let next = if end < sizes.len() { json!(end.to_string()) } else { Value::Null };
        let list = json!({ "apiVersion": "v1", "kind": "L", "items": items,
                           "metadata": { "resourceVersion": "1", "continue": next } });
        let list = list.to_string();
        pages.lock().push((limit, list.len()));
        (200, list)
    });
    (Transport::with_pages(client, None, Pages::of(PAGE)).client(Fence::unbounded()), given)
}

/// Lists objects of these sizes as a watch does; the pages that were given.
async fn listed(sizes: Vec<usize>) -> Vec<(usize, usize)> {
    let count = sizes.len();
    let (client, given) = api_server(sizes);
    let mut events = watcher(Api::<Object>::all(client), watcher::Config::default()).boxed();
    let mut names = Vec::new();
    loop {
        match events.next().await.unwrap().unwrap() {
            Event::InitApply(object) => names.push(object.meta().name.clone().unwrap()),
            Event::InitDone => break,
            _ => {}
        }
    }
    let expected: Vec<String> = (0..count).map(|at| format!("s{at}")).collect();
    assert_eq!(names, expected, "each once, and in order");
    given.lock().clone()
}

#[tokio::test]
async fn ten_thousand_usual_objects_take_some_twenty_pages() {
    let pages = listed(vec![10; 10_000]).await;
    assert!(pages.len() <= 24, "{pages:?}");
    assert_eq!((pages[0].0, pages[1].0), (50, 100));
}

#[tokio::test]
async fn a_page_of_large_objects_is_small() {
    let (large, usual) = (vec![14_000; 40], vec![10; 3_000]);
    let pages = listed([usual.clone(), large, usual].concat()).await;
    let dropped = pages.iter().filter(|page| page.1 > PAGE).count();
    assert!(dropped <= 8, "a page is no larger than the one before it suggests: {pages:?}");
    assert!(pages.len() <= 60, "{pages:?}");
}

#[tokio::test]
async fn one_object_is_read_whatever_its_size() {
    let pages = listed(vec![PAGE + 1, 10, 10]).await;
    assert!(pages.iter().any(|page| page.0 == 1 && page.1 > PAGE), "{pages:?}");
}

#[tokio::test]
async fn an_answer_that_is_longer_than_it_may_be_is_an_error() {
    let (client, _) = api_server(vec![1_000]);
    let get = async |most: usize| {
        let url = Object::url_path(&(), Some("ns"));
        let mut request = ApiRequest::new(url).get("a", &kube::api::GetParams::default()).unwrap();
        request.extensions_mut().insert(AtMost(most));
        client.request_text(request).await
    };
    assert!(get(2_000).await.is_ok());
    assert!(is_too_long(&get(500).await.unwrap_err()));
}

#[test]
fn only_pages_of_lists_are_rewritten() {
    let page = |method: Method, uri: &str| {
        let request = Request::builder().method(method).uri(uri).header("accept", "a");
        Page::of(&request.body(()).unwrap().into_parts().0)
    };
    let uri = "https://api/v1/secrets?&labelSelector=a%3Db&limit=500&continue=x%3D%3D";
    let of = page(Method::GET, uri).unwrap();
    assert_eq!((of.list.as_str(), of.limit, of.is_first), ("/v1/secrets?labelSelector=a%3Db&", 500, false));
    let rewritten = of.request(7).unwrap();
    assert_eq!(
        rewritten.uri().to_string(),
        "https://api/v1/secrets?labelSelector=a%3Db&continue=x%3D%3D&limit=7"
    );
    assert_eq!(rewritten.headers()["accept"], "a");
    for (method, uri) in [
        (Method::GET, "/v1/secrets?watch=true"),
        (Method::GET, "/v1/secrets"),
        (Method::DELETE, "/v1/secrets?limit=5"),
    ] {
        assert!(page(method, uri).is_none(), "{uri}");
    }
}
