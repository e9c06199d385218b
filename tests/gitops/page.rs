//! The commands of the GitOps page, on the namespaces and names that it uses.

use std::sync::Arc;

use anyhow::{Result, ensure};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, DeleteParams, PostParams};
use serde_json::{from_value, json};
use tests::cluster::flux::NAMESPACE;
use tests::test::cleanup::Cleanup;
use tests::user::page::{Page, run};

use crate::stage::{Scene, Stage, documented};

/// The message that a user looks for.
const CAUSE: &str = "no key could decrypt secret (password)";

pub(crate) async fn its_commands_show_why_a_kustomization_failed(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |_| {
            let namespaces: Api<Namespace> = Api::all(stage.lab.client());
            let namespace = from_value(json!({ "metadata": { "name": "shop" } }))?;
            namespaces.create(&PostParams::default(), &namespace).await?;
            let kustomization = stage.flux.kustomization(&documented()?).await?;
            let cleanup = Cleanup::new(async move {
                kustomization.delete().await?;
                namespaces.delete("shop", &DeleteParams::background()).await?;
                Ok(())
            });
            let outcome = as_written(&Scene { stage: &stage, namespace: "shop" }).await;
            cleanup.now().await?;
            outcome
        })
        .await
}

async fn as_written(scene: &Scene<'_>) -> Result<()> {
    let stage = scene.stage;
    let kubeconfig = stage.lab.control_plane.kubeconfig();
    let page = Page::read("controller/docs/gitops.md")?;
    let runs = async |part: &str| run(page.command(part)?, &kubeconfig).await;
    let kustomization = stage.flux.kustomization(&documented()?).await?;
    let source = stage.flux.source(NAMESPACE, "shop").await?;
    let wrong = scene.sealed_with_a_wrong_key("db", "1").await?;
    kustomization.sees_failed(&source.commit(&[("shop/db.yaml", &wrong)]).await?).await?;

    let flux = runs("get kustomizations").await?;
    ensure!(flux.contains("SealedSecret/shop/db status: 'Failed'"), "{flux}");
    for part in ["get sealedsecrets", "kubectl events"] {
        let shown = runs(part).await?;
        ensure!(shown.contains(CAUSE), "{part}: {shown}");
    }
    runs("kubectl annotate").await?;
    kustomization
        .eventually("it has reconciled as requested", |status| {
            ensure!(status["lastHandledReconcileAt"].is_string(), "{status}");
            Ok(())
        })
        .await
}
