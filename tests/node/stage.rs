//! A node with the images on it, and the tools of a user outside.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use kube::Client;
use release::image::Image;
use release::program::Program as Released;
use tests::binaries::Binaries;
use tests::lab::Maker;
use tests::node::{Node, requirements};
use tests::process::cli::Cli;
use tests::programs::Programs;
use tests::programs::program::Program;
use tests::programs::upstream_chart::upstream_chart;
use tests::test::suite;

/// The chart's default image, as a container runtime writes it in full.
pub(crate) const IMAGE: &str =
    concat!("docker.io/library/sealed-secrets-controller:", env!("CARGO_PKG_VERSION"));
/// The image of upstream's chart.
const UPSTREAM_IMAGE: &str = "docker.io/bitnami/sealed-secrets-controller:0.38.1";

/// The cluster of all tests.
pub(crate) struct Stage {
    pub(crate) node: Node,
    programs: Programs,
    binaries: Binaries,
    pub(crate) controller: Released,
    pub(crate) upstream_chart: PathBuf,
}

impl suite::Stage for Stage {
    async fn stop(&self) -> Result<()> {
        self.node.stop().await
    }
}

impl Stage {
    pub(crate) async fn start() -> Result<Self> {
        if let Some(unrun) = requirements::missing() {
            return Err(unrun.into());
        }
        tokio::task::spawn_blocking(build).await.context("building panicked")??.start().await
    }

    pub(crate) fn client(&self) -> Client {
        self.node.client()
    }

    /// A program of another project with the admin's kubeconfig: kubectl, helm, upstream's kubeseal.
    pub(crate) fn tool(&self, program: Program) -> Result<Cli> {
        Ok(Cli::new(self.programs.path(program)?).kubeconfig(&self.node.kubeconfig()))
    }

    /// The output of kubectl.
    pub(crate) async fn kubectl(&self, args: &[&str]) -> Result<String> {
        let output = self.tool(Program::Kubectl)?.output(args, b"").await?;
        Ok(String::from_utf8(output)?.trim().to_owned())
    }

    /// The kubeseal of `maker`.
    pub(crate) fn kubeseal(&self, maker: Maker) -> Result<Cli> {
        match maker {
            Maker::Ours => Ok(Cli::new(&self.binaries.kubeseal).kubeconfig(&self.node.kubeconfig())),
            Maker::Upstream => self.tool(Program::UpstreamKubeseal),
        }
    }
}

/// What needs a compiler.
struct Built {
    programs: Programs,
    binaries: Binaries,
    controller: Released,
    upstream_chart: PathBuf,
}

fn build() -> Result<Built> {
    let others = [Program::Helm, Program::UpstreamKubeseal, Program::UpstreamController];
    let programs = Programs::ready(&[Node::PROGRAMS.as_slice(), &others].concat())?;
    let (binaries, controller) = (Binaries::ready()?, Released::controller()?);
    Ok(Built { programs, binaries, controller, upstream_chart: upstream_chart()? })
}

impl Built {
    async fn start(self) -> Result<Stage> {
        let Self { programs, binaries, controller, upstream_chart } = self;
        let upstream = Image::new(UPSTREAM_IMAGE.parse()?)
            .program("/usr/local/bin/controller", programs.path(Program::UpstreamController)?)
            .environment("PATH", "/usr/local/bin");
        let ours = Image::controller(controller.path(), IMAGE.parse()?);
        let node = Node::start(&programs, &[ours, upstream]).await?;
        Ok(Stage { node, programs, binaries, controller, upstream_chart })
    }
}
