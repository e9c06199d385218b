//! `cargo xtask demo`: seal, apply and unseal a Secret on a control plane of its own, with the commands that a user types.

mod keep;
mod story;

use std::time::Instant;

use anyhow::{Context as _, Result};
use harness::binaries::Binaries;
use harness::control_plane::ControlPlane;
use harness::lab::Lab;
use harness::pod::Pod;
use harness::programs::Programs;
use harness::programs::program::Program;
use harness::test::interruption::interruption;
use tokio::runtime::Runtime;

use super::shell::Shell;
use crate::paint;
use crate::span::span;

/// What the demo runs: no program of upstream's.
const PROGRAMS: [Program; 5] =
    [Program::Etcd, Program::KubeApiserver, Program::KubeControllerManager, Program::Kubectl, Program::Helm];

pub(super) fn run(keep: bool) -> Result<()> {
    // Built before signals are ours: until here, Ctrl-C just ends this and the compilers.
    let programs = Programs::ready(&PROGRAMS).context("the programs that the demo uses could not be had")?;
    let binaries = Binaries::ready()?;
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    runtime.block_on(demo(keep, programs, binaries))
}

async fn demo(keep: bool, programs: Programs, binaries: Binaries) -> Result<()> {
    let start = Instant::now();
    println!("{}", paint::bold("Starting a control plane: etcd, kube-apiserver, kube-controller-manager"));
    // Dropped in the middle of its start, a control plane takes along what it has started.
    let control_plane = tokio::select! {
        control_plane = ControlPlane::start(&programs) => control_plane?,
        result = interruption() => {
            println!("Interrupted; nothing is left of it.");
            return result;
        }
    };
    println!("Ready at {} after {}.", control_plane.url(), span(start.elapsed()));
    let lab = Lab { programs, binaries, control_plane };
    let outcome = tokio::select! {
        outcome = play(&lab, keep) => outcome.map(Some),
        result = interruption() => result.map(|()| None),
    };
    let ended = match outcome {
        Ok(Some(controller)) => end(controller, keep).await.map(|()| "Done"),
        // The controller was killed when its part of the story was dropped.
        Ok(None) => Ok("Interrupted"),
        Err(error) => Err(error),
    };
    lab.stop().await?;
    let ended = ended?;
    println!("\nEverything this started is stopped, and {} is removed.", lab.control_plane.dir().display());
    println!("{}", paint::good(&format!("{ended} after {}.", span(start.elapsed()))));
    if !keep {
        println!("Next: `cargo xtask demo --keep` leaves it running, for your own kubectl and kubeseal-rs.");
    }
    Ok(())
}

/// The whole story, less its end; the controller still runs.
async fn play(lab: &Lab, keep: bool) -> Result<Pod> {
    let control_plane = &lab.control_plane;
    let shell = Shell::new(control_plane.dir(), control_plane.kubeconfig(), &lab.programs, &lab.binaries)?;
    let controller = story::install(lab, &shell).await?;
    story::seal_and_unseal(&shell).await?;
    if keep {
        keep::print(&shell, &controller);
    } else {
        story::delete(&shell).await?;
    }
    Ok(controller)
}

async fn end(controller: Pod, keep: bool) -> Result<()> {
    if keep {
        interruption().await?;
        println!();
    }
    let status = controller.stop().await?;
    println!("\nsealed-secrets-controller was sent SIGTERM and ended with {status}.");
    Ok(())
}
