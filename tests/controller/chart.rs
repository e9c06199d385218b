//! The chart as helm lints it. Every other test here runs under what it installs.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::rbac::v1::ClusterRole;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use tests::programs::program::Program;
use tests::workspace;
use tokio::process::Command;

use crate::stage::Stage;

async fn helm(stage: &Stage, args: &[&str]) -> Result<(bool, String)> {
    let helm = stage.lab.programs.path(Program::Helm)?;
    let output = Command::new(helm).args(args).current_dir(workspace::root()).output().await?;
    let text = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

pub(crate) async fn lints_clean(stage: Arc<Stage>) -> Result<()> {
    let (passed, text) = helm(&stage, &["lint", "--strict", "charts/sealed-secrets"]).await?;
    ensure!(passed && text.contains("0 chart(s) failed"), "{text}");
    Ok(())
}

pub(crate) async fn a_misspelt_value_is_refused_by_name(stage: Arc<Stage>) -> Result<()> {
    let (passed, text) =
        helm(&stage, &["template", "x", "charts/sealed-secrets", "--set", "fulnameOverride=x"]).await?;
    ensure!(!passed && text.contains("fulnameOverride"), "{text}");
    Ok(())
}

/// The controller's cluster-wide permissions, all of them: a permission that is added by accident fails this test.
pub(crate) async fn rights_are_these_and_no_more(stage: Arc<Stage>) -> Result<()> {
    let rendered = stage.lab.chart("kube-system")?.render().await?;
    let is_bound = |role: &&DynamicObject| {
        role.types.as_ref().is_some_and(|types| types.kind == "ClusterRole")
            && role.name_any() == "secrets-unsealer"
    };
    let role = rendered.objects().iter().find(is_bound).context("no ClusterRole")?;
    let role: ClusterRole = serde_json::from_value(serde_json::to_value(role)?)?;
    let rules = role.rules.unwrap_or_default();
    let rules: Vec<(String, String)> = rules
        .into_iter()
        .map(|rule| (rule.resources.unwrap_or_default().join(","), rule.verbs.join(",")))
        .collect();
    let expected = [
        ("sealedsecrets", "get,list,watch"),
        ("sealedsecrets/status", "update"),
        ("secrets", "get,list,watch,create,update"),
        ("events", "create,patch"),
        ("tokenreviews", "create"),
        ("subjectaccessreviews", "create"),
    ];
    let expected = expected.map(|(resources, verbs)| (resources.to_owned(), verbs.to_owned()));
    ensure!(rules == expected, "{rules:?}");
    Ok(())
}
