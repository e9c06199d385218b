//! The private key opens what the program seals: every scope and format, unusual names and values.

use crate::support::program::{fixture, run};
use api::{Scope, SealedSecret};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{PrivateKey, open};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn private_key() -> PrivateKey {
    PrivateKey::from_pem(&std::fs::read_to_string(fixture("test-only.key")).unwrap()).unwrap()
}

fn sealed(arguments: &[&str], input: &[u8]) -> SealedSecret {
    let output = run(&[&["--cert", "test-only.crt"], arguments].concat(), input);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    assert!(stderr.is_empty(), "{arguments:?}: {stderr}");
    let text = String::from_utf8(output.stdout).unwrap();
    let value: Value = if text.starts_with("---\n") {
        serde_saphyr::from_str(&text).unwrap()
    } else {
        serde_json::from_str(&text).unwrap()
    };
    serde_json::from_value(value).unwrap()
}

/// Every item, opened under the scope that the SealedSecret states, and under no other.
fn opened(sealed: &SealedSecret) -> BTreeMap<String, Vec<u8>> {
    let key = private_key();
    let namespace = sealed.metadata.namespace.as_deref().unwrap_or_default();
    let name = sealed.metadata.name.as_deref().unwrap_or_default();
    let stated = Scope::of(sealed.metadata.annotations.as_ref());
    let item = |(name_of_item, text): (&String, &String)| {
        let envelope = BASE64_STANDARD.decode(text).unwrap();
        for scope in Scope::ALL.into_iter().filter(|scope| *scope != stated) {
            assert!(open(&key, &scope.label(namespace, name), &envelope).is_err(), "{scope}");
        }
        let value = open(&key, &stated.label(namespace, name), &envelope).unwrap();
        (name_of_item.clone(), value.expose().to_vec())
    };
    sealed.spec.encrypted_data.iter().map(item).collect()
}

fn manifest(values: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let data: BTreeMap<&String, String> =
        values.iter().map(|(key, value)| (key, BASE64_STANDARD.encode(value))).collect();
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "database", "namespace": "shop" },
        "data": data,
    })
    .to_string()
    .into_bytes()
}

fn awkward_values() -> BTreeMap<String, Vec<u8>> {
    let megabyte: Vec<u8> =
        (0_u32..1 << 20).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    [
        ("empty", vec![]),
        ("binary", (0..=255).collect()),
        ("not-utf-8", vec![0xff, 0xfe, 0x00, 0xc3, 0x28]),
        ("megabyte", megabyte),
        ("lines", b"a\r\nb\n\tc\n---\n...\n".to_vec()),
        (".dockerconfigjson", b"{}".to_vec()),
        ("tls.crt", b"-----BEGIN CERTIFICATE-----\n".to_vec()),
        ("n", b"no".to_vec()),
        ("y", b"yes".to_vec()),
        ("1e3", b"1000".to_vec()),
        ("0x1f", b"31".to_vec()),
        ("null", b"nothing".to_vec()),
        ("2020-01-01", b"date".to_vec()),
        ("-", b"dash".to_vec()),
        ("_", b"underscore".to_vec()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

#[test]
fn every_scope_and_format_opens() {
    let values = awkward_values();
    let manifest = manifest(&values);
    for scope in Scope::ALL {
        for format in ["json", "yaml"] {
            let sealed = sealed(&["--scope", scope.as_str(), "-o", format], &manifest);
            assert_eq!(Scope::of(sealed.metadata.annotations.as_ref()), scope);
            assert!(opened(&sealed) == values, "{scope} {format}");
        }
    }
}

#[test]
fn block_scalars_keep_their_lines() {
    let input = "\u{feff}metadata:\r\n  name: a\r\nstringData:\r\n  literal: |\r\n    x\r\n    y\r\n  folded: >-\r\n    \
                 x\r\n    y\r\n  quoted: \"\\u00e9\\t\"\r\n  plain: a b # comment\r\n";
    let values = opened(&sealed(&["-n", "shop"], input.as_bytes()));
    let value = |key: &str| String::from_utf8(values[key].clone()).unwrap();
    assert_eq!(value("literal"), "x\ny\n");
    assert_eq!(value("folded"), "x y");
    assert_eq!(value("quoted"), "\u{e9}\t");
    assert_eq!(value("plain"), "a b");
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    let input = b"common: &common {user: admin, host: db}\nmetadata: {name: a}\nstringData:\n  <<: *common\n  host: other\n";
    let values = opened(&sealed(&["-n", "shop"], input));
    assert_eq!(values["user"], b"admin");
    assert_eq!(values["host"], b"other");
}

#[test]
fn json_escapes_are_understood() {
    let input = br#"{"metadata": {"name": "a"}, "stringData": {"k": "\ud83d\ude00\/\t\u0000"}}"#;
    assert_eq!(opened(&sealed(&["-n", "shop"], input))["k"], "\u{1f600}/\t\0".as_bytes());
}

#[test]
fn null_values_are_empty_and_base64_may_have_line_breaks() {
    let input = b"metadata: {name: a}\ndata:\n  none:\n  wrapped: |\n    aGVs\n    bG8=\n  loose: aGl=\n";
    let values = opened(&sealed(&["-n", "shop"], input));
    assert_eq!(values["none"], b"");
    assert_eq!(values["wrapped"], b"hello");
    assert_eq!(values["loose"], b"hi");
}

#[test]
fn a_raw_value_opens_as_an_item_would() {
    let key = private_key();
    for (scope, label) in [("strict", "shop/database"), ("namespace-wide", "shop"), ("cluster-wide", "")] {
        let arguments =
            ["--cert", "test-only.crt", "--raw", "--scope", scope, "-n", "shop", "--name", "database"];
        let output = run(&arguments, b"\xff raw\n");
        assert!(output.status.success());
        let envelope = BASE64_STANDARD.decode(&output.stdout).unwrap();
        assert_eq!(open(&key, label.as_bytes(), &envelope).unwrap().expose(), b"\xff raw\n");
    }
}

#[test]
fn the_hint_is_the_certificates_fingerprint() {
    let text = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    let certificate = envelope::Certificate::from_pem(&text).unwrap();
    let sealed = sealed(&["-n", "shop"], b"metadata: {name: a}\nstringData: {k: v}\n");
    let annotations = sealed.metadata.annotations.unwrap();
    assert_eq!(annotations[api::annotations::CERTIFICATE_FINGERPRINT], certificate.fingerprint().to_string());
}
