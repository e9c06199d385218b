//! Runs `create` and opens what it sealed.

use crate::support::program::{fixture, run};
use api::{Scope, SealedSecret};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{PrivateKey, open};
use std::collections::BTreeMap;
use std::process::Output;

pub(super) const PLANTED: &str = "hunter2-planted";

pub(super) fn create(arguments: &[&str], input: &[u8]) -> Output {
    let all = [&["create", "--cert", "test-only.crt", "-n", "shop", "-o", "json"], arguments].concat();
    run(&all, input)
}

pub(super) fn sealed(output: &Output) -> SealedSecret {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2") && !stderr.contains("hunter2"));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every value, opened under the scope that the SealedSecret states.
pub(super) fn values(output: &Output) -> BTreeMap<String, String> {
    let sealed = sealed(output);
    let key = PrivateKey::from_pem(&std::fs::read_to_string(fixture("test-only.key")).unwrap()).unwrap();
    let label = Scope::of(sealed.metadata.annotations.as_ref()).label(
        sealed.metadata.namespace.as_deref().unwrap_or_default(),
        sealed.metadata.name.as_deref().unwrap_or_default(),
    );
    let value = |(name, text): (&String, &String)| {
        let envelope = BASE64_STANDARD.decode(text).unwrap();
        let value = open(&key, &label, &envelope).unwrap().expose().to_vec();
        (name.clone(), String::from_utf8(value).unwrap())
    };
    sealed.spec.encrypted_data.iter().map(value).collect()
}

pub(super) fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
}

pub(super) fn assert_fails(output: &Output, code: i32, words: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(output.stdout.is_empty() && !stderr.contains("hunter2"), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "no {word:?} in:\n{stderr}");
    }
}
