//! Who passes the limit, and how often the API server is asked.

use super::*;
use crate::client::test_server::{answering, silent};
use api::reseal_token::AUDIENCE;
use k8s_openapi::api::authentication::v1::UserInfo;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// An API server that knows the tokens `everywhere`, `shop`, `elsewhere` (for another audience) and `no-audience`, and counts requests.
fn authorizer(asked: &Arc<AtomicU32>) -> Authorizer {
    let asked = Arc::clone(asked);
    Authorizer::new(answering(move |request, body| {
        asked.fetch_add(1, Ordering::Relaxed);
        let mut review: Value = serde_json::from_str(body).unwrap();
        let spec = &review["spec"];
        review["status"] = if request.uri.path().ends_with("/tokenreviews") {
            assert_eq!(spec["audiences"], json!([AUDIENCE]));
            let token = spec["token"].as_str().unwrap();
            let audiences = match token {
                "elsewhere" => json!(["https://kubernetes.default.svc"]),
                "no-audience" => Value::Null,
                _ => json!([AUDIENCE]),
            };
            let authenticated = token != "expired";
            json!({ "authenticated": authenticated, "user": { "username": token }, "audiences": audiences })
        } else {
            let attributes = &spec["resourceAttributes"];
            assert_eq!(
                (&attributes["verb"], &attributes["group"], &attributes["resource"]),
                (&json!("reseal"), &json!("bitnami.com"), &json!("sealedsecrets"))
            );
            let allowed = spec["user"] == "everywhere" || attributes["namespace"] == spec["user"];
            json!({ "allowed": allowed })
        };
        (201, review.to_string())
    }))
}

fn headers(token: &str) -> HeaderMap {
    HeaderMap::from_iter([(HEADER.parse().unwrap(), token.parse().unwrap())])
}

fn object(namespace: &str) -> Vec<u8> {
    json!({ "spec": {}, "metadata": { "name": "db", "namespace": namespace } }).to_string().into_bytes()
}

#[tokio::test]
async fn only_a_valid_token_with_the_permission_passes() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    let counted = AtomicU32::new(0);
    let count = || counted.fetch_add(1, Ordering::Relaxed) < u32::MAX;
    assert_eq!(authorizer.caller(&HeaderMap::new(), &object("shop"), count).await, Caller::Stranger);
    assert_eq!((asked.load(Ordering::Relaxed), counted.load(Ordering::Relaxed)), (0, 0));
    for (token, namespace, expected) in [
        ("everywhere", "shop", Caller::Authorized),
        ("everywhere", "", Caller::Authorized),
        ("shop", "shop", Caller::Authorized),
        ("shop", "bank", Caller::NotAccepted),
        ("shop", "", Caller::NotAccepted),
        ("elsewhere", "elsewhere", Caller::NotAccepted),
        ("no-audience", "no-audience", Caller::NotAccepted),
        ("expired", "expired", Caller::NotAccepted),
    ] {
        let caller = authorizer.caller(&headers(token), &object(namespace), count).await;
        assert_eq!(caller, expected, "{token} {namespace}");
    }
}

#[tokio::test]
async fn each_token_is_asked_for_once() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    let counted = AtomicU32::new(0);
    let count = || counted.fetch_add(1, Ordering::Relaxed) < u32::MAX;
    let at_once = (0..50).map(|number| {
        let namespace = format!("ns-{number}");
        let authorizer = &authorizer;
        async move { authorizer.caller(&headers("everywhere"), &object(&namespace), count).await }
    });
    let callers = futures::future::join_all(at_once).await;
    assert!(callers.iter().all(|caller| *caller == Caller::Authorized), "{callers:?}");
    assert_eq!((asked.load(Ordering::Relaxed), counted.load(Ordering::Relaxed)), (2, 1));
}

/// No client makes the API server work more than strangers may send requests.
#[tokio::test]
async fn what_is_not_counted_is_not_asked() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    for token in ["everywhere", "shop", "expired"] {
        let caller = authorizer.caller(&headers(token), &object("shop"), || false).await;
        assert_eq!(caller, Caller::TooMany, "{token}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    // A namespace that was not granted is asked for again, and counts again.
    assert_eq!(authorizer.caller(&headers("shop"), &object("shop"), || true).await, Caller::Authorized);
    assert_eq!(authorizer.caller(&headers("shop"), &object("bank"), || false).await, Caller::TooMany);
    assert_eq!(authorizer.caller(&headers("shop"), &object("shop"), || false).await, Caller::Authorized);
}

/// A token without the permission takes no place in the memory, so that it is asked for each time.
#[tokio::test]
async fn what_is_not_granted_is_not_remembered() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    for round in 1..=2 {
        let caller = authorizer.caller(&headers("shop"), &object("bank"), || true).await;
        assert_eq!(caller, Caller::NotAccepted);
        // Whose it is, and twice what the user may.
        assert_eq!(asked.load(Ordering::Relaxed), round * 3);
    }
}

#[tokio::test]
async fn a_token_that_is_too_long_is_not_sent_on() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    let long = headers(&"x".repeat(LONGEST_TOKEN + 1));
    assert_eq!(authorizer.caller(&long, &object("shop"), || true).await, Caller::NotAccepted);
    assert_eq!(authorizer.caller(&long, &object("shop"), || false).await, Caller::TooMany);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    authorizer.caller(&headers(&"x".repeat(LONGEST_TOKEN)), &object("shop"), || true).await;
    assert!(asked.load(Ordering::Relaxed) > 0);
}

/// Every request is answered, by who waited too long and by who asked, and a known token waits for neither.
#[tokio::test]
async fn an_api_server_that_does_not_answer_holds_no_request() {
    let mut authorizer = Authorizer::new(silent());
    authorizer.longest = Duration::from_millis(20);
    let known = Grant::Namespace("shop".into());
    let digest = TokenDigest::of("known");
    authorizer.verified.lock().add(digest, UserInfo::default(), known, Instant::now());
    let callers = (0..8).map(|number| {
        let (authorizer, token) = (&authorizer, headers(&format!("junk-{number}")));
        async move { authorizer.caller(&token, &object("shop"), || true).await }
    });
    let all = timeout(Duration::from_secs(20), futures::future::join_all(callers));
    let held = authorizer.asking.lock().await;
    assert!(authorizer.remembers(&headers("known"), &object("shop")));
    assert!(!authorizer.remembers(&headers("known"), &object("bank")));
    drop(held);
    let all = all.await.expect("requests that are not answered");
    assert!(all.contains(&Caller::NotAccepted) && all.contains(&Caller::TooMany), "{all:?}");
}

#[tokio::test]
async fn without_the_permission_to_ask_every_client_is_a_stranger() {
    let refused = json!({ "status": "Failure", "reason": "Forbidden", "code": 403 }).to_string();
    let authorizer = Authorizer::new(answering(move |_, _| (403, refused.clone())));
    let caller = authorizer.caller(&headers("everywhere"), &object("shop"), || true).await;
    assert_eq!(caller, Caller::NotAccepted);
}
