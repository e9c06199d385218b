//! What every system test gets: the programs, and a control plane to run them on.

use anyhow::{Context as _, Result};
use kube::Client;

use crate::binaries::Binaries;
use crate::chart::Chart;
use crate::chart::rendered::Rendered;
use crate::control_plane::ControlPlane;
use crate::process::cli::Cli;
use crate::programs::Programs;
use crate::programs::program::Program;

/// Who made a program: each of the two programs exists twice, and they replace each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// `sealed-secrets-controller` and `kubeseal-rs`.
    Ours,
    /// bitnami's `controller` and `kubeseal`.
    Upstream,
}

/// A control plane, and all programs that run on it.
#[derive(Debug)]
pub struct Lab {
    /// Programs of other projects.
    pub programs: Programs,
    /// Our programs.
    pub binaries: Binaries,
    /// Runs until [`stop`](Self::stop).
    pub control_plane: ControlPlane,
}

impl Lab {
    /// Finds or builds all programs, then starts the control plane. `wanted` must hold [`ControlPlane::PROGRAMS`].
    pub async fn start(wanted: &'static [Program]) -> Result<Self> {
        let build = move || anyhow::Ok((Programs::ready(wanted)?, Binaries::ready()?));
        let (programs, binaries) =
            tokio::task::spawn_blocking(build).await.context("building panicked")??;
        Self::start_with(programs, binaries).await
    }

    /// Starts the control plane for programs that were found or built.
    pub async fn start_with(programs: Programs, binaries: Binaries) -> Result<Self> {
        let control_plane = ControlPlane::start(&programs).await?;
        Ok(Self { programs, binaries, control_plane })
    }

    /// Ends the control plane and deletes its files.
    pub async fn stop(&self) -> Result<()> {
        self.control_plane.stop().await
    }

    /// A client that may do everything.
    pub fn client(&self) -> Client {
        self.control_plane.client()
    }

    /// A kubeseal with the admin's kubeconfig.
    pub fn kubeseal(&self, maker: Maker) -> Result<Cli> {
        let program = match maker {
            Maker::Ours => &self.binaries.kubeseal,
            Maker::Upstream => self.programs.path(Program::UpstreamKubeseal)?,
        };
        Ok(Cli::new(program).kubeconfig(&self.control_plane.kubeconfig()))
    }

    /// Applies a rendered chart. The first time, with a new type, the controllers are restarted so that they know it.
    pub async fn install(&self, chart: &Rendered) -> Result<()> {
        let is_new = chart.brings_new_types(&self.client()).await?;
        chart.apply(&self.client()).await?;
        if is_new {
            self.control_plane.restart_controllers().await?;
        }
        Ok(())
    }

    /// This project's chart for `namespace`, under the name that kubeseal looks for.
    pub fn chart(&self, namespace: &str) -> Result<Chart> {
        Ok(Chart::new(self.programs.path(Program::Helm)?, namespace))
    }

    /// Upstream's chart for `namespace`, under the name that kubeseal looks for.
    pub fn upstream_chart(&self, namespace: &str) -> Result<Chart> {
        Chart::upstreams(self.programs.path(Program::Helm)?, namespace)
    }
}
