//! Every kind of data, in both formats, with and without `--allow-empty-data`.

use std::sync::Arc;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::case::Case;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    judge(&stage, Family::Data, cases()).await
}

/// The fields beside the metadata.
fn kinds() -> Vec<(&'static str, Value)> {
    let binary: Vec<u8> = (0..=255).collect();
    let large = "x".repeat(300_000);
    vec![
        ("data", json!({ "data": { "a": "aHVudGVyMg==", "b": "Mg==" } })),
        ("string data", json!({ "stringData": { "a": "hunter2", "b": "two\nlines\n" } })),
        ("both", json!({ "data": { "a": "MQ==" }, "stringData": { "b": "2" } })),
        ("both under one name", json!({ "data": { "a": "MQ==", "b": "Mg==" }, "stringData": { "a": "3" } })),
        ("nothing", json!({})),
        ("empty data", json!({ "data": {} })),
        ("empty string data", json!({ "stringData": {} })),
        ("null data", json!({ "data": null })),
        ("null data and string data", json!({ "data": null, "stringData": { "a": "1" } })),
        ("null string data", json!({ "data": { "a": "MQ==" }, "stringData": null })),
        ("null value", json!({ "data": { "a": null, "b": "MQ==" } })),
        ("only a null value", json!({ "data": { "a": null } })),
        ("null string value", json!({ "stringData": { "a": null, "b": "1" } })),
        ("empty value", json!({ "data": { "a": "", "b": "MQ==" } })),
        ("empty string value", json!({ "stringData": { "a": "", "b": "1" } })),
        ("binary", json!({ "data": { "a": STANDARD.encode(&binary) } })),
        ("large", json!({ "stringData": { "a": large } })),
        ("large data", json!({ "data": { "a": STANDARD.encode(&large) } })),
        ("unicode", json!({ "stringData": { "a": "zażółć gęślą jaźń 🔑 \u{0}\u{7f}\u{2028}\u{feff}" } })),
        ("html", json!({ "stringData": { "a": "<a href='&'>" } })),
        ("base64 with newlines", json!({ "data": { "a": "aHVu\ndGVy\r\nMg==\n" } })),
        ("base64 with spaces", json!({ "data": { "a": "aHVu dGVyMg==" } })),
        ("base64 without padding", json!({ "data": { "a": "aHVudGVyMg" } })),
        ("base64 with too much padding", json!({ "data": { "a": "aHVudGVy====" } })),
        ("base64 with trailing bits", json!({ "data": { "a": "aHVudGVyMh==" } })),
        ("base64 for URLs", json!({ "data": { "a": "_-__" } })),
        ("no base64", json!({ "data": { "a": "hunter2!" } })),
        ("keys of all characters", json!({ "stringData": { "a.b-c_D9": "1", ".dot": "2", "..x": "3" } })),
        (
            "keys that look like something else",
            json!({ "stringData": { "5": "a", "null": "b", "y": "c", "1e3": "d", "-": "e" } }),
        ),
        ("key with a slash", json!({ "stringData": { "a/b": "1" } })),
        ("key with a space", json!({ "stringData": { "a b": "1" } })),
        ("empty key", json!({ "stringData": { "": "1" } })),
        ("long key", json!({ "stringData": { "k".repeat(300): "1" } })),
        ("data is a list", json!({ "data": ["a"] })),
        ("data is a text", json!({ "data": "a" })),
        ("value is a number", json!({ "stringData": { "a": 5 } })),
        ("value is a boolean", json!({ "stringData": { "a": true } })),
        ("value is an object", json!({ "stringData": { "a": { "b": "c" } } })),
        ("data value is a number", json!({ "data": { "a": 5 } })),
        ("data value is a list of bytes", json!({ "data": { "a": [104, 105] } })),
    ]
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, data) in kinds() {
        let mut secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "db", "namespace": "shop" } });
        if let (Some(secret), Some(data)) = (secret.as_object_mut(), data.as_object()) {
            secret.extend(data.clone());
        }
        for empty in ["", "--allow-empty-data"] {
            for format in ["json", "yaml"] {
                let name = format!("{kind}, {format}{empty}");
                cases.push(Case::seal_json(name, &secret).args(empty).args("-o").arg(format));
            }
        }
    }
    cases
}
