//! Settings of a Kustomization that change a SealedSecret before it is applied.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use serde_json::{Value, json};
use tests::test::temp_namespace::with_temp_ns;

use crate::stage::Stage;

pub(crate) async fn only_wait_or_health_checks_look_at_a_sealed_secret(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let source = scene.source("shop").await?;
            let kustomization = async |spec: &Value| scene.kustomization("shop", spec).await;
            let applied = kustomization(&json!({ "wait": null })).await?;
            let wrong = scene.sealed_with_a_wrong_key("db", "1").await?;
            let revision = source.commit(&[("shop/db.yaml", &wrong)]).await?;
            applied.sees_ready(&revision).await?;
            scene.person().sees_synced(scene.namespace, "db", ConditionStatus::False).await?;

            let named = json!([{
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db", "namespace": scene.namespace,
            }]);
            let checked = kustomization(&json!({ "wait": null, "healthChecks": named })).await?;
            let revision = source.commit(&[("shop/db.yaml", &wrong)]).await?;
            let failed = checked.sees_failed(&revision).await?;
            ensure!(failed.message.contains("failed early"), "{failed:?}");
            Ok(())
        })
        .await
}

pub(crate) async fn a_target_namespace_moves_what_is_sealed_for_another(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            with_temp_ns(&stage.lab, async |elsewhere| {
                let source = scene.source("shop").await?;
                let kustomization =
                    scene.kustomization("shop", &json!({ "targetNamespace": elsewhere })).await?;
                let strict = scene.sealed("db", "1").await?;
                let failed =
                    kustomization.sees_failed(&source.commit(&[("shop/db.yaml", &strict)]).await?).await?;
                ensure!(failed.message.contains(&format!("SealedSecret/{elsewhere}/db")), "{failed:?}");
                let status = scene.person().sees_synced(elsewhere, "db", ConditionStatus::False).await?;
                let message = status.conditions[0].message.clone().unwrap_or_default();
                ensure!(message.contains("for another name or namespace"), "{message}");

                let secret = scene.secret("db", "1");
                let anywhere = scene.person().seal(&secret, &["--scope", "cluster-wide"]).await?.to_string();
                kustomization.sees_ready(&source.commit(&[("shop/db.yaml", &anywhere)]).await?).await?;
                scene.person().sees_values(elsewhere, "db", &[("password", b"1")]).await.map(drop)
            })
            .await
        })
        .await
}

pub(crate) async fn substitution_changes_templates_unless_it_is_disabled(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let source = scene.source("shop").await?;
            let substitute = json!({ "postBuild": { "substitute": { "host": "db.example.com" } } });
            let kustomization = scene.kustomization("shop", &substitute).await?;
            let mut sealed = scene.person().seal(&scene.secret("db", "1"), &[]).await?;
            sealed["spec"]["template"]["data"] = json!({ "url": "db://${host}/{{ .password }}" });
            let revision = source.commit(&[("shop/db.yaml", &sealed.to_string())]).await?;
            kustomization.sees_ready(&revision).await?;
            let url = |url: &'static str| [("password", &b"1"[..]), ("url", url.as_bytes())];
            scene.person().sees_values(scene.namespace, "db", &url("db://db.example.com/1")).await?;

            let annotations = &mut sealed["metadata"]["annotations"];
            annotations["kustomize.toolkit.fluxcd.io/substitute"] = json!("disabled");
            let revision = source.commit(&[("shop/db.yaml", &sealed.to_string())]).await?;
            kustomization.sees_ready(&revision).await?;
            scene.person().sees_values(scene.namespace, "db", &url("db://${host}/1")).await.map(drop)
        })
        .await
}
