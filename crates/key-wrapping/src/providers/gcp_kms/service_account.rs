//! [`ServiceAccountKey`]: access tokens that the key of a service account signs.
//!
//! Decided: a signed token is the access token (<https://google.aip.dev/auth/4111>), and is not exchanged for another one: so no server of
//! tokens is contacted, and not the one that the file names.

use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::spec::ProviderSpecError;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// The longest that Google lets such a token be valid.
const LIFETIME: Duration = Duration::from_hours(1);

/// Whom a token is for.
const AUDIENCE: &str = "https://cloudkms.googleapis.com/";

/// A file with the key of a service account. It is read for each token.
#[derive(Debug)]
pub(crate) struct ServiceAccountKey {
    file: PathBuf,
}

/// Why a file does not sign.
type Problem = &'static str;

impl ServiceAccountKey {
    /// A file that cannot be used is an error at once.
    pub(crate) fn new(file: &str) -> Result<Self, ProviderSpecError> {
        let key = Self { file: file.into() };
        let unusable = |error: ProviderError| ProviderSpecError::Value("credentials-file", error.to_string());
        key.sign().map_err(unusable)?;
        Ok(key)
    }

    /// A new token, and its lifetime.
    pub(crate) fn sign(&self) -> Result<(Zeroizing<String>, Option<Duration>), ProviderError> {
        let failed = |problem: String| {
            let message =
                format!("the service account's key {} cannot be used: {problem}", self.file.display());
            ProviderError::new(ProviderErrorKind::Unavailable, message)
        };
        let text = Zeroizing::new(std::fs::read(&self.file).map_err(|error| failed(error.to_string()))?);
        let token = token(&text, Timestamp::now()).map_err(|problem| failed(problem.to_owned()))?;
        Ok((token, Some(LIFETIME)))
    }
}

/// A token that is valid from now on (RFC 7519).
fn token(file: &[u8], now: Timestamp) -> Result<Zeroizing<String>, Problem> {
    let account: Account<'_> = strict_json::from_slice(file, &[]).map_err(
        |_| "it is not the JSON of a service account's key, with type, client_email and private_key",
    )?;
    if account.kind != "service_account" {
        return Err("its type is not service_account; others are not supported");
    }
    let header = Header { alg: "RS256", typ: "JWT", kid: &account.private_key_id };
    let seconds = i64::try_from(LIFETIME.as_secs()).unwrap_or_default();
    let (iat, email) = (now.as_second(), &account.client_email);
    let claims = Claims { iss: email, sub: email, aud: AUDIENCE, iat, exp: iat + seconds };
    let mut token = Zeroizing::new(format!("{}.{}", encoded(&header)?, encoded(&claims)?));
    let signature = signature(&account.private_key, token.as_bytes())?;
    token.push('.');
    token.push_str(&BASE64_URL_SAFE_NO_PAD.encode(signature));
    Ok(token)
}

fn encoded(part: &impl Serialize) -> Result<String, Problem> {
    let json = serde_json::to_vec(part).map_err(|_| "its names cannot be encoded")?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(json))
}

/// RSASSA-PKCS1-v1_5 with SHA-256.
fn signature(pem: &str, text: &[u8]) -> Result<Vec<u8>, Problem> {
    let no_key = "its private_key is no RSA key in PKCS#8";
    let der = Zeroizing::new(PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| no_key)?);
    let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| no_key)?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)
        .map_err(|_| "its private_key did not sign")?;
    Ok(signature)
}

#[derive(Deserialize)]
struct Account<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    client_email: String,
    private_key_id: String,
    #[serde(deserialize_with = "crate::https::response::secret")]
    private_key: Zeroizing<String>,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'static str,
    iat: i64,
    exp: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use base64::prelude::BASE64_STANDARD;
    use serde_json::{Value, json};

    fn key() -> RsaKeyPair {
        RsaKeyPair::generate(KeySize::Rsa2048).unwrap()
    }

    fn file(key: &RsaKeyPair) -> Value {
        let der = BASE64_STANDARD.encode(key.as_der().unwrap().as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n");
        let email = "sealing@shop.iam.gserviceaccount.com";
        json!({ "type": "service_account", "client_email": email, "private_key_id": "0123", "private_key": pem,
            "token_uri": "https://evil.example/token" })
    }

    #[test]
    fn a_token_is_signed_for_the_service_alone_and_for_an_hour() {
        let key = key();
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let token = token(file(&key).to_string().as_bytes(), now).unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
        public.verify(text.as_bytes(), &decoded(signature)).unwrap();
        let (header, claims) = text.split_once('.').unwrap();
        let json = |part: &str| serde_json::from_slice::<Value>(&decoded(part)).unwrap();
        assert_eq!(json(header), json!({ "alg": "RS256", "typ": "JWT", "kid": "0123" }));
        let email = "sealing@shop.iam.gserviceaccount.com";
        let expected = json!({ "iss": email, "sub": email, "aud": "https://cloudkms.googleapis.com/", "iat": 1_767_323_045,
            "exp": 1_767_326_645 });
        assert_eq!(json(claims), expected);
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_and_not_shown() {
        let key = key();
        let with = |name: &str, value: Value| {
            let mut file = file(&key);
            file[name] = value;
            file.to_string()
        };
        let cases = [
            (
                "SECRET".to_owned(),
                "it is not the JSON of a service account's key, with type, client_email and private_key",
            ),
            (
                with("private_key", json!(7)),
                "it is not the JSON of a service account's key, with type, client_email and private_key",
            ),
            (
                with("type", json!("external_account")),
                "its type is not service_account; others are not supported",
            ),
            (with("private_key", json!("SECRET")), "its private_key is no RSA key in PKCS#8"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        for (text, problem) in cases {
            std::fs::write(&path, text).unwrap();
            let error = ServiceAccountKey::new(path.to_str().unwrap()).unwrap_err().to_string();
            let expected = format!(
                "the option \"credentials-file\": the service account's key {} cannot be used: {problem}",
                path.display()
            );
            assert_eq!(error, expected);
        }
        let error = ServiceAccountKey::new("/nonexistent/key.json").unwrap_err().to_string();
        assert!(error.contains("/nonexistent/key.json cannot be used: No such file"), "{error}");
    }
}
