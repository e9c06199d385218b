//! Wrapped keys under the chart's permissions: the controller logs in at OpenBao with tokens of its own account, and deletes the Secret of a
//! key that it has stored in another form.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{LABEL, REWRAP, WRAPPED};
use k8s_openapi::api::core::v1::{Event, Secret};
use k8s_openapi::api::rbac::v1::Role;
use kube::ResourceExt;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use serde_json::json;
use tests::kms::open_bao::OpenBao;
use tests::kms::open_bao::kubernetes_auth;
use tests::kms::policies;
use tests::pod::Pod;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;

use crate::commands::kubectl;
use crate::stage::{Stage, stop};

/// Longer than a retry of the controller, and than the API server takes to know a changed Role.
const SOON: Duration = Duration::from_mins(1);

pub(crate) async fn keys_are_wrapped_and_wrapped_anew(stage: Arc<Stage>) -> Result<()> {
    let lab = &stage.lab;
    let _turn = stage.turn.lock().await;
    let bao = OpenBao::start_new().await?;
    bao.enable_transit("transit").await?;
    bao.create_key("transit", "sealing", false).await?;
    bao.write_policy("sealing", &policies::open_bao()?).await?;
    bao.enable_kubernetes_auth(&lab.control_plane).await?;
    with_temp_ns(lab, async |home| {
        let (audience, service_account) = (&bao.url(), home);
        let role = kubernetes_auth::Role {
            name: "sealed-secrets",
            namespace: home,
            service_account,
            audience,
            policy: "sealing",
            seconds: 600,
        };
        bao.write_role(&role).await?;
        let (host, ca) = (bao.host(), bao.ca_file());
        let provider =
            format!("openbao+transit://{host}/transit/sealing?role=sealed-secrets&ca-file={}", ca.display());
        let chart = lab.chart(home)?.set("fullnameOverride", home).set("rbac.clusterRoleName", home);
        let chart = chart.set("keyWrapping.providers[0]", &provider).set("keyWrapping.clusterName", "prod");
        let chart = chart.render().await?;
        chart.apply(&lab.client()).await?;
        let mut pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").start(lab).await?;
        pod.wait_ready().await?;

        // Tokens of its own account, and of no other.
        let user = format!("--as=system:serviceaccount:{home}:{home}");
        for (account, wanted) in [(home, "yes"), ("default", "no")] {
            let account = format!("serviceaccounts/{account}");
            let args =
                ["auth", "can-i", "create", &account, "--subresource=token", "--namespace", home, &user];
            let answer = kubectl(lab, &args, "").await?.stdout;
            ensure!(answer.trim() == wanted, "{account}: {answer}");
        }

        let first = key(stage.lab.client(), home).await?;
        request(stage.lab.client(), home, &first).await?;
        let second = eventually(SOON, "the key is wrapped anew, and the Secret before it gone", async || {
            let key = key(stage.lab.client(), home).await?;
            ensure!(key.uid() != first.uid(), "it is the same Secret");
            Ok(key)
        })
        .await?;
        ensure!(second.data.context("no data")?["tls.crt"] == first.data.context("no data")?["tls.crt"]);

        // Without the right to delete, both stay, and an event says why.
        let roles: Api<Role> = Api::namespaced(lab.client(), home);
        let name = format!("{home}-key-admin");
        let mut fewer = roles.get(&name).await?;
        fewer.rules.get_or_insert_default().retain(|rule| rule.verbs != ["delete"]);
        roles.replace(&name, &PostParams::default(), &fewer).await?;
        eventually(SOON, "the changed Role counts", async || {
            let args = ["auth", "can-i", "delete", "secrets", "--namespace", home, &user];
            let answer = kubectl(lab, &args, "").await?.stdout;
            ensure!(answer.trim() == "no", "{answer}");
            Ok(())
        })
        .await?;
        let second = key(stage.lab.client(), home).await?;
        request(stage.lab.client(), home, &second).await?;
        let events: Api<Event> = Api::namespaced(lab.client(), home);
        let about = format!("involvedObject.name={},reason=SealingKeyWarning", second.name_any());
        eventually(SOON, "an event names the missing right", async || {
            let events = events.list(&ListParams::default().fields(&about)).await?.items;
            let messages: Vec<String> = events.into_iter().filter_map(|event| event.message).collect();
            ensure!(
                messages.iter().any(|it| it.contains("cannot delete resource \"secrets\"")),
                "{messages:?}"
            );
            Ok(())
        })
        .await?;
        stop(pod).await?;
        chart.delete(&lab.client()).await
    })
    .await
}

/// The only wrapped key.
async fn key(client: kube::Client, home: &str) -> Result<Secret> {
    let secrets: Api<Secret> = Api::namespaced(client, home);
    let mut keys = secrets.list(&ListParams::default().labels(&format!("{LABEL}={WRAPPED}"))).await?.items;
    ensure!(keys.len() == 1, "{:?}", keys.iter().map(ResourceExt::name_any).collect::<Vec<_>>());
    keys.pop().context("no key")
}

/// Requests that a key is wrapped anew.
async fn request(client: kube::Client, home: &str, key: &Secret) -> Result<()> {
    let secrets: Api<Secret> = Api::namespaced(client, home);
    let patch = json!({ "metadata": { "annotations": { REWRAP: "now" } } });
    secrets.patch(&key.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await?;
    Ok(())
}
