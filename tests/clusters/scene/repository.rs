//! [`Repository`]: a Git repository with a project file, and our kubeseal in it, whose kubeconfig has a context for each cluster.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ListParams};
use serde_json::{Value, json};
use tests::control_plane::kubeconfig::write_contexts;
use tests::process::cli::{Cli, CliOutput};
use tokio::process::Command;

use crate::stage::{HOME, Scene};

/// The clusters in the project file, and the contexts: the first, and the second.
pub(crate) const NAMES: [&str; 2] = ["eu", "us"];

/// A repository, and the user's files beside it.
pub(crate) struct Repository {
    folder: PathBuf,
    pub kubeseal: Cli,
}

impl Repository {
    /// A repository for both clusters. Everything in it is accepted.
    pub(crate) async fn new(scene: &Scene, init: &[&str]) -> Result<Self> {
        let folder = scene.folder.path().join("repository");
        std::fs::create_dir_all(folder.join("apps"))?;
        let made = Command::new("git").args(["init", "--quiet"]).current_dir(&folder).status().await;
        ensure!(made.context("cannot run git")?.success(), "git init failed");
        let kubeconfig = scene.folder.path().join("kubeconfig");
        let of = |index: usize| scene.clusters[index].site.lab.control_plane.kubeconfig();
        write_contexts(&kubeconfig, &[(NAMES[0], of(0)), (NAMES[1], of(1))])?;
        let program = &scene.clusters[0].site.lab.binaries.kubeseal;
        let kubeseal = Cli::new(program).kubeconfig(&kubeconfig).current_dir(&folder);
        let clusters = NAMES.map(|name| format!("--cluster={name}={name}"));
        let clusters = clusters.iter().map(String::as_str);
        let args: Vec<&str> = ["init"].into_iter().chain(clusters).chain(init.iter().copied()).collect();
        kubeseal.output(&args, b"").await?;
        Ok(Self { folder, kubeseal })
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// The SealedSecret in a file, in YAML or JSON.
    pub(crate) fn read(&self, file: &str) -> Result<Value> {
        let text = std::fs::read_to_string(self.path(file)).with_context(|| file.to_owned())?;
        serde_saphyr::from_str(&text).with_context(|| format!("{file} is no YAML"))
    }

    /// Takes the newest certificate of a cluster into the repository.
    pub(crate) async fn fetch(&self, cluster: usize) -> Result<()> {
        self.kubeseal.output(&["clusters", "fetch", NAMES[cluster]], b"").await?;
        Ok(())
    }

    /// Runs a command on a SealedSecret in a file; how it ended, and what is in the file then.
    pub(crate) async fn run_on(
        &self,
        sealed: &Value,
        editor: &str,
        args: &[&str],
    ) -> Result<(CliOutput, Value)> {
        const FILE: &str = "apps/db.json";
        let path = self.path(FILE);
        std::fs::write(&path, sealed.to_string())?;
        let args = [args, &[FILE]].concat();
        let output = self.kubeseal.clone().env("EDITOR", editor).run(&args, b"").await?;
        let file = serde_json::from_slice(&std::fs::read(path)?).context("kubeseal wrote no JSON")?;
        Ok((output, file))
    }

    /// The flag that gives all private keys of a cluster, as an administrator reads them.
    pub(crate) async fn private_keys(&self, scene: &Scene, cluster: usize) -> Result<String> {
        let secrets: Api<Secret> = Api::namespaced(scene.clusters[cluster].site.lab.client(), HOME);
        let keys = secrets.list(&ListParams::default().labels(api::sealing_key::LABEL)).await?.items;
        ensure!(!keys.is_empty(), "there are no keys");
        let file = scene.folder.path().join(format!("{}.keys", NAMES[cluster]));
        std::fs::write(&file, json!({ "apiVersion": "v1", "kind": "List", "items": keys }).to_string())?;
        Ok(format!("--recovery-private-key={}", file.display()))
    }
}
