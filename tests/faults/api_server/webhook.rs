//! An admission webhook is down, and each retry fails with another text.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, PostParams};
use serde_json::json;
use tests::network::fault_proxy::FaultProxy;
use tests::test::cleanup::Cleanup;
use tests::test::eventually::eventually;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::stage::{Scene, Stage, started, stop};

/// Longer than some retries with growing delays.
const LONG: Duration = Duration::from_mins(2);

/// Tries of the controller that fail.
const TRIES: usize = 6;

/// A server that never answers: it ends every other connection at once, and the rest later than a webhook may take.
struct Down {
    port: u16,
    calls: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl Down {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (port, calls) = (listener.local_addr()?.port(), Arc::<AtomicUsize>::default());
        let (mut serving, counted) = (JoinSet::new(), Arc::clone(&calls));
        serving.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                if counted.fetch_add(1, Ordering::Relaxed) % 2 == 0 {
                    open.spawn(async move {
                        tokio::time::sleep(Duration::from_secs(3)).await;
                        drop(stream);
                    });
                }
            }
        });
        Ok(Self { port, calls, _serving: serving })
    }

    /// Has the API server ask it about each Secret in the scene's namespace.
    async fn is_asked(&self, scene: &Scene) -> Result<Cleanup> {
        let namespace = json!({ "matchLabels": { "kubernetes.io/metadata.name": scene.namespace } });
        let name = format!("down-{}", scene.namespace);
        let configuration = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": { "name": name },
            "webhooks": [{
                "name": "down.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                "failurePolicy": "Fail", "timeoutSeconds": 1, "namespaceSelector": namespace,
                "clientConfig": { "url": format!("https://127.0.0.1:{}/", self.port) },
                "rules": [{
                    "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["secrets"],
                }],
            }],
        });
        let webhooks: Api<ValidatingWebhookConfiguration> = Api::all(scene.client());
        let cleanup = Cleanup::new({
            let webhooks = webhooks.clone();
            async move { webhooks.delete(&name, &DeleteParams::default()).await.map(drop).map_err(Into::into) }
        });
        webhooks.create(&PostParams::default(), &serde_json::from_value(configuration)?).await?;
        Ok(cleanup)
    }
}

/// How the API server says that it could not ask: the texts of some tries.
async fn texts(scene: &Scene) -> Result<Vec<String>> {
    let secrets: Api<Secret> = Api::namespaced(scene.client(), &scene.namespace);
    let secret: Secret = serde_json::from_value(json!({ "metadata": { "name": "probe" } }))?;
    let mut texts = Vec::new();
    for _ in 0..2 {
        let refused = eventually(LONG, "the webhook is asked", async || {
            let refused =
                secrets.create(&PostParams { dry_run: true, ..PostParams::default() }, &secret).await;
            refused.err().map(|error| error.to_string()).context("it was not")
        });
        texts.push(refused.await?);
    }
    texts.sort_unstable();
    texts.dedup();
    Ok(texts)
}

pub(crate) async fn one_that_is_down_is_reported_once(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (&scene.person, &scene.namespace);
            let proxy = FaultProxy::start(&scene.lab.control_plane, scene.seed).await?;
            let pod = started(scene.pod()?.through(&proxy.url()), &scene.lab).await?;
            let sealed = scene.seal(&pod, 1).await?;
            let down = Down::start().await?;
            let asked = down.is_asked(scene).await?;
            let texts = texts(scene).await?;
            ensure!(texts.len() == 2, "one text for each try: {texts:?}");
            let before = down.calls.load(Ordering::Relaxed);
            scene.apply("db", &sealed[0]).await?;
            eventually(LONG, "it is tried again and again", async || {
                let calls = down.calls.load(Ordering::Relaxed) - before;
                ensure!(calls >= TRIES, "{calls} tries");
                Ok(())
            })
            .await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::Unknown).await?;
            let message = status.conditions[0].message.clone().unwrap_or_default();
            ensure!(message.contains("failed calling webhook \"down.example.com\""), "{message}");
            let done = async |verb, resource| proxy.done(verb, resource).await;
            let written = (done("update", "sealedsecrets/status").await, done("create", "events").await);
            ensure!(written == (1, 1), "{written:?} statuses and events");
            asked.now().await?;
            person.sees_values(namespace, "db", &[("v", sealed[0].value.as_bytes())]).await?;
            stop(pod).await
        })
        .await
}
