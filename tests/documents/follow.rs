//! Follows one page: prepares what the page expects, and runs its commands.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tests::lab::Lab;
use tests::programs::upstream_chart::upstream_chart;
use tests::test::suite::Stage as _;
use tests::user::page::Page;

use crate::kubelet::Kubelet;
use crate::pages::{Followed, Installed};
use crate::shell::Shell;
use crate::stage::Stage;

/// An identity of age, and its public key. Made for these tests, and used nowhere else.
const IDENTITY: &str = "AGE-SECRET-KEY-1RS0RFZUWV29JTLAFGJYUCS9F4PN3SCY0QVEJHDZW3AQXZXQ3LQCQ6H8VFV\n";
const RECIPIENT: &str = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45\n";

const OURS: &str = "helm install sealed-secrets charts/sealed-secrets --namespace kube-system \
                    --set fullnameOverride=sealed-secrets-controller";
const READY: &str = "kubectl rollout status deployment/sealed-secrets-controller --namespace kube-system";

pub(crate) async fn follow(stage: Arc<Stage>, page: &'static Followed) -> Result<()> {
    let lab = stage.cluster().await?;
    let kubelet = Kubelet::new(&lab);
    let followed = tokio::select! {
        followed = commands(&lab, page) => followed,
        Err(error) = kubelet.work() => Err(error.context("the controller could not be run")),
    };
    let stopped = kubelet.stop().await;
    stage.stop().await?;
    followed.and(stopped)
}

async fn commands(lab: &Lab, page: &Followed) -> Result<()> {
    let shell = Shell::new(lab)?;
    shell.write("age.txt", IDENTITY)?;
    shell.write("admins.txt", RECIPIENT)?;
    match page.installed {
        Installed::Nothing => {}
        Installed::Ours => {
            shell.succeeds(OURS).await?;
            shell.succeeds(READY).await?;
        }
        Installed::Upstreams => {
            let chart = upstream_chart()?.display().to_string();
            shell.succeeds(&OURS.replace("charts/sealed-secrets", &chart)).await?;
            shell.succeeds(READY).await?;
        }
    }
    for command in page.prepare {
        shell.succeeds(command).await.context("this prepares for the page")?;
    }
    let blocks = Page::read(page.path)?.consoles()?;
    for typed in blocks.iter().filter(|block| block.unrun.is_none()).flat_map(|block| &block.commands) {
        shell.types(typed).await?;
    }
    Ok(())
}
