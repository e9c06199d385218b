//! What annotations say, and responses of the API server that cannot be decoded.

use super::*;
use crate::client::test_server::answering;
use parking_lot::Mutex;
use std::sync::Arc;

#[test]
fn a_written_annotation_reads_back() {
    let [one, two] = ["0", "1"].map(|digit| digit.repeat(64).parse().unwrap());
    let requests = [(one, "please"), (one, "again"), (two, "please")]
        .map(|(key, value)| RenewalRequest::new(key, value));
    assert!(requests[0] != requests[1] && requests[0] != requests[2]);
    // A fixed value, because another version of this program must read it.
    assert_eq!(requests[0].to_string(), "5d0f3bd54c35989c");
    let annotations = [(FULFILS.to_owned(), RenewalRequest::annotation(&requests).unwrap())];
    let metadata = ObjectMeta { annotations: Some(annotations.into()), ..ObjectMeta::default() };
    assert_eq!(RenewalRequest::fulfilled_by(&metadata), requests);
    assert_eq!(RenewalRequest::annotation(&[]), None);
    assert_eq!(RenewalRequest::fulfilled_by(&ObjectMeta::default()), []);
}

/// An API server that gives this response to every request, and the requests that it received.
fn api_server(code: u16, answer: String) -> (Client, Arc<Mutex<Vec<String>>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&requests);
    let client = answering(move |request, body| {
        log.lock().push(format!("{} {} {:?} {body}", request.method, request.uri.path(), request.headers));
        (code, answer.clone())
    });
    (client, requests)
}

/// Nested more deeply than `serde_json` decodes.
fn deep() -> String {
    let fields = r#"{"f:a":"#.repeat(1_000) + "{}" + &"}".repeat(1_000);
    format!(r#"{{"metadata":{{"name":"k","managedFields":[{{"manager":"m","fieldsV1":{fields}}}]}}}}"#)
}

#[tokio::test]
async fn a_patch_that_was_applied_succeeds_whatever_the_answer_holds() {
    let (client, requests) = api_server(200, deep());
    assert!(serde_json::from_str::<serde_json::Value>(&deep()).is_err());
    annotate(&client, "home", "k").await.unwrap();
    set_annotation(&client, "home", "k", None).await.unwrap();
    let requests = requests.lock();
    assert_eq!(requests.len(), 2, "{requests:?}");
    for request in requests.iter() {
        assert!(request.starts_with("PATCH /api/v1/namespaces/home/secrets/k "), "{request}");
        assert!(request.contains("as=PartialObjectMetadata"), "{request}");
    }
    assert!(requests[1].contains(r#"{"sealedsecrets.bitnami.com/renew":null}"#), "{requests:?}");
}

#[tokio::test]
async fn a_forbidden_patch_is_not_tried_again() {
    let refused =
        json!({ "kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden", "message": "no" });
    let (client, requests) = api_server(403, refused.to_string());
    annotate(&client, "home", "k").await.unwrap_err();
    assert_eq!(requests.lock().len(), 1);
}
