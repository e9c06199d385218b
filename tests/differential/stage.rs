//! [`Stage`]: both kubeseals, and a folder in which each case is run twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tempfile::TempDir;
use tests::chart::CONTROLLER_NAME;
use tests::chart::rendered::Rendered;
use tests::chart::upstream_rights;
use tests::lab::{Lab, Maker};
use tests::process::cli::Cli;
use tests::programs::program::Program;
use tokio::sync::OnceCell;

use crate::case::Case;
use crate::family::Family;
use crate::fixtures::Fixtures;
use crate::outcome::Outcome;

/// No case takes seconds, a refused connection included. Upstream's kubeseal never ends on some inputs.
const LONGEST: Duration = Duration::from_secs(15);

/// The namespace of the controller and its keys.
pub(crate) const HOME: &str = "kube-system";

/// The namespaces of cases' objects, beside those of every cluster.
const NAMESPACES: [&str; 3] = ["shop", "other", "from-env"];

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    pub fixtures: Fixtures,
    chart: OnceCell<Rendered>,
    namespaces: OnceCell<()>,
    dir: TempDir,
}

/// The outcomes of both programs.
pub(crate) struct Answers {
    pub ours: Outcome,
    pub upstreams: Outcome,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let dir = tempfile::Builder::new().prefix("kubeseals-").tempdir()?;
    let fixtures = Fixtures::write(dir.path().join("fixtures"), &lab.control_plane.kubeconfig())?;
    Ok(Arc::new(Stage { lab, fixtures, chart: OnceCell::new(), namespaces: OnceCell::new(), dir }))
}

impl Stage {
    /// Our chart, installed when it is first needed: most families need no cluster.
    pub(crate) async fn chart(&self) -> Result<&Rendered> {
        let install = async || {
            let chart = self.lab.chart(HOME)?.render().await?;
            self.lab.install(&chart).await?;
            upstream_rights::grant(&self.lab.client(), HOME, CONTROLLER_NAME).await?;
            Ok(chart)
        };
        self.chart.get_or_try_init(install).await
    }

    /// A cluster with the CustomResourceDefinition, and the namespaces that cases name.
    pub(crate) async fn cluster(&self) -> Result<()> {
        self.chart().await?;
        let make = async || {
            let namespaces: Api<Namespace> = Api::all(self.lab.client());
            for name in NAMESPACES {
                let namespace =
                    json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
                namespaces.patch(name, &PatchParams::apply("person"), &Patch::Apply(&namespace)).await?;
            }
            anyhow::Ok(())
        };
        self.namespaces.get_or_try_init(make).await.copied()
    }

    /// A folder for the output of a family.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The output of a kubeseal that seals `secret` with `cert.pem`.
    pub(crate) async fn sealed(&self, maker: Maker, args: &str, secret: &str) -> Result<String> {
        let case = Case::seal("", secret).args(args);
        let kubeseal = Cli::new(self.program(maker)?).current_dir(&self.fixtures.path(""));
        Ok(String::from_utf8(kubeseal.output(&case.args, &case.stdin).await?)?)
    }

    /// Runs a case with both programs.
    pub(crate) async fn play(&self, family: Family, number: usize, case: &Case) -> Result<Answers> {
        let dir = self.dir.path().join(format!("{family:?}-{number}"));
        let ours = self.run(Maker::Ours, case, dir.join("ours"));
        let upstreams = self.run(Maker::Upstream, case, dir.join("upstream"));
        let (ours, upstreams) = futures::future::try_join(ours, upstreams)
            .await
            .with_context(|| format!("case {}", case.name))?;
        fs::remove_dir_all(&dir)?;
        Ok(Answers { ours, upstreams })
    }

    async fn run(&self, maker: Maker, case: &Case, dir: PathBuf) -> Result<Outcome> {
        fs::create_dir_all(&dir)?;
        self.fixtures.lay_out(&dir)?;
        for (name, content) in &case.files {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&dir))?;
            fs::write(path, content).with_context(|| format!("cannot write {name}"))?;
        }
        // Logs go to the folder of temporary files by default.
        let temporary = dir.join("tmp");
        fs::create_dir(&temporary)?;
        let mut kubeseal = Cli::new(self.program(maker)?).current_dir(&dir).env("TMPDIR", temporary);
        for (name, value) in &case.env {
            kubeseal = kubeseal.env(name, value);
        }
        let run = kubeseal.run(&case.args, &case.stdin);
        match tokio::time::timeout(LONGEST, run).await {
            Ok(ran) => Outcome::of(ran?, case, &dir, &self.fixtures.key),
            Err(_) => Ok(Outcome::hangs()),
        }
    }

    fn program(&self, maker: Maker) -> Result<&Path> {
        match maker {
            Maker::Ours => Ok(&self.lab.binaries.kubeseal),
            Maker::Upstream => self.lab.programs.path(Program::UpstreamKubeseal),
        }
    }
}
