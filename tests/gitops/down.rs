//! Flux without our controller: a commit with a SealedSecret that is not unsealed never becomes Ready.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use serde_json::{Value, json};
use tests::cluster::flux::kustomization::Kustomization;
use tests::cluster::flux::source::Source;
use tests::user::page::{Page, run};
use tokio::try_join;

use crate::stage::{Scene, Stage};

/// With the expressions of the page, and without them, with the default that the page gives for that case. Each for a
/// new SealedSecret, and for one that was synced and has changed.
pub(crate) async fn it_is_never_ready_while_the_controller_is_down(stage: Arc<Stage>) -> Result<()> {
    stage
        .without_controller(async |scene| {
            let kubeconfig = stage.lab.control_plane.kubeconfig();
            let page = Page::read("controller/docs/gitops.md")?;
            let sync = async |name: &'static str, spec: &Value| Sync::new(scene, name, spec).await;
            let expressions = json!({ "timeout": "30s" });
            let plain = json!({ "timeout": "30s", "healthCheckExprs": null });

            let mut pod = stage.start().await?;
            let old = sync("old", &expressions).await?;
            let old_plain = sync("old-plain", &plain).await?;
            try_join!(old.is_ready("1"), old_plain.is_ready("1"))?;
            let new = sync("new", &expressions).await?;
            let new_plain = sync("new-plain", &plain).await?;
            let blocked = sync("blocked", &expressions).await?;
            pod.stop().await?;

            let (unseen, changed, ()) =
                try_join!(new.waits("2"), old.waits("2"), blocked.takes_no_later_commit())?;
            ensure!(unseen.contains("no such attribute(s): status"), "{unseen}");
            ensure!(unseen.contains("SealedSecret") && unseen.contains("status: 'Unknown'"), "{unseen}");
            ensure!(
                changed.contains("SealedSecret") && changed.contains("status: 'InProgress'"),
                "{changed}"
            );

            run(page.command(r#""op":"add""#)?, &kubeconfig).await?;
            let waited = try_join!(new_plain.waits("2"), old_plain.waits("2"));
            run(page.command(r#""op":"remove""#)?, &kubeconfig).await?;
            let (unseen, changed) = waited?;
            ensure!(unseen.contains("status: 'InProgress'"), "{unseen}");
            ensure!(changed.contains("status: 'InProgress'"), "{changed}");

            pod = stage.start().await?;
            for sync in [&old, &old_plain, &new, &new_plain] {
                scene.person().sees_values(scene.namespace, sync.name, &[("password", b"2")]).await?;
                let ready = sync.kustomization.reconcile().await?;
                ensure!(ready.ready, "{ready:?}");
            }
            pod.stop().await.map(drop)
        })
        .await
}

/// The two limits that the page names: without expressions and without the default, Flux takes an object without a
/// status for ready; and a scope that only an annotation changes is no new generation.
pub(crate) async fn what_flux_takes_for_done_is_documented(stage: Arc<Stage>) -> Result<()> {
    stage
        .without_controller(async |scene| {
            let pod = stage.start().await?;
            let plain = Sync::new(scene, "plain", &json!({ "healthCheckExprs": null })).await?;
            let scoped = Sync::new(scene, "scoped", &Value::Null).await?;
            scoped.is_ready("1").await?;
            pod.stop().await?;

            plain.is_ready("1").await?;
            let mut sealed: Value = serde_json::from_str(&scoped.sealed[0].1)?;
            sealed["metadata"]["annotations"]["sealedsecrets.bitnami.com/namespace-wide"] = json!("true");
            let revision = scoped.source.commit(&[("shop/sealed.yaml", &sealed.to_string())]).await?;
            scoped.kustomization.sees_ready(&revision).await?;

            let pod = stage.start().await?;
            scene.person().sees_synced(scene.namespace, "scoped", ConditionStatus::False).await?;
            let ready = scoped.kustomization.reconcile().await?;
            ensure!(!ready.ready, "{ready:?}");
            pod.stop().await.map(drop)
        })
        .await
}

/// A source and the Kustomization that syncs from it: one SealedSecret, of the same name. Its two versions are sealed
/// beforehand, while a controller serves the certificate.
struct Sync<'a> {
    name: &'a str,
    source: Source<'a>,
    kustomization: Kustomization,
    sealed: [(&'static str, String); 2],
}

impl<'a> Sync<'a> {
    async fn new(scene: &'a Scene<'a>, name: &'a str, spec: &Value) -> Result<Self> {
        let sealed = [("1", scene.sealed(name, "1").await?), ("2", scene.sealed(name, "2").await?)];
        let (source, kustomization) = (scene.source(name).await?, scene.kustomization(name, spec).await?);
        Ok(Self { name, source, kustomization, sealed })
    }

    async fn commit(&self, value: &str) -> Result<String> {
        let (_, sealed) = &self.sealed[usize::from(value == self.sealed[1].0)];
        self.source.commit(&[("shop/sealed.yaml", sealed)]).await
    }

    /// Commits the value; Flux reports Ready.
    async fn is_ready(&self, value: &str) -> Result<()> {
        self.kustomization.sees_ready(&self.commit(value).await?).await
    }

    /// Commits twice: Flux ignores the second commit while it waits for the first.
    async fn takes_no_later_commit(&self) -> Result<()> {
        let first = self.commit("1").await?;
        let attempts = |status: &Value| {
            ensure!(status["lastAttemptedRevision"] == first, "{status}");
            Ok(())
        };
        self.kustomization.eventually("it waits for the first commit", attempts).await?;
        self.commit("2").await?;
        tokio::time::sleep(Duration::from_secs(10)).await;
        attempts(&self.kustomization.status().await?)
    }

    /// Commits the value; Flux waits, and reports a failure at its time-out. Returns the message.
    async fn waits(&self, value: &str) -> Result<String> {
        let failed = self.kustomization.sees_failed(&self.commit(value).await?).await?;
        ensure!(failed.message.contains("timeout waiting for"), "{failed:?}");
        Ok(failed.message)
    }
}
