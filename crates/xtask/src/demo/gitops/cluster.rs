//! [`Cluster`]: a node with the images on it, and Flux beside it.

use anyhow::{Context as _, Result};
use harness::binaries::Binaries;
use harness::cluster::flux::Flux;
use harness::node::Node;
use harness::programs::Programs;
use harness::programs::program::Program;
use release::image::Image;
use release::program::Program as Released;

use super::super::shell::Shell;

/// The chart's default image, by the full name that a container runtime uses.
const IMAGE: &str = concat!("docker.io/library/sealed-secrets-controller:", env!("CARGO_PKG_VERSION"));

/// What needs a compiler.
pub(super) struct Built {
    programs: Programs,
    binaries: Binaries,
    controller: Released,
}

/// Runs until [`stop`](Self::stop).
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
        let (binaries, controller) = (Binaries::ready()?, Released::controller()?);
        Ok(Self { programs, binaries, controller })
    }

    pub(super) async fn start(self) -> Result<Cluster> {
        let Self { programs, binaries, controller } = self;
        let image = Image::controller(controller.path(), IMAGE.parse()?);
        let node = Node::start(&programs, &[image]).await?;
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
