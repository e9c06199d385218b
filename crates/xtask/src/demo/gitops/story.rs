//! What the demo shows, in order.

use anyhow::{Context as _, Result};
use harness::user::page::Page;
use harness::workspace;

use crate::demo::shell::{Shell, heading};

/// Waits until Flux has applied the last commit, and all of it is healthy.
const SYNCED: &str = "kubectl wait kustomization/shop --namespace flux-system --timeout=90s \\
    --for=jsonpath='{.status.lastAppliedRevision}'=\"main@sha1:$(git rev-parse HEAD)\"";
const PASSWORD: &str = "kubectl get secret db --namespace shop -o go-template='{{ .data.password | base64decode }}{{ \"\\n\" }}'";

pub(super) async fn play(shell: &Shell) -> Result<()> {
    install(shell).await?;
    commit(shell).await?;
    renew(shell).await
}

/// The chart on the node.
async fn install(shell: &Shell) -> Result<()> {
    heading("Install the chart: the node runs the image that this checkout builds");
    let helm = "helm install sealed-secrets charts/sealed-secrets --namespace kube-system \\
    --set fullnameOverride=sealed-secrets-controller --wait > /dev/null";
    shell.run_in(workspace::root(), helm).await?;
    shell.run("helm list --namespace kube-system").await?;
    shell.run("kubectl get pods --namespace kube-system -o wide").await
}

/// From a Secret to a commit to a Secret.
async fn commit(shell: &Shell) -> Result<()> {
    heading("A git repository, and a Flux Kustomization that syncs from it");
    println!("(What source-controller does, make an archive of each commit, is done by this program.)");
    shell.run("git init --quiet --initial-branch main && mkdir shop").await?;
    let page = Page::read("controller/docs/gitops.md")?;
    let kustomization = page.blocks("yaml").into_iter().next().context("the page has no Kustomization")?;
    shell.file("sync.yaml", kustomization)?;
    shell.run("kubectl apply -f sync.yaml").await?;

    heading("Seal a Secret: what is committed opens in this cluster only");
    shell.run("kubectl create namespace shop --dry-run=client -o yaml > shop/namespace.yaml").await?;
    shell
        .run("kubectl create secret generic db --namespace shop --from-literal=password='correct horse' --dry-run=client -o yaml \\
    | kubeseal-rs --format yaml > shop/db.yaml")
        .await?;
    shell.run("cut -c -100 shop/db.yaml").await?;
    shell
        .run("git add . && git commit --quiet --message 'A password for the database' && git log --oneline")
        .await?;

    heading("Flux syncs: it is Ready once the controller has unsealed");
    shell.run(SYNCED).await?;
    shell.run("kubectl get kustomizations --namespace flux-system").await?;
    shell.run("kubectl get sealedsecret,secret --namespace shop").await?;
    shell.run(PASSWORD).await
}

/// A new key, and the same Secret sealed with it.
async fn renew(shell: &Shell) -> Result<()> {
    heading("Renew the key: what is committed still needs the old one");
    shell.run("kubeseal-rs keys renew").await?;
    shell.run("kubeseal-rs keys list shop/").await?;

    heading("Reseal, commit, sync: the password is never shown, and the Secret stays");
    shell.run("kubeseal-rs reseal shop/").await?;
    shell
        .run("git commit --quiet --all --message 'Reseal with the new key' && git show --stat --oneline")
        .await?;
    shell.run(SYNCED).await?;
    shell.run("kubeseal-rs keys list shop/").await?;
    shell.run(PASSWORD).await
}
