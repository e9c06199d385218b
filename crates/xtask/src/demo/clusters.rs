//! `cargo xtask demo --clusters 2`: one file that is sealed once opens in two clusters, each with its own key.

mod story;

use std::time::Instant;

use anyhow::{Context as _, Result};
use futures::future;
use harness::binaries::Binaries;
use harness::control_plane::kubeconfig::write_contexts;
use harness::lab::Lab;
use harness::pod::Pod;
use harness::programs::Programs;
use harness::programs::program::Program;
use harness::test::interruption::interruption;
use tokio::runtime::Runtime;

use super::shell::{Shell, check_git};
use crate::paint;
use crate::span::span;

/// What the demo runs: no program of upstream's.
const PROGRAMS: [Program; 5] =
    [Program::Etcd, Program::KubeApiserver, Program::KubeControllerManager, Program::Kubectl, Program::Helm];

pub(super) fn run(keep: bool) -> Result<()> {
    check_git()?;
    // Built before signals are ours: until here, Ctrl-C just ends this and the compilers.
    let programs = Programs::ready(&PROGRAMS).context("the programs that the demo uses could not be had")?;
    let binaries = Binaries::ready()?;
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    runtime.block_on(demo(keep, programs, binaries))
}

async fn demo(keep: bool, programs: Programs, binaries: Binaries) -> Result<()> {
    let start = Instant::now();
    println!("{}", paint::bold("Starting two control planes: etcd, kube-apiserver, kube-controller-manager"));
    let lab = || Box::pin(Lab::start_with(programs.clone(), binaries.clone()));
    // Dropped in the middle of its start, a control plane takes along what it has started.
    let labs = tokio::select! {
        labs = future::try_join(lab(), lab()) => <[Lab; 2]>::from(labs?),
        result = interruption() => {
            println!("Interrupted; nothing is left of them.");
            return result;
        }
    };
    let urls = labs.each_ref().map(|lab| lab.control_plane.url());
    println!("Ready at {} after {}.", urls.join(" and "), span(start.elapsed()));
    let outcome = tokio::select! {
        outcome = play(&labs, keep) => outcome.map(|()| "Done"),
        result = interruption() => result.map(|()| "Ended"),
    };
    // The controllers were stopped, or killed when their part of the story was dropped.
    future::try_join_all(labs.iter().map(Lab::stop)).await?;
    let ended = outcome?;
    println!("\nEverything this started is stopped, and its folders are removed.");
    println!("{}", paint::good(&format!("{ended} after {}.", span(start.elapsed()))));
    Ok(())
}

async fn play(labs: &[Lab; 2], keep: bool) -> Result<()> {
    let dir = labs[0].control_plane.dir();
    let kubeconfig = dir.join("contexts.kubeconfig");
    let contexts = [0, 1].map(|index: usize| (story::NAMES[index], labs[index].control_plane.kubeconfig()));
    write_contexts(&kubeconfig, &contexts)?;
    let shell = Shell::new(dir, kubeconfig, &labs[0].programs, &labs[0].binaries)?;
    let controllers = Box::pin(story::install(labs, &shell)).await?;
    story::play(&shell).await?;
    if keep {
        print_kept(&shell, &controllers);
        std::future::pending::<()>().await;
    }
    for controller in controllers {
        controller.stop().await?;
    }
    Ok(())
}

/// What a user needs to know to play with a demo that is kept running.
fn print_kept(shell: &Shell, controllers: &[Pod]) {
    println!("\n{}", paint::bold("It keeps running. In another terminal:"));
    shell.print_setup();
    println!();
    println!("{}", paint::dim("# for example"));
    println!("kubeseal-rs create mail --namespace default --prompt password -w apps/mail.yaml");
    println!("kubectl --context us apply -f apps/mail.yaml");
    for controller in controllers {
        println!("tail -f {}", controller.log_file().display());
    }
    println!("\n{}", paint::bold("Ctrl-C ends it all, and removes these folders."));
}
