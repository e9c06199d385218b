//! Secrets with unusual values, keys, names and scopes.

use serde_json::{Value, json};

/// One Secret, the flags it is sealed with, and the expected result.
pub(crate) struct Case {
    pub name: String,
    pub secret: Value,
    pub args: Vec<&'static str>,
    pub values: Vec<(String, Vec<u8>)>,
}

/// The largest sum of values that the API server takes in a Secret.
const MEBIBYTE: usize = 1 << 20;

/// All cases, in `namespace`.
pub(crate) fn all(namespace: &str) -> Vec<Case> {
    let values = || {
        vec![
            ("text".to_owned(), b"hunter2".to_vec()),
            ("empty".to_owned(), Vec::new()),
            ("newlines".to_owned(), b"\n\r\n two lines\n".to_vec()),
            ("binary".to_owned(), (0..=255).collect()),
            ("not-utf-8".to_owned(), vec![0xff, 0xfe, 0, 0xc3, 0x28]),
            (".dotted_KEY-1".to_owned(), "zażółć gęślą jaźń 🔑".into()),
        ]
    };
    let long_name = format!("{}.{}", "a".repeat(120), "b".repeat(132));
    vec![
        case(namespace, "strict", &[], values()),
        case(namespace, "strict-by-flag", &["--scope", "strict"], values()),
        case(namespace, "namespace-wide", &["--scope", "namespace-wide"], values()),
        case(namespace, "cluster-wide", &["--scope", "cluster-wide"], values()),
        annotated(case(namespace, "annotated-namespace-wide", &[], values()), "namespace-wide"),
        annotated(case(namespace, "annotated-cluster-wide", &[], values()), "cluster-wide"),
        case(namespace, "a.dotted-name.0", &[], values()),
        case(namespace, "0", &[], values()),
        case(namespace, &long_name, &[], values()),
        case(namespace, "no-items", &["--allow-empty-data"], Vec::new()),
        case(namespace, "a-mebibyte", &[], vec![("big".into(), vec![b'x'; MEBIBYTE])]),
    ]
}

fn case(namespace: &str, name: &str, args: &[&'static str], values: Vec<(String, Vec<u8>)>) -> Case {
    let data: Value = values.iter().map(|(key, value)| (key.clone(), json!(base64(value)))).collect();
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": data,
        "metadata": { "name": name, "namespace": namespace, "labels": { "case": "interop" } },
    });
    Case { name: name.into(), secret, args: args.to_vec(), values }
}

fn annotated(mut case: Case, scope: &str) -> Case {
    let annotation = format!("sealedsecrets.bitnami.com/{scope}");
    case.secret["metadata"]["annotations"] = json!({ annotation: "true" });
    case
}

/// Base64 as Kubernetes writes it.
fn base64(value: &[u8]) -> String {
    let bytes = k8s_openapi::ByteString(value.to_vec());
    serde_json::to_value(bytes).ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
}
