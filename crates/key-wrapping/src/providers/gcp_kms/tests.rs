//! Requests to Google's Cloud KMS, and how its answers are read.

use super::*;
use crate::https::test_server::TestServer;
use crate::provider::error::ProviderErrorKind::{Denied, Garbage, Refused, Unavailable};
use std::error::Error as _;

const NAME: &str = "projects/example.com:shop/locations/europe-west3/keyRings/prod/cryptoKeys/sealing";
const TOKEN: (&str, &str) = (
    "200 OK\r\nMetadata-Flavor: Google",
    r#"{"access_token": "ya29.TOKENTOKEN", "expires_in": 3599, "token_type": "Bearer"}"#,
);
const DECRYPTED: (&str, &str) = (
    "200 OK",
    r#"{"plaintext": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "plaintextCrc32c": "3596965425", "usedPrimary": true}"#,
);
const UNAUTHENTICATED: (&str, &str) = (
    "401 Unauthorized",
    r#"{"error": {"code": 401, "message": "Request had invalid authentication credentials.", "status": "UNAUTHENTICATED"}}"#,
);

fn encrypted() -> String {
    format!(
        r#"{{"name": "{NAME}/cryptoKeyVersions/3", "ciphertext": "QUJD", "ciphertextCrc32c": "{}",
            "verifiedPlaintextCrc32c": true, "verifiedAdditionalAuthenticatedDataCrc32c": true, "protectionLevel": "SOFTWARE"}}"#,
        checksum(b"ABC")
    )
}

fn checksum(bytes: &[u8]) -> String {
    serde_json::to_string(&crc32c(bytes)).unwrap().replace('"', "")
}

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

/// The provider, whose service and metadata server are both a server of the test.
fn at(server: &TestServer) -> GcpKms {
    let host = server.endpoint().to_string().replace("http://", "");
    let environment = ProviderEnvironment::default().with_variable("GCE_METADATA_HOST", host);
    let spec = format!("gcpkms:{NAME}?endpoint={}", server.endpoint()).parse().unwrap();
    GcpKms::new(&spec, NAME, &environment).unwrap()
}

#[tokio::test]
async fn encrypts_and_decrypts_with_additional_data_and_checksums() {
    let encrypted = encrypted();
    let server = TestServer::answering_each([TOKEN, ("200 OK", &encrypted), DECRYPTED]).await;
    let provider = at(&server);
    let slot = provider.wrap(&data_key(), &context()).await.unwrap();
    assert_eq!((slot.uri.clone(), slot.key_id.as_str()), (format!("gcpkms:{NAME}"), "3"));
    assert_eq!(slot.wrapped, b"ABC");
    assert_eq!(provider.unwrap(&slot, &context()).await.unwrap().bytes(), [7; 32]);
    let (sent, data) = (server.received(), context().associated_data());
    let context = format!(
        r#""additionalAuthenticatedData":"{}","additionalAuthenticatedDataCrc32c":"{}""#,
        *base64(&data),
        checksum(&data)
    );
    let encrypt = format!(
        r#"{{"plaintext":"{}","plaintextCrc32c":"{}",{context}}}"#,
        *base64(&[7; 32]),
        checksum(&[7; 32])
    );
    let decrypt = format!(r#"{{"ciphertext":"QUJD","ciphertextCrc32c":"{}",{context}}}"#, checksum(b"ABC"));
    assert!(sent.contains(&format!("POST /v1/{NAME}:encrypt ")) && sent.contains(&encrypt), "{sent}");
    assert!(sent.contains(&format!("POST /v1/{NAME}:decrypt ")) && sent.ends_with(&decrypt), "{sent}");
    assert_eq!(sent.matches("metadata-flavor: Google\r\n").count(), 1, "{sent}");
    assert_eq!(sent.matches("authorization: Bearer ya29.TOKENTOKEN\r\n").count(), 2, "{sent}");
}

#[tokio::test]
async fn a_token_that_is_not_taken_any_more_is_replaced_once() {
    let encrypted = encrypted();
    let answers = [
        TOKEN,
        ("200 OK", encrypted.as_str()),
        UNAUTHENTICATED,
        TOKEN,
        DECRYPTED,
        UNAUTHENTICATED,
        TOKEN,
        UNAUTHENTICATED,
    ];
    let server = TestServer::answering_each(answers).await;
    let provider = at(&server);
    let slot = provider.wrap(&data_key(), &context()).await.unwrap();
    provider.unwrap(&slot, &context()).await.unwrap();
    let error = provider.unwrap(&slot, &context()).await.unwrap_err();
    let expected = format!(
        "{} did not decrypt: 401, UNAUTHENTICATED, Request had invalid authentication credentials.",
        server.endpoint()
    );
    assert_eq!((error.kind, error.to_string()), (Denied, expected));
    assert_eq!(server.received().matches("GET /computeMetadata/").count(), 3);
}

#[tokio::test]
async fn an_answer_whose_checksums_or_name_are_wrong_is_garbage() {
    let encrypted = encrypted();
    let changes = [
        ("QUJD", "QUJE", "the checksum of the ciphertext is another"),
        ("\"verifiedPlaintextCrc32c\": true,", "", "it did not verify the checksums of the request"),
        ("DataCrc32c\": true", "DataCrc32c\": false", "it did not verify the checksums of the request"),
        (
            "cryptoKeys/sealing/",
            "cryptoKeys/sealing2/",
            "it names another key than the one that was asked for",
        ),
        ("projects/", "", "it names another key than the one that was asked for"),
    ];
    for (from, to, problem) in changes {
        let body = encrypted.replace(from, to);
        assert_ne!(body, encrypted);
        let server = TestServer::answering_each([TOKEN, ("200 OK", &body)]).await;
        let error = at(&server).wrap(&data_key(), &context()).await.unwrap_err();
        assert_eq!(
            (error.kind, error.to_string()),
            (Garbage, format!("its answer cannot be used: {problem}"))
        );
    }
}

#[tokio::test]
async fn failures_say_what_they_mean_and_repeat_no_secret() {
    let echo = |status: &str| {
        format!(r#"{{"error": {{"status": "{status}", "message": "bad TOKENTOKEN, QUJDREVGR0hJ"}}}}"#)
    };
    let cases = [
        ("400 Bad Request", echo("INVALID_ARGUMENT"), Refused),
        ("403 Forbidden", echo("PERMISSION_DENIED"), Denied),
        ("503 Service Unavailable", echo("UNAVAILABLE"), Unavailable),
        ("502 Bad Gateway", "<html>TOKENTOKEN".to_owned(), Unavailable),
        ("200 OK", echo("x"), Garbage),
        ("200 OK", DECRYPTED.1.replace("\"3596965425\"", "\"1\""), Garbage),
        ("200 OK", DECRYPTED.1.replace("\"plaintextCrc32c\": \"3596965425\",", ""), Garbage),
        ("200 OK", DECRYPTED.1.replace("BwcHBwcH", "!"), Garbage),
    ];
    for (status, body, expected) in cases {
        let server = TestServer::answering_each([TOKEN, (status, &body)]).await;
        let provider = at(&server);
        let slot = slot(&provider.uri, "3", b"ABCDEFGHI".to_vec()).unwrap();
        let error = provider.unwrap(&slot, &context()).await.unwrap_err();
        assert_eq!(error.kind, expected, "{status} {body}: {error}");
        let shown = format!("{error:?} {error}");
        assert!(
            !["TOKENTOKEN", "QUJDREVG", "BwcHBwcH"].iter().any(|it| shown.contains(it)),
            "{body}: {shown}"
        );
    }
}

#[tokio::test]
async fn what_is_not_the_metadata_server_is_not_believed() {
    let cases = [
        ("200 OK", TOKEN.1, Garbage, "what answers there is not Google's metadata server"),
        (
            TOKEN.0,
            r#"{"access_token": "ya29.TOKENTOKEN"}"#,
            Garbage,
            "its answer cannot be used: it lacks a member",
        ),
        ("404 Not Found", "no account", Denied, "404: no account"),
        ("500 Internal Server Error", "", Unavailable, "500: "),
    ];
    for (status, body, kind, cause) in cases {
        let server = TestServer::answering(status, body).await;
        let error = at(&server).wrap(&data_key(), &context()).await.unwrap_err();
        let step = format!("the metadata server at {} gave no access token", server.endpoint());
        assert_eq!((error.kind, error.to_string()), (kind, step));
        assert_eq!(error.source().unwrap().to_string(), cause);
        assert!(!format!("{error:?}").contains("TOKENTOKEN"));
    }
}
