//! Answers in which there is more than can be decoded.

use super::*;
use http::{Request, Response};
use kube::client::Body;
use std::sync::{Arc, Mutex};

/// An API server that says this to every request, and what it was asked.
fn saying(code: u16, answer: String) -> (Client, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let service = tower::service_fn(move |request: Request<Body>| {
        let (log, answer) = (Arc::clone(&log), answer.clone());
        async move {
            let head = format!("{} {} {:?}", request.method(), request.uri().path(), request.headers());
            let body = request.into_body().collect_bytes().await?;
            log.lock().unwrap().push(format!("{head} {}", String::from_utf8_lossy(&body)));
            let answer = Response::builder().status(code).body(Body::from(answer.into_bytes()));
            answer.map_err(kube::Error::HttpError)
        }
    });
    (Client::new(service, "home"), asked)
}

/// Deeper than `serde_json` decodes.
fn deep() -> String {
    let fields = r#"{"f:a":"#.repeat(1_000) + "{}" + &"}".repeat(1_000);
    format!(r#"{{"metadata":{{"name":"k","managedFields":[{{"manager":"m","fieldsV1":{fields}}}]}}}}"#)
}

#[tokio::test]
async fn what_took_effect_has_not_failed() {
    let (client, asked) = saying(200, deep());
    assert!(serde_json::from_str::<serde_json::Value>(&deep()).is_err());
    annotate(&client, "home", "k").await.unwrap();
    set(&client, "home", "k", None).await.unwrap();
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2, "{asked:?}");
    for request in asked.iter() {
        assert!(request.starts_with("PATCH /api/v1/namespaces/home/secrets/k "), "{request}");
        assert!(request.contains("as=PartialObjectMetadata"), "{request}");
    }
    assert!(asked[1].contains(r#"{"sealedsecrets.bitnami.com/renew":null}"#), "{asked:?}");
}

#[tokio::test]
async fn what_is_forbidden_is_not_tried_again() {
    let refused =
        json!({ "kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden", "message": "no" });
    let (client, asked) = saying(403, refused.to_string());
    annotate(&client, "home", "k").await.unwrap_err();
    assert_eq!(asked.lock().unwrap().len(), 1);
}
