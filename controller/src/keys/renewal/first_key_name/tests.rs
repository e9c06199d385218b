//! Answers to the replacement of a text that was used.

use super::*;
use crate::client::test_server::answering;
use http::Method;
use serde_json::json;

/// An API server where the text was used, the key that was named after it is gone, and a replacement fails with this status.
fn refusing(code: u16) -> Api<Secret> {
    let status = json!({ "kind": "Status", "status": "Failure", "code": code, "reason": reason(code), "message": "no" });
    replacing(code, status.to_string())
}

fn replacing(code: u16, answer: String) -> Api<Secret> {
    let client = answering(move |request, _| {
        let stored =
            json!({ "metadata": { "name": "p-origin" }, "data": { "origin": "b2xk", "used": "dHJ1ZQ==" } });
        let is_for_text = request.uri.query().is_some_and(|query| query.ends_with("p-origin"));
        match request.method {
            Method::GET if is_for_text => (200, json!({ "metadata": {}, "items": [stored] }).to_string()),
            Method::GET => (200, json!({ "metadata": {}, "items": [] }).to_string()),
            _ => (code, answer.clone()),
        }
    });
    Api::default_namespaced(client)
}

fn reason(code: u16) -> &'static str {
    match code {
        403 => "Forbidden",
        422 => "Invalid",
        _ => "InternalError",
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_replaced_is_used_again() {
    for code in [403, 422] {
        let secrets = refusing(code);
        assert_eq!(FirstKeyName::new(&secrets, "p").text().await.unwrap(), "old", "{code}");
    }
    assert!(FirstKeyName::new(&refusing(500), "p").text().await.is_err());
}

#[tokio::test]
async fn the_answer_to_a_replacement_is_not_decoded() {
    let deep = "[".repeat(1_000) + &"]".repeat(1_000);
    let secrets = replacing(200, format!(r#"{{"metadata":{{"managedFields":{deep}}}}}"#));
    assert_ne!(FirstKeyName::new(&secrets, "p").text().await.unwrap(), "old");
}
