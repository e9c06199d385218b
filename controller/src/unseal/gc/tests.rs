//! Responses to a deletion.

use super::*;
use crate::client::test_server::answering;
use http::{Method, Response};
use kube::client::Body;
use serde_json::json;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use tower::BoxError;

/// A Secret of the SealedSecret "u", as its metadata and with more than can be decoded.
fn secret(deep: bool) -> String {
    let owner = r#"{"apiVersion":"a","kind":"k","name":"db","uid":"u","controller":true}"#;
    let fields = if deep { "[".repeat(1_000) + &"]".repeat(1_000) } else { "{}".into() };
    format!(
        r#"{{"kind":"Secret","metadata":{{"name":"db","uid":"s","resourceVersion":"7","ownerReferences":[{owner}],"managedFields":[{{"fieldsV1":{fields}}}]}}}}"#
    )
}

/// Collects a deleted SealedSecret, where deleting the Secret gets this response.
async fn deleting(code: u16, answer: String) -> Result<(), kube::Error> {
    let client = answering(move |request, body| {
        let metadata = request.headers[ACCEPT].to_str().unwrap().contains("as=PartialObjectMetadata");
        assert!(metadata, "{request:?}");
        match request.method {
            _ if request.uri.path() != "/api/v1/namespaces/shop/secrets/db" => {
                let not_found =
                    json!({ "kind": "Status", "status": "Failure", "code": 404, "reason": "NotFound" });
                (404, not_found.to_string())
            }
            Method::DELETE => {
                let options: serde_json::Value = serde_json::from_str(body).unwrap();
                assert_eq!(options["preconditions"], json!({ "uid": "s", "resourceVersion": "7" }));
                (code, answer.clone())
            }
            _ => (200, secret(true)),
        }
    });
    delete(&client, "shop", "db", Some("u")).await
}

#[tokio::test]
async fn what_took_effect_has_not_failed() {
    assert!(serde_json::from_str::<serde_json::Value>(&secret(true)).is_err());
    let done = json!({ "kind": "Status", "status": "Success", "details": { "name": "db" } });
    for answer in [done.to_string(), secret(false), secret(true)] {
        deleting(200, answer).await.unwrap();
    }
}

/// No further event reports the deleted SealedSecret.
#[tokio::test]
async fn what_was_refused_is_tried_again_while_the_term_lasts() {
    let gone = json!({ "metadata": { "namespace": "shop", "name": "db", "uid": "u" } });
    let gone: Arc<WatchedSealedSecret> = Arc::new(serde_json::from_value(gone).unwrap());
    let policy =
        json!({ "kind": "Status", "status": "Failure", "code": 422, "reason": "Invalid" }).to_string();
    let done = json!({ "kind": "Status", "status": "Success" }).to_string();
    for ends_with_the_term in [false, true] {
        let deletions = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&deletions);
        let (policy, done) = (policy.clone(), done.clone());
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let deletion = (*request.method() == Method::DELETE).then(|| counted.fetch_add(1, SeqCst));
            let (code, answer) = match deletion {
                Some(0 | 1) => (422, policy.clone()),
                Some(_) if ends_with_the_term => {
                    return std::future::ready(Err(BoxError::from(WriteRefused::TermOver)));
                }
                Some(_) => (200, done.clone()),
                None if request.uri().path().ends_with("/secrets/db") => (200, secret(false)),
                None => (404, json!({ "status": "Failure", "code": 404, "reason": "NotFound" }).to_string()),
            };
            let answer = Response::builder().status(code).body(Body::from(answer.into_bytes()));
            std::future::ready(answer.map_err(BoxError::from))
        });
        collect(Client::new(service, "shop"), Arc::clone(&gone)).await;
        assert_eq!(deletions.load(SeqCst), 3);
    }
}

#[tokio::test]
async fn a_refused_deletion_is_reported_and_a_missing_secret_is_not() {
    let refusal = |code: u16, reason: &str| {
        json!({ "kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": "no" })
            .to_string()
    };
    for (code, reason) in [(403, "Forbidden"), (409, "Conflict"), (500, "InternalError")] {
        deleting(code, refusal(code, reason)).await.unwrap_err();
    }
    deleting(404, refusal(404, "NotFound")).await.unwrap();
}
