//! What upstream's chart 2.18 installs at its defaults, as facts: the Deployment's arguments, each value an item of its own after
//! its flag, and none in the environment; and what the ServiceAccount may do, which is less than our chart grants.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use k8s_openapi::api::apps::v1::Deployment;
use serde_json::{Value, json};
use tests::chart::CONTROLLER_NAME as NAME;
use tests::lab::Lab;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Where it is installed.
pub(crate) const HOME: &str = "kube-system";

const RBAC: &str = "rbac.authorization.k8s.io";

/// The definition, which either chart brings, and everything of the installation but the pod.
pub(crate) async fn install(lab: Arc<Lab>) -> Result<Arc<Lab>> {
    let definition = lab.chart(HOME)?.set("createController", "false").set("rbac.create", "false");
    lab.install(&definition.set("serviceAccount.create", "false").render().await?).await?;
    let kubectl = lab.programs.path(tests::programs::Program::Kubectl)?;
    let mut command = Command::new(kubectl);
    command.args(["apply", "--filename", "-"]).env("KUBECONFIG", lab.control_plane.kubeconfig());
    let mut child =
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn()?;
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": objects() });
    child.stdin.take().context("no pipe")?.write_all(list.to_string().as_bytes()).await?;
    anyhow::ensure!(child.wait().await?.success(), "kubectl apply failed");
    Ok(lab)
}

/// The pod's description.
pub(crate) fn deployment() -> Result<Deployment> {
    let probe = json!({ "httpGet": { "path": "/healthz", "port": "http" } });
    let container = json!({
        "name": "controller",
        "image": "controller",
        "command": ["controller"],
        "args": [
            "--update-status",
            "--key-prefix", "sealed-secrets-key",
            "--listen-addr", ":8080",
            "--listen-metrics-addr", ":8081",
        ],
        "ports": [{ "name": "http", "containerPort": 8080 }, { "name": "metrics", "containerPort": 8081 }],
        "livenessProbe": probe,
        "readinessProbe": probe,
    });
    Ok(serde_json::from_value(json!({
        "metadata": { "name": NAME, "namespace": HOME },
        "spec": {
            "selector": { "matchLabels": labels() },
            "template": {
                "metadata": { "labels": labels() },
                "spec": { "serviceAccountName": NAME, "containers": [container] },
            },
        },
    }))?)
}

fn labels() -> Value {
    json!({ "app.kubernetes.io/name": "sealed-secrets", "app.kubernetes.io/instance": "sealed-secrets" })
}

fn objects() -> [Value; 6] {
    let rule = |group: &str, resource: &str, verbs: &[&str]| json!({ "apiGroups": [group], "resources": [resource], "verbs": verbs });
    let named = |name: &str| json!({ "name": name, "namespace": HOME });
    let subjects = json!([{ "kind": "ServiceAccount", "name": NAME, "namespace": HOME }]);
    let version = format!("{RBAC}/v1");
    [
        json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": named(NAME) }),
        json!({
            "apiVersion": "v1", "kind": "Service", "metadata": named(NAME),
            "spec": { "selector": labels(), "ports": [{ "name": "http", "port": 8080, "targetPort": "http" }] },
        }),
        json!({
            "apiVersion": version, "kind": "ClusterRole", "metadata": { "name": "secrets-unsealer" },
            "rules": [
                rule("bitnami.com", "sealedsecrets", &["get", "list", "watch"]),
                // No patch.
                rule("bitnami.com", "sealedsecrets/status", &["update"]),
                rule("", "secrets", &["get", "list", "create", "update", "delete", "watch"]),
                rule("", "events", &["create", "patch"]),
            ],
        }),
        json!({
            "apiVersion": version, "kind": "ClusterRoleBinding", "metadata": { "name": NAME }, "subjects": subjects,
            "roleRef": { "apiGroup": RBAC, "kind": "ClusterRole", "name": "secrets-unsealer" },
        }),
        json!({
            "apiVersion": version, "kind": "Role", "metadata": named("sealed-secrets-key-admin"),
            "rules": [
                { "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["sealed-secrets-key"], "verbs": ["get"] },
                rule("", "secrets", &["create", "list"]),
            ],
        }),
        json!({
            "apiVersion": version, "kind": "RoleBinding", "metadata": named("sealed-secrets-key-admin"), "subjects": subjects,
            "roleRef": { "apiGroup": RBAC, "kind": "Role", "name": "sealed-secrets-key-admin" },
        }),
    ]
}
