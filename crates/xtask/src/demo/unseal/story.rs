//! What the demo shows, in order.

use std::time::Instant;

use anyhow::Result;
use harness::lab::Lab;
use harness::pod::Pod;
use harness::workspace;

use crate::demo::shell::{Shell, heading};
use crate::paint;
use crate::span::span;

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: database
stringData:
  password: correct horse battery staple
";

/// The chart, and its controller as a process.
pub(super) async fn install(lab: &Lab, shell: &Shell) -> Result<Pod> {
    heading("Install the chart: the SealedSecret type, the controller's account, its rights, its Service");
    let chart = lab.chart("kube-system")?;
    let helm = chart.arguments().join(" ");
    shell.run_in(workspace::root(), &format!("helm {helm} | kubectl apply -f -")).await?;
    let rendered = chart.render().await?;
    // `kubectl apply` does not wait until the type is served; the controller's first list would fail.
    rendered.apply(&lab.client()).await?;
    // For the last part: a garbage collection that starts now, and not in half a minute.
    lab.control_plane.restart_controllers().await?;

    heading("Start the controller");
    println!("There is no kubelet here, so the Deployment's pod runs as a process on this machine: with the");
    println!(
        "arguments and the environment that the Deployment names, and the token of its service account."
    );
    let start = Instant::now();
    let mut controller = Pod::of(&rendered.deployment()?).start(lab).await?;
    controller.wait_ready().await?;
    println!("{} is ready after {}: it has made its sealing key.", controller.name(), span(start.elapsed()));
    Ok(controller)
}

/// Seals a Secret, applies it, and shows the Secret that the controller makes.
pub(super) async fn seal_and_unseal(shell: &Shell) -> Result<()> {
    heading("Seal a Secret: only the controller can open what comes out, so it is safe in git");
    println!("{}", paint::command(&format!("$ cd {}", shell.dir().display())));
    shell.run("kubeseal-rs --fetch-cert > cert.pem").await?;
    shell.file("secret.yaml", SECRET)?;
    shell.run("kubeseal-rs --cert cert.pem --format yaml < secret.yaml > sealed.yaml").await?;
    shell.run("cut -c -100 sealed.yaml").await?;

    heading("Apply it: the controller makes the Secret");
    shell.run("kubectl apply -f sealed.yaml").await?;
    shell.run("kubectl wait --for=condition=Synced --timeout=60s sealedsecret/database").await?;
    shell.run("kubectl get sealedsecret,secret").await?;
    shell
        .run("kubectl get secret database -o go-template='{{ .data.password | base64decode }}{{ \"\\n\" }}'")
        .await
}

/// Deletes the SealedSecret, and shows that its Secret is deleted too.
pub(super) async fn delete(shell: &Shell) -> Result<()> {
    heading("Delete it: the Secret goes too");
    shell.run("kubectl delete -f sealed.yaml").await?;
    shell.run("kubectl wait --for=delete --timeout=60s secret/database").await
}
