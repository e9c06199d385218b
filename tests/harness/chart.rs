//! This project's chart and upstream's, rendered by helm and applied to the control plane. The Deployment's pod is
//! started by [`pod`](crate::pod), because there is no kubelet.

pub mod rendered;
pub mod upstream_rights;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::chart::rendered::Rendered;
use crate::programs::upstream_chart::upstream_chart;
use crate::workspace;

/// The name under which every kubeseal looks for the controller by default.
pub const CONTROLLER_NAME: &str = "sealed-secrets-controller";

/// The chart with the values of one installation.
#[derive(Debug, Clone)]
pub struct Chart {
    helm: PathBuf,
    /// The chart's folder.
    source: String,
    namespace: String,
    args: Vec<String>,
}

impl Chart {
    /// This project's chart in `namespace`, with its default values, under [`CONTROLLER_NAME`].
    pub fn new(helm: &Path, namespace: &str) -> Self {
        Self::of(helm, namespace, "charts/sealed-secrets".to_owned())
    }

    /// Upstream's chart in `namespace`, under [`CONTROLLER_NAME`]. Blocks while its module is downloaded.
    pub fn upstreams(helm: &Path, namespace: &str) -> Result<Self> {
        Ok(Self::of(helm, namespace, upstream_chart()?.display().to_string()))
    }

    fn of(helm: &Path, namespace: &str, source: String) -> Self {
        let (helm, namespace) = (helm.to_owned(), namespace.to_owned());
        let chart = Self { helm, source, namespace, args: Vec::new() };
        chart.set("fullnameOverride", CONTROLLER_NAME)
    }

    /// Sets a value, as `helm --set KEY=VALUE` does.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.args.extend(["--set".to_owned(), format!("{key}={value}")]);
        self
    }

    /// The arguments of helm that render the chart, with a path relative to the checkout.
    pub fn arguments(&self) -> Vec<String> {
        let fixed = ["template", "sealed-secrets", &self.source, "--include-crds", "--namespace"];
        fixed
            .map(str::to_owned)
            .into_iter()
            .chain([self.namespace.clone()])
            .chain(self.args.clone())
            .collect()
    }

    /// Renders the chart.
    pub async fn render(&self) -> Result<Rendered> {
        let output = Command::new(&self.helm)
            .args(self.arguments())
            .current_dir(workspace::root())
            .output()
            .await
            .context("cannot run helm")?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "helm template failed with {}:\n{}",
            output.status,
            stderr.trim_end()
        );
        let yaml = String::from_utf8(output.stdout).context("helm wrote something that is no UTF-8")?;
        Rendered::parse(&self.namespace, yaml)
    }
}
