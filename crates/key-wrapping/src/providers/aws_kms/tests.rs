//! Requests to AWS KMS, and how its answers are read.

use super::*;
use crate::https::test_server::TestServer;
use crate::provider::error::ProviderErrorKind::{Denied, Garbage, Refused, Unavailable};
use aws_lc_rs::{digest, hmac};
use std::fmt::Write as _;

const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ENCRYPTED: (&str, &str) = (
    "200 OK",
    r#"{"CiphertextBlob": "QUJD", "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "KeyId": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}"#,
);
const DECRYPTED: (&str, &str) = (
    "200 OK",
    r#"{"Plaintext": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
        "KeyId": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}"#,
);
const STS: (&str, &str) = (
    "200 OK",
    "<Credentials><SessionToken>SESSIONTOKEN</SessionToken><SecretAccessKey>SECRETSECRET</SecretAccessKey>\
     <Expiration>2999-01-01T00:00:00Z</Expiration><AccessKeyId>ASIA1</AccessKeyId></Credentials>",
);
const AGENT: (&str, &str) = (
    "200 OK",
    r#"{"AccessKeyId": "ASIA1", "SecretAccessKey": "SECRETSECRET", "Token": "SESSIONTOKEN",
        "Expiration": "2999-01-01T00:00:00Z", "AccountId": "111122223333"}"#,
);
const DENIED: (&str, &str) = (
    "400 Bad Request",
    r#"{"__type": "AccessDeniedException", "Message": "User: x is not authorized to perform: kms:Decrypt"}"#,
);

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

fn of_environment() -> ProviderEnvironment {
    ProviderEnvironment::default()
        .with_variable("AWS_ACCESS_KEY_ID", "AKIA1")
        .with_variable("AWS_SECRET_ACCESS_KEY", "SECRETSECRET")
        .with_variable("AWS_SESSION_TOKEN", "SESSIONTOKEN")
}

fn new(flag: &str, environment: &ProviderEnvironment) -> Result<AwsKms, ProviderSpecError> {
    let spec: ProviderSpec = flag.parse()?;
    let ProviderUri::AwsKms { arn, region } = spec.uri.clone() else { panic!("{flag}") };
    AwsKms::new(&spec, (&arn, &region), environment)
}

fn at(server: &TestServer, environment: &ProviderEnvironment) -> AwsKms {
    new(&format!("awskms:{ARN}?endpoint={0}&sts-endpoint={0}", server.endpoint()), environment).unwrap()
}

#[tokio::test]
async fn encrypts_and_decrypts_in_the_context_of_cluster_and_fingerprint() {
    let server = TestServer::answering_each([ENCRYPTED, DECRYPTED]).await;
    let provider = at(&server, &of_environment());
    let slot = provider.wrap(&data_key(), &context()).await.unwrap();
    assert_eq!(
        (slot.uri, slot.key_id.as_str(), slot.wrapped.as_slice()),
        (format!("awskms:{ARN}"), ARN, b"ABC".as_slice())
    );
    let slot = Slot { uri: format!("awskms:{ARN}"), key_id: String::new(), ..slot };
    assert_eq!(provider.unwrap(&slot, &context()).await.unwrap().bytes(), [7; 32]);
    let sent = server.received();
    let context = format!(
        r#""EncryptionContext":{{"sealed-secrets/cluster":"prod","sealed-secrets/fingerprint":"{}"}}"#,
        "ab".repeat(32)
    );
    let plaintext = base64(&[7; 32]);
    let encrypt = format!(r#"{{"KeyId":"{ARN}","Plaintext":"{}",{context}}}"#, *plaintext);
    let decrypt = format!(r#"{{"KeyId":"{ARN}","CiphertextBlob":"QUJD",{context}}}"#);
    assert!(sent.contains(&encrypt) && sent.ends_with(&decrypt), "{sent}");
    assert!(
        sent.contains("x-amz-target: TrentService.Encrypt\r\n")
            && sent.contains("x-amz-target: TrentService.Decrypt\r\n")
    );
    assert_eq!(sent.matches("content-type: application/x-amz-json-1.1\r\n").count(), 2, "{sent}");
}

#[tokio::test]
async fn the_signature_is_that_of_what_is_sent() {
    let server = TestServer::answering_each([ENCRYPTED]).await;
    at(&server, &of_environment()).wrap(&data_key(), &context()).await.unwrap();
    let sent = server.received();
    let (signed, expected) = signatures(&sent, "SECRETSECRET");
    assert_eq!(signed, expected, "{sent}");
    assert!(sent.contains("x-amz-security-token: SESSIONTOKEN\r\n"), "{sent}");
    // A computation that ignores the body would agree as well.
    let (signed, expected) = signatures(&sent.replace("prod", "test"), "SECRETSECRET");
    assert_ne!(signed, expected);
}

/// The signature in a request, and the one that its signed headers and its body give, as
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html> has it.
fn signatures(request: &str, secret: &str) -> (String, String) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {head}"))
    };
    let part = |name: &str| {
        header("authorization").split_once(&format!("{name}=")).unwrap().1.split(',').next().unwrap()
    };
    let (names, scope) = (part("SignedHeaders"), part("Credential").split_once('/').unwrap().1);
    assert!(scope.ends_with("/eu-west-1/kms/aws4_request"), "{scope}");
    for name in ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"] {
        assert!(names.split(';').any(|it| it == name), "{name} is not signed: {names}");
    }
    let headers: String = names.split(';').flat_map(|name| [name, ":", header(name), "\n"]).collect();
    let canonical = format!(
        "POST\n/\n\n{headers}\n{names}\n{}",
        hex(digest::digest(&digest::SHA256, body.as_bytes()).as_ref())
    );
    let hash = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
    let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{hash}", header("x-amz-date"));
    let sign = |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
    let first = format!("AWS4{secret}").into_bytes();
    let key = scope.split('/').fold(first, |key, part| sign(&key, part).as_ref().to_vec());
    (part("Signature").to_owned(), hex(sign(&key, &text).as_ref()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Each failure that new credentials mend.
#[tokio::test]
async fn a_role_is_assumed_once_and_again_once_its_credentials_are_not_taken_any_more() {
    for name in ["ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId"] {
        let body = DENIED.1.replace("AccessDeniedException", name);
        assumes_again(("400 Bad Request", &body)).await;
    }
}

/// Also of a policy for one cluster alone, in another one.
#[tokio::test]
async fn what_is_denied_is_denied_without_new_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::answering_each([STS, ENCRYPTED, DENIED]).await;
    let provider = at(&server, &web_identity(&folder));
    let slot = provider.wrap(&data_key(), &context()).await.unwrap();
    assert_eq!(provider.unwrap(&slot, &context()).await.unwrap_err().kind, Denied);
    let sent = server.received();
    assert_eq!(sent.matches("Action=AssumeRoleWithWebIdentity").count(), 1, "{sent}");
}

/// A role by a token in a file of this folder.
fn web_identity(folder: &tempfile::TempDir) -> ProviderEnvironment {
    let token = folder.path().join("token");
    std::fs::write(&token, "WEBTOKEN/+\n").unwrap();
    ProviderEnvironment::default()
        .with_variable("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap())
        .with_variable("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/sealing")
}

async fn assumes_again(invalid: (&str, &str)) {
    let folder = tempfile::tempdir().unwrap();
    let web_identity = web_identity(&folder);
    let token = folder.path().join("token");
    let agent = ProviderEnvironment::default()
        .with_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.to_str().unwrap());
    for is_agent in [false, true] {
        let credentials = if is_agent { AGENT } else { STS };
        let server =
            TestServer::answering_each([credentials, ENCRYPTED, invalid, credentials, DECRYPTED]).await;
        let uri = format!("{}/v1/credentials", server.endpoint());
        let environment = if is_agent {
            agent.clone().with_variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)
        } else {
            web_identity.clone()
        };
        let provider = at(&server, &environment);
        let slot = provider.wrap(&data_key(), &context()).await.unwrap();
        provider.unwrap(&slot, &context()).await.unwrap();
        let sent = server.received();
        assert_eq!(sent.matches("x-amz-security-token: SESSIONTOKEN\r\n").count(), 3, "{sent}");
        let form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fsealing\
                    &RoleSessionName=sealed-secrets&WebIdentityToken=WEBTOKEN%2F%2B";
        let expected =
            if is_agent { "GET /v1/credentials HTTP/1.1\r\nauthorization: WEBTOKEN/+\r\n" } else { form };
        assert_eq!(sent.matches(expected).count(), 2, "{sent}");
    }
}

#[tokio::test]
async fn a_second_denial_is_an_error_that_says_what_the_policies_lack() {
    let server = TestServer::answering("400 Bad Request", DENIED.1).await;
    let error = at(&server, &of_environment()).wrap(&data_key(), &context()).await.unwrap_err();
    let expected = format!(
        "{} did not encrypt: 400, AccessDeniedException, User: x is not authorized to perform: kms:Decrypt; the policies of the \
         key and of the role have to allow kms:Encrypt and kms:Decrypt",
        server.endpoint()
    );
    assert_eq!((error.kind, error.to_string()), (Denied, expected));
}

#[tokio::test]
async fn failures_say_what_they_mean_and_repeat_no_secret() {
    let echo = |name: &str| {
        format!(r#"{{"__type": "com.amazonaws.kms#{name}", "message": "QUJDREVGR0hJ SESSIONTOKEN"}}"#)
    };
    let other = DECRYPTED.1.replace("1234abcd", "ffffffff");
    let cases = [
        ("400 Bad Request", echo("InvalidCiphertextException"), Refused),
        ("400 Bad Request", echo("KMSInvalidStateException"), Denied),
        ("500 Internal Server Error", echo("KMSInternalException"), Unavailable),
        ("200 OK", echo("x"), Garbage),
        ("200 OK", other, Garbage),
        ("200 OK", DECRYPTED.1.replace("BwcHBwcH", "!"), Garbage),
        ("200 OK", DECRYPTED.1.replace("BwcHBwcH", ""), Garbage),
        ("502 Bad Gateway", "<html>SESSIONTOKEN".to_owned(), Unavailable),
    ];
    for (status, body, expected) in cases {
        let server = TestServer::answering(status, &body).await;
        let provider = at(&server, &of_environment());
        let slot = slot(&provider.uri, ARN, b"ABCDEFGHI".to_vec()).unwrap();
        let error = provider.unwrap(&slot, &context()).await.unwrap_err();
        assert_eq!(error.kind, expected, "{status} {body}: {error}");
        let shown = format!("{error:?} {error}");
        assert!(
            !["SESSIONTOKEN", "QUJDREVG", "BwcHBwcH"].iter().any(|secret| shown.contains(secret)),
            "{body}: {shown}"
        );
    }
}

#[test]
fn endpoints_are_those_of_the_region_of_the_key() {
    let cases = [
        (ARN, "https://kms.eu-west-1.amazonaws.com"),
        ("arn:aws-us-gov:kms:us-gov-west-1:1:alias/x", "https://kms.us-gov-west-1.amazonaws.com"),
        ("arn:aws-cn:kms:cn-north-1:1:key/x", "https://kms.cn-north-1.amazonaws.com.cn"),
        ("arn:aws-eusc:kms:eusc-de-east-1:1:key/x", "https://kms.eusc-de-east-1.amazonaws.eu"),
    ];
    for (arn, expected) in cases {
        assert_eq!(new(&format!("awskms:{arn}"), &of_environment()).unwrap().endpoint.to_string(), expected);
    }
    let error = new("awskms:arn:aws-iso:kms:x:1:key/x", &of_environment()).unwrap_err().to_string();
    assert_eq!(error, "the option \"endpoint\": name it: the domain of this ARN's partition is not known");
}

#[test]
fn without_credentials_the_ways_to_give_some_are_named() {
    let error = new(&format!("awskms:{ARN}"), &ProviderEnvironment::default()).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "no credentials: associate a role with the ServiceAccount by EKS Pod Identity or IRSA"
        ),
        "{error}"
    );
    let elsewhere = ProviderEnvironment::default()
        .with_variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/x")
        .with_variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.169.254/latest/");
    assert!(matches!(new(&format!("awskms:{ARN}"), &elsewhere), Err(ProviderSpecError::Credentials(_))));
}
