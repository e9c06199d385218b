//! Secrets of wrapped keys and of escrow copies, which an age identity opens.

use super::key_lines::key;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::KeyPair;
use key_wrapping::{KeyProviders, ProviderEnvironment};
use serde_json::{Value, json};

/// An identity of age, and its recipient. Made for these tests, and used nowhere else.
pub(crate) const IDENTITY: &str =
    "AGE-SECRET-KEY-1RS0RFZUWV29JTLAFGJYUCS9F4PN3SCY0QVEJHDZW3AQXZXQ3LQCQ6H8VFV";
pub(crate) const RECIPIENT: &str = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45";

pub(crate) const WRAPPED_TYPE: &str = "sealedsecrets.bitnami.com/wrapped-key";

const LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";

/// The Secret of a key in plain, wrapped for the recipient.
pub(crate) fn wrapped(plain: &Value, name: &str, label: &str, cluster: &str) -> Value {
    let text = |name: &str| {
        let bytes = BASE64_STANDARD.decode(plain["data"][name].as_str().unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let pair = KeyPair::from_pem(&text("tls.key"), &text("tls.crt")).unwrap();
    let age = key_wrapping::connect(&RECIPIENT.parse().unwrap(), &ProviderEnvironment::default()).unwrap();
    let providers = KeyProviders::new(cluster.parse().unwrap(), vec![age], Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let since = pair.certificate().not_before();
    let document = runtime.block_on(providers.wrap(&pair, since)).unwrap();
    let mut secret = plain.clone();
    secret["metadata"]["name"] = json!(name);
    secret["metadata"]["uid"] = json!(format!("uid-{name}"));
    secret["metadata"]["labels"][LABEL] = json!(label);
    secret["type"] = json!(WRAPPED_TYPE);
    secret["data"] = json!({
        "tls.crt": plain["data"]["tls.crt"], "wrapped.json": BASE64_STANDARD.encode(document.to_json()),
    });
    secret
}

/// The identity of another recipient.
pub(crate) const STRANGER: &str =
    "AGE-SECRET-KEY-16V44DRTLSV067T4WZ0UV8ZH9DEP64UF6TQLW3A7JF3G57HWDFW0S49MZNE";

/// The fixture's key, wrapped for the cluster `prod`, and in use.
pub(crate) fn fixture_wrapped() -> Value {
    wrapped(&key(), "sealed-secrets-keywrapped", "wrapped", "prod")
}

/// The same Secret with a slot of a KMS v2 plugin in place of the first.
pub(crate) fn of_a_plugin(secret: &Value) -> Value {
    let json = BASE64_STANDARD.decode(secret["data"]["wrapped.json"].as_str().unwrap()).unwrap();
    let mut document: Value = serde_json::from_slice(&json).unwrap();
    document["slots"][0]["uri"] = json!("kmsv2:unix:///run/kms/kms.sock");
    let mut secret = secret.clone();
    secret["data"]["wrapped.json"] = json!(BASE64_STANDARD.encode(document.to_string()));
    secret
}
