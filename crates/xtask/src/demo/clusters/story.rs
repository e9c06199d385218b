//! What the demo shows, in order.

use std::time::Instant;

use anyhow::Result;
use harness::lab::Lab;
use harness::pod::Pod;
use harness::workspace;

use crate::demo::shell::{Shell, heading};
use crate::span::span;

/// The names of the clusters, which are those of their contexts too.
pub(super) const NAMES: [&str; 2] = ["eu", "us"];

const APPLY: &str = "for cluster in eu us; do kubectl --context $cluster apply -f apps/db.yaml; done";
const PASSWORDS: &str = "for cluster in eu us; do kubectl --context $cluster get secret db \\
    -o go-template='{{ .data.password | base64decode }}{{ \"\\n\" }}'; done";
const KEYS: &str = "for cluster in eu us; do kubectl --context $cluster get sealedsecret db \\
    -o jsonpath='{.status.openedBy}{\"\\n\"}'; done";

/// The chart in both clusters, and its controllers as processes.
pub(super) async fn install(labs: &[Lab; 2], shell: &Shell) -> Result<Vec<Pod>> {
    heading("Install the chart in both clusters, and start the controllers: each makes its own sealing key");
    let mut controllers = Vec::new();
    for (lab, name) in labs.iter().zip(NAMES) {
        let chart = lab.chart("kube-system")?;
        let helm = chart.arguments().join(" ");
        let line = format!("helm {helm} | kubectl --context {name} apply -f - > /dev/null");
        shell.run_in(workspace::root(), &line).await?;
        let rendered = chart.render().await?;
        // `kubectl apply` does not wait until the type is served; the controller's first list would fail.
        rendered.apply(&lab.client()).await?;
        controllers.push((Instant::now(), Pod::of(&rendered.deployment()?).start(lab).await?));
    }
    let mut ready = Vec::new();
    for ((start, mut controller), name) in controllers.into_iter().zip(NAMES) {
        controller.wait_ready().await?;
        println!("{name}: {} is ready after {}.", controller.name(), span(start.elapsed()));
        ready.push(controller);
    }
    Ok(ready)
}

pub(super) async fn play(shell: &Shell) -> Result<()> {
    heading("A repository names its clusters once");
    shell.run("git init --quiet --initial-branch main && mkdir apps").await?;
    shell.run("kubeseal-rs init --cluster eu=eu --cluster us=us").await?;
    shell.run("cat .sealed-secrets.yaml").await?;
    shell.run("kubeseal-rs clusters list --check").await?;

    heading("Seal a Secret once: the rule says that it is for both");
    shell
        .run(
            "kubectl create secret generic db --namespace default --from-literal=password='correct horse' --dry-run=client -o yaml \\
    | kubeseal-rs seal -w apps/db.yaml",
        )
        .await?;
    shell.run("cut -c -100 apps/db.yaml").await?;
    shell.run("git add . && git commit --quiet --message 'A password for the database'").await?;

    heading("Apply the one file to both: equal Secrets, each opened by the cluster's own key");
    shell.run(APPLY).await?;
    shell
        .run(
            "for cluster in eu us; do kubectl --context $cluster wait sealedsecret/db --for=condition=Synced --timeout=60s; done",
        )
        .await?;
    shell.run(PASSWORDS).await?;
    shell.run(KEYS).await?;

    heading("Renew the key of one cluster, and reseal there: the items stay as they are, for the other");
    shell.run("kubeseal-rs keys renew --context us > ../new-key && cat ../new-key").await?;
    shell.run("kubeseal-rs clusters fetch us").await?;
    shell.run("kubeseal-rs reseal --context us apps/").await?;
    shell.run("git commit --quiet --all --message 'A new key in us' && git show --stat --oneline").await?;

    heading("It still opens in both, in one of them with the new key");
    shell.run(APPLY).await?;
    shell
        .run(
            "kubectl --context us wait sealedsecret/db --timeout=60s \\
    --for=jsonpath='{.status.openedBy[0]}'=$(cat ../new-key)",
        )
        .await?;
    shell.run(KEYS).await?;
    shell.run(PASSWORDS).await
}
