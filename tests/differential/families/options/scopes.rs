//! Every combination of a scope by flag, a scope by annotation, and a source of the namespace.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};

use crate::case::Case;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const FLAGS: [&str; 5] = ["", "strict", "namespace-wide", "cluster-wide", "empty"];

/// A name, and the values of the two annotations.
const ANNOTATIONS: [(&str, Option<&str>, Option<&str>); 8] = [
    ("none", None, None),
    ("namespace", Some("true"), None),
    ("cluster", None, Some("true")),
    ("both", Some("true"), Some("true")),
    ("cluster-false", None, Some("false")),
    ("namespace-and-cluster-false", Some("true"), Some("false")),
    ("namespace-True", Some("True"), None),
    ("cluster-empty", None, Some("")),
];

/// A name, the namespace of the input, and flags.
const NAMESPACES: [(&str, Option<&str>, &str); 9] = [
    ("input", Some("shop"), ""),
    ("flag", None, "-n shop"),
    ("context", None, "--kubeconfig kubeconfig"),
    ("context-plain", None, "--kubeconfig kubeconfig --context plain"),
    ("context-empty", None, "--kubeconfig kubeconfig --context empty"),
    ("input-and-same-flag", Some("shop"), "--namespace=shop"),
    ("input-and-other-flag", Some("shop"), "-n other"),
    ("input-and-other-context", Some("other"), "--kubeconfig kubeconfig"),
    ("nowhere", None, ""),
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    judge(&stage, Family::Scopes, cases()).await
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for flag in FLAGS {
        for (annotated, namespace_wide, cluster_wide) in ANNOTATIONS {
            for (place, namespace, args) in NAMESPACES {
                let mut secret = json!({
                    "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "db" },
                    "stringData": { "password": "hunter2" },
                });
                set(&mut secret, "namespace", namespace);
                annotate(&mut secret, "namespace-wide", namespace_wide);
                annotate(&mut secret, "cluster-wide", cluster_wide);
                let case = Case::seal_json(format!("flag {flag}, annotated {annotated}, {place}"), &secret);
                let case = case.args(args);
                cases.push(match flag {
                    "" => case,
                    "empty" => case.arg("--scope="),
                    scope => case.args("--scope").arg(scope),
                });
            }
        }
    }
    cases
}

fn set(secret: &mut Value, field: &str, value: Option<&str>) {
    if let Some(value) = value {
        secret["metadata"][field] = json!(value);
    }
}

fn annotate(secret: &mut Value, scope: &str, value: Option<&str>) {
    if let Some(value) = value {
        secret["metadata"]["annotations"][format!("sealedsecrets.bitnami.com/{scope}")] = json!(value);
    }
}
