//! Flux without source-controller and without a git server: kustomize-controller as a process, sources whose artifacts
//! this process serves, and the Kustomizations that sync from them.
//!
//! Decided: the harness writes a GitRepository's status as source-controller would, and serves its archives itself,
//! because kustomize-controller decides whether a commit is applied and ready; instead of source-controller, which
//! would add a hundred modules and a git server, and nothing to what is tested.

pub(crate) mod archive;
pub mod kustomization;
pub mod source;

use std::fmt;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use crate::chart::rendered::Rendered;
use crate::cluster::flux::kustomization::{FIELD_MANAGER, Kustomization};
use crate::cluster::flux::source::Source;
use crate::control_plane::port::free_port;
use crate::network::file_server::FileServer;
use crate::network::http_client::http_client;
use crate::process::log_tail::log_tail;
use crate::process::log_tail::read_log;
use crate::process::{Process, lifeline};
use crate::programs::Programs;
use crate::programs::flux_definitions::flux_definitions;
use crate::programs::program::Program;
use crate::test::eventually::eventually;

/// The namespace of Flux's own objects, as after `flux install`.
pub const NAMESPACE: &str = "flux-system";

const READY: Duration = Duration::from_mins(1);
const GRACE: Duration = Duration::from_secs(5);

/// A running kustomize-controller, which is killed when this is dropped.
pub struct Flux {
    process: Process,
    artifacts: FileServer,
    client: Client,
}

impl Flux {
    /// Applies Flux's CustomResourceDefinitions to the cluster of `client`, starts kustomize-controller with
    /// `kubeconfig`, and waits until it is ready. `dir` is for its log and its temporary files. `programs` must hold
    /// [`Program::KustomizeController`].
    pub async fn start(kubeconfig: &Path, client: Client, dir: &Path, programs: &Programs) -> Result<Self> {
        let definitions = tokio::task::spawn_blocking(flux_definitions).await.context("Go panicked")??;
        Rendered::parse(NAMESPACE, definitions)?.apply(&client).await?;
        let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": NAMESPACE } });
        Api::<Namespace>::all(client.clone())
            .patch(NAMESPACE, &PatchParams::apply(FIELD_MANAGER), &Patch::Apply(namespace))
            .await
            .context("cannot create Flux's namespace")?;

        let dir = dir.join("flux");
        // It deletes old files in the folder for temporary files, so it must not be the machine's.
        let temporary = dir.join("tmp");
        fs::create_dir_all(&temporary).with_context(|| format!("cannot create {}", temporary.display()))?;
        let health = free_port()?;
        let mut command = lifeline::command(programs.path(Program::KustomizeController)?);
        command
            .arg(format!("--health-addr={}:{health}", Ipv4Addr::LOCALHOST))
            .arg(format!("--metrics-addr={}:{}", Ipv4Addr::LOCALHOST, free_port()?))
            // How soon it checks a `dependsOn` again that was not ready: 30 s by default.
            .arg("--requeue-dependency=1s")
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", &dir)
            .env("TMPDIR", &temporary)
            .env("KUBECONFIG", kubeconfig)
            .env("RUNTIME_NAMESPACE", NAMESPACE);
        let process = Process::spawn("kustomize-controller", command, &dir.join("kustomize-controller.log"))?;
        let mut flux = Self { process, artifacts: FileServer::serve().await?, client };
        flux.wait_ready(&format!("http://{}:{health}/readyz", Ipv4Addr::LOCALHOST)).await?;
        Ok(flux)
    }

    async fn wait_ready(&mut self, url: &str) -> Result<()> {
        let http = http_client().build().context("cannot make an HTTP client")?;
        let ready = eventually(READY, "kustomize-controller is ready", async || {
            let answer = http.get(url).timeout(Duration::from_secs(5)).send().await?;
            ensure!(answer.status().is_success(), "{}", answer.status());
            Ok(())
        });
        ready.await.with_context(|| format!("the end of its log:\n{}", log_tail(self.process.log(), 15)))
    }

    /// A GitRepository without a commit.
    pub async fn source(&self, namespace: &str, name: &str) -> Result<Source<'_>> {
        Source::create(&self.client, &self.artifacts, namespace, name).await
    }

    /// Applies a Kustomization's manifest.
    pub async fn kustomization(&self, manifest: &Value) -> Result<Kustomization> {
        Kustomization::apply(&self.client, manifest).await
    }

    /// The log of kustomize-controller: a line of JSON for each message.
    pub fn logs(&self) -> Result<String> {
        read_log(self.process.log())
    }

    /// Path of the log.
    pub fn log_file(&self) -> PathBuf {
        self.process.log().to_owned()
    }

    /// Ends kustomize-controller.
    pub async fn stop(mut self) -> Result<()> {
        self.process.stop(GRACE).await.map(drop)
    }
}

impl fmt::Debug for Flux {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flux").field("process", &self.process).finish_non_exhaustive()
    }
}
