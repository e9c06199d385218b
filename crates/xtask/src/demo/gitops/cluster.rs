//! [`Cluster`]: a node with the images on it, and Flux beside it.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use harness::binaries::{Binaries, StaticController};
use harness::flux::Flux;
use harness::image::Image;
use harness::node::{Node, PAUSE_IMAGE};
use harness::programs::{Program, Programs, pause};

use super::super::shell::Shell;

/// What the chart names unless told otherwise, as a container runtime writes it in full.
const IMAGE: &str = concat!("docker.io/library/sealed-secrets-controller:", env!("CARGO_PKG_VERSION"));

/// All that takes a compiler.
pub(super) struct Built {
    programs: Programs,
    binaries: Binaries,
    controller: StaticController,
    pause: PathBuf,
}

/// Running until [`stop`](Self::stop).
pub(super) struct Cluster {
    pub node: Node,
    pub flux: Flux,
    programs: Programs,
    binaries: Binaries,
}

impl Built {
    /// Blocks while it builds what is missing: minutes the first time.
    pub(super) fn ready() -> Result<Self> {
        let others = [Program::Helm, Program::KustomizeController];
        let programs = Programs::ready(&[Node::PROGRAMS.as_slice(), &others].concat())
            .context("the programs that the demo uses could not be had")?;
        let (binaries, controller, pause) = (Binaries::ready()?, StaticController::ready()?, pause()?);
        Ok(Self { programs, binaries, controller, pause })
    }

    pub(super) async fn start(self) -> Result<Cluster> {
        let Self { programs, binaries, controller, pause } = self;
        let images = tempfile::tempdir().context("no temporary folder could be made")?;
        let (pause_file, controller_file) =
            (images.path().join("pause.tar"), images.path().join("controller.tar"));
        Image::new(PAUSE_IMAGE.parse()?)
            .program("/pause", &pause)
            .entrypoint(&["/pause"])
            .write(&pause_file)?;
        Image::controller(controller.path(), IMAGE.parse()?).write(&controller_file)?;
        let node = Node::start(&programs, &[&pause_file, &controller_file]).await?;
        match Flux::start(&node.kubeconfig(), node.client(), node.dir(), &programs).await {
            Ok(flux) => Ok(Cluster { node, flux, programs, binaries }),
            Err(error) => {
                node.stop().await?;
                Err(error)
            }
        }
    }
}

impl Cluster {
    /// A shell in a folder of this cluster.
    pub(super) fn shell(&self) -> Result<Shell> {
        Shell::new(self.node.dir(), self.node.kubeconfig(), &self.programs, &self.binaries)
    }

    /// Ends everything, and removes what it wrote.
    pub(super) async fn stop(self) -> Result<()> {
        let flux = self.flux.stop().await;
        self.node.stop().await.and(flux)
    }
}
