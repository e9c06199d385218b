//! Who passes the limit, and how often the API server is asked.
//!
//! The API server's answers are as old as a test says: no test waits for them to get old.

use super::*;
use crate::client::test_server::{answering, held, silent};
use api::reseal_token::AUDIENCE;
use k8s_openapi::api::authentication::v1::UserInfo;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Semaphore;

/// An API server that knows the tokens `everywhere`, `shop`, `elsewhere` (for another audience) and `no-audience`, and counts requests.
fn client(asked: &Arc<AtomicU32>) -> Client {
    let asked = Arc::clone(asked);
    answering(move |request, body| {
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
    })
}

fn authorizer(asked: &Arc<AtomicU32>) -> Arc<Authorizer> {
    Arc::new(Authorizer::new(client(asked)))
}

fn headers(token: &str) -> HeaderMap {
    HeaderMap::from_iter([(HEADER.parse().unwrap(), token.parse().unwrap())])
}

fn object(namespace: &str) -> Vec<u8> {
    json!({ "spec": {}, "metadata": { "name": "db", "namespace": namespace } }).to_string().into_bytes()
}

/// An answer of this age, in seconds, of the API server: it granted it.
fn granted(authorizer: &Authorizer, token: &str, grant: Grant, seconds: u64) {
    let at = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
    let user = UserInfo { username: Some(token.into()), ..UserInfo::default() };
    authorizer.verified.lock().add(TokenDigest::of(token), user, at, grant);
}

/// Waits until nothing is asked.
async fn settled(authorizer: &Authorizer) {
    loop {
        let review = authorizer.reviews.lock().values().next().cloned();
        let Some(review) = review else { return };
        review.await;
    }
}

/// No more questions about unknown tokens for now.
fn use_up(authorizer: &Authorizer) {
    while authorizer.unknown.take().is_some() {}
}

#[tokio::test]
async fn only_a_valid_token_with_the_permission_passes() {
    let asked = Arc::<AtomicU32>::default();
    for (token, namespace, expected) in [
        ("everywhere", "shop", true),
        ("everywhere", "", true),
        ("shop", "shop", true),
        ("shop", "bank", false),
        ("shop", "", false),
        ("elsewhere", "elsewhere", false),
        ("no-audience", "no-audience", false),
        ("expired", "expired", false),
    ] {
        let passes = authorizer(&asked).passes(&headers(token), &object(namespace)).await;
        assert_eq!(passes, expected, "{token} {namespace}");
    }
    let before = asked.load(Ordering::Relaxed);
    assert!(!authorizer(&asked).passes(&HeaderMap::new(), &object("shop")).await);
    assert_eq!(asked.load(Ordering::Relaxed), before);
}

#[tokio::test]
async fn each_token_is_asked_for_once() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    let at_once = (0..50).map(|number| {
        let namespace = format!("ns-{number}");
        let authorizer = &authorizer;
        async move { authorizer.passes(&headers("everywhere"), &object(&namespace)).await }
    });
    let passed = futures::future::join_all(at_once).await;
    assert!(passed.iter().all(|passed| *passed), "{passed:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

/// Requests for two namespaces come at once, with a token that may reseal in both: the second asks as well.
#[tokio::test]
async fn the_answer_for_another_namespace_is_not_its_own() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    let (headers, shop, bank) = (headers("shop"), object("shop"), object("bank"));
    let (in_bank, in_shop) =
        tokio::join!(authorizer.passes(&headers, &bank), authorizer.passes(&headers, &shop));
    assert!(in_shop && !in_bank);
}

/// Junk tokens make the API server answer a number of questions, and no more, however many there are.
#[tokio::test]
async fn junk_tokens_cause_few_questions() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    let began = Instant::now();
    for _ in 0..1000 {
        assert!(!authorizer.passes(&headers("expired"), &object("shop")).await);
    }
    let (most, per_second) = (UNKNOWN.0.get(), u64::from(UNKNOWN.0.get()));
    let since = u32::try_from(began.elapsed().as_secs().saturating_add(1) * per_second).unwrap();
    assert!((1..=most + since).contains(&asked.load(Ordering::Relaxed)), "{asked:?}");
}

/// Strangers use up all questions about unknown tokens, for ever: a token that was granted something stays in use, and is asked for again.
#[tokio::test]
async fn strangers_keep_no_known_token_out() {
    let asked = Arc::<AtomicU32>::default();
    for (token, grant) in [("everywhere", Grant::Everywhere), ("shop", Grant::Namespace("shop".into()))] {
        // Fresh; asked for again while it counts; and after it did.
        for (age, questions) in [(0, 0), (60, 2), (119, 2), (300, 2)] {
            let (authorizer, before) = (authorizer(&asked), asked.load(Ordering::Relaxed));
            use_up(&authorizer);
            granted(&authorizer, token, grant.clone(), age);
            for round in 0..3 {
                assert!(authorizer.passes(&headers(token), &object("shop")).await, "{token} {age} {round}");
                settled(&authorizer).await;
            }
            assert_eq!(asked.load(Ordering::Relaxed) - before, questions, "{token} {age}");
        }
        // An unknown one is not asked for.
        let (authorizer, before) = (authorizer(&asked), asked.load(Ordering::Relaxed));
        use_up(&authorizer);
        assert!(!authorizer.passes(&headers(token), &object("shop")).await);
        assert_eq!(asked.load(Ordering::Relaxed), before);
    }
}

/// The answer is old: the request that finds it so passes, and no other after the API server said no.
#[tokio::test]
async fn a_token_that_is_revoked_is_a_strangers() {
    let asked = Arc::<AtomicU32>::default();
    for (token, namespace, grant) in [
        ("expired", "shop", Grant::Everywhere),
        ("shop", "bank", Grant::Everywhere),
        ("shop", "bank", Grant::Namespace("bank".into())),
    ] {
        let authorizer = authorizer(&asked);
        granted(&authorizer, token, grant, 60);
        assert!(authorizer.passes(&headers(token), &object(namespace)).await);
        settled(&authorizer).await;
        assert!(!authorizer.knows(&headers(token)), "{token}");
        assert!(!authorizer.passes(&headers(token), &object(namespace)).await, "{token}");
    }
}

/// A token without the permission takes no place in the memory, so that it is asked for each time.
#[tokio::test]
async fn what_is_not_granted_is_not_remembered() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    for round in 1..=2 {
        assert!(!authorizer.passes(&headers("shop"), &object("bank")).await);
        assert!(!authorizer.knows(&headers("shop")));
        // Whose it is, and twice what the user may.
        assert_eq!(asked.load(Ordering::Relaxed), round * 3);
    }
}

#[tokio::test]
async fn a_token_that_is_too_long_is_not_sent_on() {
    let asked = Arc::<AtomicU32>::default();
    let authorizer = authorizer(&asked);
    let long = headers(&"x".repeat(LONGEST_TOKEN + 1));
    assert!(!authorizer.passes(&long, &object("shop")).await);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    authorizer.passes(&headers(&"x".repeat(LONGEST_TOKEN)), &object("shop")).await;
    assert!(asked.load(Ordering::Relaxed) > 0);
}

/// Every request is answered, and one with a known token does not wait.
#[tokio::test]
async fn an_api_server_that_does_not_answer_holds_no_request() {
    let mut authorizer = Authorizer::new(silent());
    authorizer.longest = Duration::from_millis(20);
    let authorizer = Arc::new(authorizer);
    granted(&authorizer, "known", Grant::Namespace("shop".into()), 60);
    let passes = (0..8).map(|number| {
        let (authorizer, token) = (&authorizer, headers(&format!("junk-{number}")));
        async move { authorizer.passes(&token, &object("shop")).await }
    });
    let all = timeout(Duration::from_secs(20), futures::future::join_all(passes));
    assert_eq!(all.await.expect("requests that are not answered"), [false; 8]);
    assert_eq!(authorizer.reviews.lock().len(), UNKNOWN.1);
    for _ in 0..100 {
        assert_eq!(authorizer.passes(&headers("known"), &object("shop")).now_or_never(), Some(true));
    }
    assert_eq!(authorizer.passes(&headers("known"), &object("bank")).now_or_never(), None);
}

/// A request waits for a time, and the next one finds the answer that came later.
#[tokio::test]
async fn the_answer_of_a_slow_api_server_is_not_lost() {
    let (asked, gate) = (Arc::<AtomicU32>::default(), Arc::new(Semaphore::new(0)));
    let mut authorizer = Authorizer::new(held(client(&asked), Arc::clone(&gate)));
    authorizer.longest = Duration::from_millis(20);
    let authorizer = Arc::new(authorizer);
    assert!(!authorizer.passes(&headers("everywhere"), &object("shop")).await);
    gate.add_permits(10);
    settled(&authorizer).await;
    assert!(authorizer.passes(&headers("everywhere"), &object("shop")).await);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn without_the_permission_to_ask_every_client_is_a_stranger() {
    let refused = json!({ "status": "Failure", "reason": "Forbidden", "code": 403 }).to_string();
    let authorizer = Arc::new(Authorizer::new(answering(move |_, _| (403, refused.clone()))));
    assert!(!authorizer.passes(&headers("everywhere"), &object("shop")).await);
}
