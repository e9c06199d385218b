//! `cargo xtask demo --gitops`: from a commit to a Pod and back, on a cluster of one node with Flux.

mod cluster;
mod story;

use std::time::Instant;

use anyhow::{Context as _, Result};
use harness::cluster::flux::NAMESPACE;
use harness::node::requirements;
use harness::test::interruption::interruption;
use tokio::runtime::Runtime;

use self::cluster::{Built, Cluster};
use super::shell::{Shell, check_git};
use crate::paint;
use crate::span::span;

pub(super) fn run(keep: bool) -> Result<()> {
    // What is missing is said before anything is built.
    if let Some(unrun) = requirements::missing() {
        return Err(unrun.into());
    }
    check_git()?;
    let built = Built::ready()?;
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    runtime.block_on(demo(keep, built))
}

async fn demo(keep: bool, built: Built) -> Result<()> {
    let start = Instant::now();
    println!(
        "{}",
        paint::bold("Starting a cluster of one node (kubelet, containerd) and Flux's kustomize-controller")
    );
    // Dropped in the middle of its start, a node takes along what it has started.
    let cluster = tokio::select! {
        cluster = built.start() => cluster?,
        result = interruption() => {
            println!("Interrupted; nothing is left of it.");
            return result;
        }
    };
    println!("Ready after {}.", span(start.elapsed()));
    let outcome = tokio::select! {
        outcome = play(&cluster, keep, start) => outcome.map(|()| "Done"),
        result = interruption() => result.map(|()| "Ended"),
    };
    let dir = cluster.node.dir().display().to_string();
    cluster.stop().await?;
    let ended = outcome?;
    println!("\nEverything this started is stopped, and {dir} is removed.");
    println!("{}", paint::good(&format!("{ended} after {}.", span(start.elapsed()))));
    Ok(())
}

/// Runs the demo. Its commits are published while it runs; with `keep`, later ones are too, until Ctrl-C.
async fn play(cluster: &Cluster, keep: bool, start: Instant) -> Result<()> {
    let shell = cluster.shell()?;
    let source = cluster.flux.source(NAMESPACE, "shop").await?;
    let story = async {
        story::play(&shell).await?;
        if keep {
            println!("\nThe story took {}.", span(start.elapsed()));
            print_kept(cluster, &shell);
            std::future::pending::<()>().await;
        }
        Ok(())
    };
    tokio::select! {
        played = story => played,
        failed = source.follow(shell.dir()) => failed.map(|never| match never {}),
    }
}

/// What a user needs to know to play with a demo that is kept running.
fn print_kept(cluster: &Cluster, shell: &Shell) {
    println!("{}", paint::bold("It keeps running. In another terminal:"));
    shell.print_setup();
    println!();
    println!("{}", paint::dim("# for example: whatever is committed here is synced"));
    println!("kubeseal-rs create mail --namespace shop --prompt password -w shop/mail.yaml");
    println!("git add . && git commit --message 'A password for mail'");
    println!("kubectl get sealedsecret,secret --namespace shop");
    println!("tail -f {}", cluster.flux.log_file().display());
    println!("\n{}", paint::bold("Ctrl-C ends it all, and removes these folders."));
}
