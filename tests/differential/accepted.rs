//! What either kubeseal writes, `kubectl apply` takes: the API server looks at it, and keeps nothing.

use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tests::lab::Maker;
use tests::programs::Program;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::families::JSON;
use crate::stage::Stage;

/// Secrets, and the flags they are sealed with; each into JSON and YAML.
const SAMPLE: &[(&str, &str)] = &[
    (JSON, ""),
    (JSON, "--scope namespace-wide"),
    (JSON, "--scope cluster-wide"),
    ("kind: Secret\nmetadata: {name: empty, namespace: shop}\n", "--allow-empty-data"),
    (
        "kind: Secret\ntype: kubernetes.io/tls\nimmutable: true\nmetadata: {name: tls, namespace: shop, labels: {a: b}, annotations: \
      {c: 'yes', d: '0x1F', e: \"a\\nb\", f: '{\"g\": 1}'}, finalizers: [h/i]}\nstringData: {tls.crt: x, tls.key: z}\n",
        "",
    ),
    (
        "kind: Secret\nmetadata: {name: odd, namespace: shop, labels: {'1': '2', 'true': 'null'}}\nstringData: {'5': a, 'null': b, 'y': c, \
      '1e3': d, .x: e, '-': f}\n",
        "",
    ),
    ("kind: Secret\nmetadata: {name: '123', namespace: shop}\nstringData: {a: b}\n", ""),
    (
        "kind: Secret\nmetadata: {name: one, namespace: shop}\nstringData: {a: b}\n---\nkind: Secret\nmetadata: {name: two, namespace: \
      shop}\nstringData: {a: b}\n",
        "",
    ),
    (
        "kind: Secret\nmetadata: {name: large, namespace: shop}\ndata: {k: AP8KDQ==}\nstringData: {e: '', u: 🔑}\n",
        "",
    ),
];

pub(crate) async fn by_the_api_server(stage: Arc<Stage>) -> Result<()> {
    stage.chart().await?;
    let namespaces: Api<Namespace> = Api::all(stage.lab.client());
    let shop = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop" } });
    namespaces.patch("shop", &PatchParams::apply("person"), &Patch::Apply(&shop)).await?;
    for maker in [Maker::Ours, Maker::Upstream] {
        for format in ["json", "yaml"] {
            let mut stream = String::new();
            for (secret, args) in SAMPLE {
                // One after the other as they are: YAML begins with a separator, and objects in JSON need none.
                stream.push_str(&stage.sealed(maker, &format!("{args} -o {format}"), secret).await?);
            }
            let applied = apply(&stage, &stream).await.with_context(|| format!("{format} of {maker:?}"))?;
            let objects = applied.lines().filter(|line| line.ends_with("(server dry run)")).count();
            ensure!(objects == SAMPLE.len() + 1, "{format} of {maker:?}: {applied}");
        }
    }
    Ok(())
}

async fn apply(stage: &Stage, stream: &str) -> Result<String> {
    let mut kubectl = Command::new(stage.lab.programs.path(Program::Kubectl)?)
        .args(["apply", "--dry-run=server", "--validate=strict", "-f", "-"])
        .env("KUBECONFIG", stage.lab.control_plane.kubeconfig())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot run kubectl")?;
    let mut stdin = kubectl.stdin.take().context("no pipe to kubectl")?;
    stdin.write_all(stream.as_bytes()).await?;
    drop(stdin);
    let output = kubectl.wait_with_output().await?;
    ensure!(output.status.success(), "kubectl: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
