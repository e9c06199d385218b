//! Requests to a controller, ours and upstream's: fetching the certificate, `--validate` and `--re-encrypt`.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::Value;
use tests::lab::Maker;
use tests::pod::Pod;

use super::connections;
use crate::case::Case;
use crate::families::JSON;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::{HOME, Stage};

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    give_key(&stage).await?;
    let chart = stage.chart().await?;
    for (maker, family) in
        [(Maker::Ours, Family::OurController), (Maker::Upstream, Family::UpstreamsController)]
    {
        // The test key is as old as the checkout; a controller that renews would answer with a key that opens nothing
        // here.
        let pod = Pod::of(&chart.deployment()?).maker(maker).flag("key-renew-period", "0");
        let mut pod =
            pod.flag("rate-limit", "1000").flag("rate-limit-burst", "1000").start(&stage.lab).await?;
        pod.wait_ready().await?;
        let sealed = stage.sealed(Maker::Upstream, "", JSON).await?;
        let wide = stage.sealed(Maker::Ours, "--scope cluster-wide -o yaml", JSON).await?;
        let mut judged = judge(&stage, family, cases(&sealed, &wide))
            .await
            .with_context(|| format!("{maker:?} controller"));
        if maker == Maker::Ours {
            // The connection does not depend on whose controller it is.
            judged = judged.and(connections::agree(&stage, &sealed).await.context("connections"));
        }
        pod.stop().await?;
        judged?;
    }
    Ok(())
}

/// Stores the test key as the controller's key.
async fn give_key(stage: &Stage) -> Result<()> {
    let backup: Value = serde_json::from_slice(&std::fs::read(stage.fixtures.path("backup.json"))?)?;
    let secrets: Api<Secret> = Api::namespaced(stage.lab.client(), HOME);
    let name = backup["metadata"]["name"].as_str().unwrap_or_default();
    secrets.patch(name, &PatchParams::apply("person"), &Patch::Apply(&backup)).await?;
    Ok(())
}

fn cases(sealed: &str, wide: &str) -> Vec<Case> {
    let moved = sealed.replace("\"shop\"", "\"other\"");
    let broken = sealed.replace("\"password\": \"A", "\"password\": \"B");
    let mut cases = Vec::new();
    for (name, text) in [
        ("strict", sealed),
        ("cluster-wide in YAML", wide),
        ("moved", &moved),
        ("broken", &broken),
        ("two documents", &format!("{sealed}---\n{wide}")),
        ("broken after a sound one", &format!("{sealed}---\n{broken}")),
        ("a Secret", JSON),
        ("nothing", ""),
        ("text", "hello\n"),
    ] {
        for verb in [
            "--validate",
            "--re-encrypt",
            "--rotate",
            "--re-encrypt -o yaml",
            "--validate -f in.yaml",
            "--re-encrypt -f in.yaml",
        ] {
            let case = Case::bare(format!("{verb}: {name}"), verb).stdin(text).file("in.yaml", text);
            cases.push(case);
        }
    }
    cases.push(Case::bare("re-encrypt to a file", "--re-encrypt -w out.yaml").stdin(sealed));
    cases.push(Case::bare("fetch", "--fetch-cert"));
    cases.push(Case::bare("fetch to a file", "--fetch-cert -w out.pem"));
    cases.push(Case::bare("seal", "").stdin(JSON));
    cases.push(Case::bare("raw", "--raw --scope cluster-wide").stdin("x"));
    for args in [
        "--controller-name nobody",
        "--controller-namespace shop",
        "--token wrong",
        "--context nowhere",
        "--as nobody",
        "--request-timeout 20s",
        "-v 1",
    ] {
        cases.push(Case::bare(format!("fetch {args}"), "--fetch-cert").args(args));
        cases.push(Case::bare(format!("validate {args}"), "--validate").args(args).stdin(sealed));
    }
    cases.into_iter().map(|case| case.env("KUBECONFIG", "admin")).collect()
}
