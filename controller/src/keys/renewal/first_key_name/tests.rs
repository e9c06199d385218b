//! What stands in the way of writing, and what does not.

use super::*;
use http::{Method, Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::json;

/// An API server where the text is there and used, the key that was made of it is gone, and writing gets this answer.
fn refusing(code: u16) -> Api<Secret> {
    let status = json!({ "kind": "Status", "status": "Failure", "code": code, "reason": reason(code), "message": "no" });
    answering(code, status.to_string())
}

fn answering(code: u16, answer: String) -> Api<Secret> {
    let service = tower::service_fn(move |request: Request<Body>| {
        let answer = answer.clone();
        async move {
            let kept = json!({ "metadata": { "name": "p-origin" }, "data": { "origin": "b2xk", "used": "dHJ1ZQ==" } });
            let asks_for_it = request.uri().query().is_some_and(|query| query.ends_with("p-origin"));
            let (code, body) = match *request.method() {
                Method::GET if asks_for_it => (200, json!({ "metadata": {}, "items": [kept] }).to_string()),
                Method::GET => (200, json!({ "metadata": {}, "items": [] }).to_string()),
                _ => (code, answer),
            };
            let answer = Response::builder().status(code).body(Body::from(body.into_bytes()));
            Ok::<_, tower::BoxError>(answer.unwrap())
        }
    });
    Api::default_namespaced(Client::new(service, "home"))
}

fn reason(code: u16) -> &'static str {
    match code {
        403 => "Forbidden",
        422 => "Invalid",
        _ => "InternalError",
    }
}

#[tokio::test]
async fn where_the_text_cannot_be_changed_it_is_used_again() {
    for code in [403, 422] {
        let secrets = refusing(code);
        assert_eq!(Origin::beside(&secrets, "p").get().await.unwrap(), "old", "{code}");
    }
    assert!(Origin::beside(&refusing(500), "p").get().await.is_err());
}

#[tokio::test]
async fn what_is_answered_to_writing_does_not_matter() {
    let deep = "[".repeat(1_000) + &"]".repeat(1_000);
    let secrets = answering(200, format!(r#"{{"metadata":{{"managedFields":{deep}}}}}"#));
    assert_ne!(Origin::beside(&secrets, "p").get().await.unwrap(), "old");
}
