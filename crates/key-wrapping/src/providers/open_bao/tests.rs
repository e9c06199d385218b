//! Requests to `OpenBao`, and how its answers are read.

use super::*;
use crate::https::test_server::TestServer;
use crate::provider::error::ProviderErrorKind::{Denied, Garbage, Refused, Unavailable};

const ENCRYPTED: (&str, &str) =
    ("200 OK", r#"{"request_id": "x", "data": {"ciphertext": "vault:v3:QUJD", "key_version": 3}}"#);
const DECRYPTED: (&str, &str) =
    ("200 OK", r#"{"data": {"plaintext": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="}}"#);
const LOGGED_IN: (&str, &str) =
    ("200 OK", r#"{"auth": {"client_token": "hvs.TOKENTOKEN", "lease_duration": 3600}}"#);
const DENIED: (&str, &str) =
    ("403 Forbidden", r#"{"errors": ["1 error occurred:\n\t* permission denied\n\n"]}"#);

fn context() -> Context {
    Context {
        fingerprint: "ab".repeat(32).parse().unwrap(),
        cluster_name: "prod".parse().unwrap(),
        since: "2026-01-02T03:04:05Z".parse().unwrap(),
    }
}

fn data_key() -> DataKey {
    DataKey::take(vec![7; 32]).unwrap()
}

fn new(options: &str) -> Result<OpenBaoTransit, ProviderSpecError> {
    let spec = format!("openbao+transit://bao.example/transit/sealing?{options}").parse()?;
    OpenBaoTransit::new(&spec, ("bao.example", "transit", "sealing"), &ProviderEnvironment::default())
}

/// The provider, with a file that holds a token, at a server of the test. The file is removed with the folder.
fn at(server: &TestServer, option: &str) -> (OpenBaoTransit, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "SECRETSECRET\n").unwrap();
    let mut provider = new(&format!("{option}={}", file.display())).unwrap();
    provider.server = provider.server.at(server.endpoint().clone());
    (provider, folder)
}

#[tokio::test]
async fn encrypts_and_decrypts_with_the_associated_data_as_context_too() {
    let server = TestServer::answering_each([ENCRYPTED, DECRYPTED]).await;
    let (provider, _folder) = at(&server, "token-file");
    let slot = provider.wrap(&data_key(), &context()).await.unwrap();
    assert_eq!(slot.uri, "openbao+transit://bao.example/transit/sealing");
    assert_eq!((slot.key_id.as_str(), slot.wrapped.as_slice()), ("3", b"vault:v3:QUJD".as_slice()));
    assert_eq!(provider.unwrap(&slot, &context()).await.unwrap().bytes(), [7; 32]);
    let (sent, context) = (server.received(), base64(&context().associated_data()));
    let plaintext = base64(&[7; 32]);
    let encrypt = format!(
        r#"{{"plaintext":"{}","associated_data":"{}","context":"{}"}}"#,
        *plaintext, *context, *context
    );
    let decrypt = format!(
        r#"{{"ciphertext":"vault:v3:QUJD","associated_data":"{}","context":"{}"}}"#,
        *context, *context
    );
    assert!(sent.starts_with("POST /v1/transit/encrypt/sealing ") && sent.contains(&encrypt), "{sent}");
    assert!(sent.contains("POST /v1/transit/decrypt/sealing ") && sent.ends_with(&decrypt), "{sent}");
    assert_eq!(sent.matches("x-vault-token: SECRETSECRET\r\n").count(), 2, "{sent}");
}

#[tokio::test]
async fn logs_in_once_and_again_after_one_denial() {
    let server = TestServer::answering_each([LOGGED_IN, ENCRYPTED, DENIED, LOGGED_IN, DECRYPTED]).await;
    let (provider, _folder) = at(&server, "role=shop&auth-mount=k8s/eu&jwt-file");
    let slot = provider.wrap(&data_key(), &context()).await.unwrap();
    provider.unwrap(&slot, &context()).await.unwrap();
    let sent = server.received();
    let lines: Vec<_> =
        sent.lines().filter_map(|line| line.split_once("/v1/")?.1.split(' ').next()).collect();
    let login = "auth/k8s/eu/login";
    assert_eq!(
        lines,
        [login, "transit/encrypt/sealing", "transit/decrypt/sealing", login, "transit/decrypt/sealing"]
    );
    assert!(sent.contains(r#"{"role":"shop","jwt":"SECRETSECRET"}"#), "{sent}");
    assert_eq!(sent.matches("x-vault-token: hvs.TOKENTOKEN\r\n").count(), 3, "{sent}");
}

#[tokio::test]
async fn a_second_denial_is_an_error_that_names_what_the_policy_lacks() {
    let server = TestServer::answering_each([LOGGED_IN, DENIED]).await;
    let (provider, _folder) = at(&server, "role=shop&jwt-file");
    let error = provider.wrap(&data_key(), &context()).await.unwrap_err();
    let expected = format!(
        "{} did not encrypt: 403, 1 error occurred: * permission denied; the policy of the role has to allow `update` of \
         transit/encrypt/sealing and transit/decrypt/sealing",
        server.endpoint()
    );
    assert_eq!((error.kind, error.to_string()), (Denied, expected));
}

#[tokio::test]
async fn failures_say_what_they_mean_and_repeat_no_secret() {
    let echo = r#"{"errors": ["bad SECRETSECRET, BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=, vault:v1:QUJDREVGR0hJ"]}"#;
    let cases = [
        ("400 Bad Request", echo, Refused),
        ("403 Forbidden", echo, Denied),
        ("503 Service Unavailable", echo, Unavailable),
        ("200 OK", echo, Garbage),
        ("200 OK", r#"{"data": {"plaintext": "SECRETSECRET"}}"#, Garbage),
        ("200 OK", r#"{"data": {"plaintext": "U0VDUkVU"}}"#, Garbage),
        ("502 Bad Gateway", "<html>SECRETSECRET", Unavailable),
    ];
    for (status, body, expected) in cases {
        let server = TestServer::answering(status, body).await;
        let (provider, _folder) = at(&server, "token-file");
        let wrapped = b"vault:v1:QUJDREVGR0hJ".to_vec();
        let slot = slot(&provider.uri, "1", wrapped).unwrap();
        let error = provider.unwrap(&slot, &context()).await.unwrap_err();
        assert_eq!(error.kind, expected, "{status} {body}: {error}");
        for secret in ["SECRETSECRET", "BwcHBwcH", "QUJDREVG", "U0VDUkVU"] {
            assert!(!format!("{error:?} {error}").contains(secret), "{status} {body}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_to_a_login_that_cannot_be_used_shows_no_token() {
    let cases = [
        ("200 OK", r#"{"auth": {"client_token": "SECRETSECRET"}}"#, Garbage),
        ("200 OK", r#"{"auth": null, "x": "SECRETSECRET"}"#, Garbage),
        ("400 Bad Request", r#"{"errors": ["invalid role name \"shop\", SECRETSECRET"]}"#, Denied),
        ("500 Internal Server Error", "", Unavailable),
    ];
    for (status, body, expected) in cases {
        let server = TestServer::answering(status, body).await;
        let (provider, _folder) = at(&server, "role=shop&jwt-file");
        let error = provider.wrap(&data_key(), &context()).await.unwrap_err();
        let step = format!("the login as role shop at {}, auth/kubernetes, failed", server.endpoint());
        assert_eq!((error.kind, error.to_string()), (expected, step), "{status} {body}");
        assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_no_ciphertext_of_transit_is_not_sent() {
    let server = TestServer::answering("200 OK", "{}").await;
    let (provider, _folder) = at(&server, "token-file");
    for wrapped in ["x", "vault:v:QUJD", "vault:v1:", "vault:1:QUJD", "vault:v1x:QUJD", "vault:v1:é"] {
        let slot = slot(&provider.uri, "1", wrapped.into()).unwrap();
        let error = provider.unwrap(&slot, &context()).await.unwrap_err();
        assert_eq!((error.kind, server.received()), (Refused, String::new()), "{wrapped}");
    }
    let server = TestServer::answering("200 OK", r#"{"data": {"ciphertext": "vault:v1x:QUJD"}}"#).await;
    let (provider, _folder) = at(&server, "token-file");
    assert_eq!(provider.wrap(&data_key(), &context()).await.unwrap_err().kind, Garbage);
}

#[tokio::test]
async fn a_redirect_is_followed_to_configured_hosts_alone() {
    let active = TestServer::answering("200 OK", ENCRYPTED.1).await;
    let location = format!("307 Temporary Redirect\r\nLocation: {}/v1/elsewhere", active.endpoint());
    let standby = TestServer::answering(&location, "").await;
    let (mut provider, _folder) = at(&standby, "token-file");
    let error = provider.wrap(&data_key(), &context()).await.unwrap_err();
    assert_eq!((error.kind, active.received()), (Garbage, String::new()), "{error}");
    assert!(error.to_string().ends_with("list its HOST:PORT in the option redirect-hosts"), "{error}");
    provider.server = provider.server.redirecting_to(active.endpoint().clone());
    provider.wrap(&data_key(), &context()).await.unwrap();
    // The path is not the redirect's.
    assert!(active.received().starts_with("POST /v1/transit/encrypt/sealing "), "{}", active.received());
    // A circle ends.
    let circle =
        TestServer::answering(&location.replace(&active.endpoint().to_string(), "https://bao.example"), "")
            .await;
    let (mut provider, _folder) = at(&circle, "token-file");
    provider.server = provider.server.redirecting_to("https://bao.example".parse().unwrap());
    assert!(provider.wrap(&data_key(), &context()).await.is_err());
}

#[test]
fn options_that_cannot_be_used_are_named() {
    let cases = [
        (
            "role=a",
            "the option \"role\": there is no ServiceAccount to log in: give its token by jwt-file, or the server's by token-file",
        ),
        (
            "namespace=a",
            "the option \"role\": name the role that the ServiceAccount logs in with, or give a token by token-file",
        ),
        ("token-file=/x&role=a", "the option \"token-file\": it replaces the login: leave out role"),
        ("role=a&jwt-file=/x&audience=b", "the option \"audience\": the token in jwt-file has its own"),
        (
            "role=a&jwt-file=/x&auth-mount=../sys",
            "the option \"auth-mount\": write the path of an auth method, without auth/ before it",
        ),
        (
            "token-file=/x&redirect-hosts=a,b/c",
            "the option \"redirect-hosts\": write HOST[:PORT], and a comma between two: the port is 443 where none is given",
        ),
    ];
    for (options, expected) in cases {
        assert_eq!(new(options).unwrap_err().to_string(), expected);
    }
    assert!(matches!(new("derived=true").unwrap_err(), ProviderSpecError::Unknown(..)));
}
