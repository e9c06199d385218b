//! An admission webhook is down, and each retry fails with another text; or it does not answer at all.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, ObservedSealedSecret};
use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use serde_json::json;
use tests::network::fault_proxy::FaultProxy;
use tests::test::cleanup::Cleanup;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::scene::audit::right;
use crate::stage::{Scene, Stage, started, stop};

/// Longer than some retries with growing delays.
const LONG: Duration = Duration::from_mins(2);

/// Tries of the controller that fail.
const TRIES: usize = 6;

/// How a webhook fails.
#[derive(Clone, Copy, PartialEq)]
enum Fails {
    /// It ends every other connection at once, and the rest later than a webhook may take.
    EachTimeAnew,
    /// It takes as long as a webhook may.
    Hangs,
}

/// A server that never answers.
struct Down {
    port: u16,
    fails: Fails,
    calls: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl Down {
    async fn start(fails: Fails) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (port, calls) = (listener.local_addr()?.port(), Arc::<AtomicUsize>::default());
        let (mut serving, counted) = (JoinSet::new(), Arc::clone(&calls));
        serving.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let call = counted.fetch_add(1, Ordering::Relaxed);
                let held = match fails {
                    Fails::Hangs => LONG,
                    Fails::EachTimeAnew if call % 2 == 0 => Duration::from_secs(3),
                    Fails::EachTimeAnew => continue,
                };
                open.spawn(async move {
                    tokio::time::sleep(held).await;
                    drop(stream);
                });
            }
        });
        Ok(Self { port, fails, calls, _serving: serving })
    }

    /// Has the API server ask it about each Secret in the scene's namespace.
    async fn is_asked(&self, scene: &Scene) -> Result<Cleanup> {
        let namespace = json!({ "matchLabels": { "kubernetes.io/metadata.name": scene.namespace } });
        let name = format!("down-{}", scene.namespace);
        let timeout = if self.fails == Fails::Hangs { 30 } else { 1 };
        let configuration = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": { "name": name },
            "webhooks": [{
                "name": "down.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                "failurePolicy": "Fail", "timeoutSeconds": timeout, "namespaceSelector": namespace,
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
            let down = Down::start(Fails::EachTimeAnew).await?;
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
            let written = (proxy.done("update", "sealedsecrets/status"), proxy.done("create", "events"));
            ensure!(written == (1, 1), "{written:?} statuses and events");
            asked.now().await?;
            person.sees_values(namespace, "db", &[("v", sealed[0].value.as_bytes())]).await?;
            stop(pod).await
        })
        .await
}

/// More objects than are reconciled at the same time wait for the webhook of one namespace.
pub(crate) async fn one_that_hangs_holds_up_its_own_namespace_only(stage: Arc<Stage>) -> Result<()> {
    const OBJECTS: usize = 60;
    /// Those of one namespace that are reconciled at the same time.
    const BOUND: usize = 32;
    stage
        .play(async |scene| {
            with_temp_ns(&scene.lab, async |other| {
                let namespaces = format!("{},{other}", scene.namespace);
                let pod =
                    started(scene.pod()?.flag("additional-namespaces", &namespaces), &scene.lab).await?;
                let sealed = scene.seal_for_any_place(&pod).await?;
                let down = Down::start(Fails::Hangs).await?;
                let asked = down.is_asked(scene).await?;
                let names: Vec<String> = (0..OBJECTS).map(|number| format!("s{number}")).collect();
                for name in &names {
                    scene.apply(name, &sealed).await?;
                }
                eventually(LONG, "as many as may be wait for the webhook", async || {
                    let calls = down.calls.load(Ordering::Relaxed);
                    ensure!(calls >= BOUND, "{calls}");
                    Ok(())
                })
                .await?;
                scene.apply_in(other, "db", &sealed).await?;
                scene.person.sees_values(other, "db", &[("v", sealed.value.as_bytes())]).await?;
                let statuses: Api<ObservedSealedSecret> = Api::namespaced(scene.client(), &scene.namespace);
                let statuses = statuses.list(&ListParams::default()).await?;
                let reported = statuses.iter().filter(|sealed| sealed.status.is_some()).count();
                ensure!(reported == 0, "the webhook did not hang any more for {reported} of them");
                asked.now().await?;
                let wanted = names.into_iter().map(|name| (name, sealed.value.clone())).collect();
                right(scene, &wanted).await?;
                stop(pod).await
            })
            .await
        })
        .await
}
