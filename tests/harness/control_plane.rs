//! A Kubernetes control plane on loopback: etcd, kube-apiserver and kube-controller-manager, each a process of its own,
//! in one temporary folder. Several can run side by side. This module knows nothing of Sealed Secrets.
//!
//! There is no kubelet and no scheduler: [`pod`](crate::pod) starts what runs in pods, and [`pod_network`] connects it.
//! There is no Deployment controller either: an applied Deployment starts nothing.

pub(crate) mod apiserver;
pub(crate) mod certificates;
pub(crate) mod controller_manager;
pub(crate) mod ended;
pub(crate) mod etcd;
pub mod kubeconfig;
pub mod pod_network;
pub(crate) mod port;
pub(crate) mod program;
pub(crate) mod ready;
pub(crate) mod token;

use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::future;
use kube::Client;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::control_plane::certificates::Certificates;
use crate::control_plane::kubeconfig::User;
use crate::control_plane::pod_network::PodNetwork;
use crate::control_plane::port::free_port;
use crate::failure::Failure;
use crate::process::Process;
use crate::process::file_descriptors;
use crate::programs::Programs;
use crate::programs::program::Program;

/// Number of tries, if another process takes a port first.
const TRIES: u32 = 3;
/// How long the processes may take to end by themselves. Their data is deleted with the folder, so there is little to
/// finish.
const GRACE: Duration = Duration::from_secs(2);

/// A running control plane. When this is dropped, its processes are killed and its folder deleted; [`stop`](Self::stop)
/// ends them normally.
pub struct ControlPlane {
    running: Mutex<Option<Running>>,
    dir: PathBuf,
    port: u16,
    client: Client,
    certificates: Certificates,
    network: PodNetwork,
    programs: Programs,
}

/// What [`ControlPlane::stop`] ends and deletes. Fields are dropped in this order: processes before their folder.
#[derive(Debug)]
struct Running {
    /// In the order in which they are stopped.
    processes: [Process; 3],
    dir: TempDir,
}

/// A program of the control plane that a test may stop for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    /// kube-apiserver.
    ApiServer,
    /// etcd.
    Etcd,
}

/// How a program is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// SIGKILL.
    Kill,
    /// SIGTERM, and SIGKILL if that takes too long.
    Terminate,
}

impl Component {
    /// The program's index in [`Running::processes`].
    const fn index(self) -> usize {
        match self {
            Self::ApiServer => 1,
            Self::Etcd => 2,
        }
    }
}

impl ControlPlane {
    /// Programs that [`start`](Self::start) needs.
    pub const PROGRAMS: [Program; 3] =
        [Program::Etcd, Program::KubeApiserver, Program::KubeControllerManager];

    /// Starts a control plane, and waits until it is ready for use. Takes a few seconds.
    pub async fn start(programs: &Programs) -> Result<Self> {
        Self::start_with(programs, None).await
    }

    /// As [`start`](Self::start), with an API server that has Secrets encrypted by the KMS v2 plugin at `socket`. It is ready only while
    /// the plugin is.
    pub async fn start_encrypted(programs: &Programs, socket: &Path) -> Result<Self> {
        Self::start_with(programs, Some(socket)).await
    }

    async fn start_with(programs: &Programs, kms_socket: Option<&Path>) -> Result<Self> {
        file_descriptors::raise_limit();
        let mut tries = 1;
        loop {
            match Self::try_start(programs, kms_socket).await {
                Err(error) if tries < TRIES && error.downcast_ref::<port::Taken>().is_some() => tries += 1,
                result => return result.context("the control plane did not start"),
            }
        }
    }

    async fn try_start(programs: &Programs, kms_socket: Option<&Path>) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("sealed-secrets-").tempdir().map_err(|error| {
            let hint = "free some space, or set TMPDIR to a folder that can be written to";
            anyhow::Error::new(error).context(Failure::new("no temporary folder could be made", hint))
        })?;
        // The folder holds the keys to everything.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700))
            .context("cannot close the folder")?;
        let path = dir.path().to_owned();
        let certificates = Certificates::write(&path, &[])?;
        let network = PodNetwork::start(&path.join("pods.sock"))?;
        let port = free_port()?;
        if let Some(socket) = kms_socket {
            apiserver::encrypt_secrets(&path, socket)?;
        }
        let etcd = etcd::start(programs, &path)?;
        let apiserver = apiserver::start(programs, &path, port, &network)?;
        let admin =
            kubeconfig::write(&path, "admin.kubeconfig", port, "default", User::Certificate("admin"))?;
        let client = kubeconfig::client(&admin).await?;
        let processes = ready::with_controllers(&client, [apiserver, etcd], || {
            controller_manager::start(programs, &path, &admin)
        })
        .await?;
        let running = Mutex::new(Some(Running { processes, dir }));
        let programs = programs.clone();
        Ok(Self { running, dir: path, port, client, certificates, network, programs })
    }

    /// Restarts the controllers. The garbage collector discovers new types every 30 s only, and when it starts: after a
    /// CustomResourceDefinition was applied, this saves waiting.
    pub async fn restart_controllers(&self) -> Result<()> {
        let mut running = self.running.lock().await;
        let Some(Running { processes: [controller_manager, ..], .. }) = running.as_mut() else {
            return Ok(());
        };
        // Its state is at the API server, so nothing is lost, and a kill is quickest.
        controller_manager.kill().await?;
        *controller_manager = controller_manager::start(&self.programs, &self.dir, &self.kubeconfig())?;
        Ok(())
    }

    /// Ends every process, and deletes the folder. A second call does nothing. It is an error if one had ended by itself.
    pub async fn stop(&self) -> Result<()> {
        let Some(Running { mut processes, dir }) = self.running.lock().await.take() else { return Ok(()) };
        let ended = ended::check(&mut processes);
        // All at once: an API server waits long for clients that are still connected, and no data is needed any more.
        future::try_join_all(processes.iter_mut().map(|process| process.stop(GRACE))).await?;
        dir.close().context("the control plane's folder could not be removed")?;
        ended
    }

    /// A client that may do everything.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The path of that client's kubeconfig, for KUBECONFIG.
    pub fn kubeconfig(&self) -> PathBuf {
        self.dir.join("admin.kubeconfig")
    }

    /// The folder of everything that belongs to this control plane. It is deleted by [`stop`](Self::stop).
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The API server's URL.
    pub fn url(&self) -> String {
        kubeconfig::url(self.port)
    }

    /// The API server's port on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority that signed the API server's certificate, in PEM.
    pub fn ca(&self) -> &str {
        self.certificates.ca()
    }

    /// The network in which pods have addresses.
    pub const fn network(&self) -> &PodNetwork {
        &self.network
    }

    /// A token of a service account, valid for a day, as the API server gives it to a kubelet.
    pub async fn token(&self, namespace: &str, service_account: &str) -> Result<String> {
        token::request(self.client(), namespace, service_account, None).await
    }

    /// A token of a service account for another server than the API server, valid for a day.
    pub async fn token_for(&self, audience: &str, namespace: &str, service_account: &str) -> Result<String> {
        token::request(self.client(), namespace, service_account, Some(audience)).await
    }

    /// Writes a kubeconfig called `name` for the bearer of `token` into this control plane's folder; returns its path.
    pub fn kubeconfig_of_token(&self, name: &str, namespace: &str, token: &str) -> Result<PathBuf> {
        kubeconfig::write(&self.dir, name, self.port, namespace, User::Token(token))
    }

    /// Writes a kubeconfig for the bearer of `token` with the address `server`, which is a proxy before this control
    /// plane; returns its path.
    pub fn kubeconfig_through(
        &self,
        server: &str,
        name: &str,
        namespace: &str,
        token: &str,
    ) -> Result<PathBuf> {
        kubeconfig::write_for(&self.dir, name, server, namespace, User::Token(token))
    }

    /// A client without any credentials, for a proxy.
    pub(crate) async fn anonymous_client(&self) -> Result<Client> {
        let path =
            kubeconfig::write(&self.dir, "anonymous.kubeconfig", self.port, "default", User::Anonymous)?;
        kubeconfig::passing_client(&path).await
    }

    /// Ends one of its programs, until [`up`](Self::up). Its data and its address stay.
    pub async fn down(&self, part: Component, end: End) -> Result<()> {
        let mut running = self.running.lock().await;
        let Some(Running { processes, .. }) = running.as_mut() else { return Ok(()) };
        let process = &mut processes[part.index()];
        match end {
            End::Kill => process.kill().await?,
            End::Terminate => process.stop(GRACE).await?,
        };
        Ok(())
    }

    /// Starts these programs again, in this order, and waits until the control plane is ready.
    pub async fn up(&self, parts: &[Component]) -> Result<()> {
        let mut running = self.running.lock().await;
        let Some(Running { processes, .. }) = running.as_mut() else { return Ok(()) };
        for part in parts {
            processes[part.index()] = match part {
                Component::ApiServer => {
                    apiserver::start(&self.programs, &self.dir, self.port, &self.network)?
                }
                Component::Etcd => etcd::start(&self.programs, &self.dir)?,
            };
        }
        ready::wait(&self.client, processes).await
    }

    /// Restarts the API server with Secrets encrypted with the first of these keys, and read with all of them.
    pub async fn encrypt_secrets_with(&self, keys: &[[u8; 32]]) -> Result<()> {
        apiserver::encrypt_secrets_with(&self.dir, keys)?;
        self.down(Component::ApiServer, End::Terminate).await?;
        self.up(&[Component::ApiServer]).await
    }

    /// Deletes everything that the cluster stores, as a lost disk does, and starts it again: empty, under the same
    /// address and with the same certificates.
    pub async fn lose_data(&self) -> Result<()> {
        let mut running = self.running.lock().await;
        let Some(Running { processes, .. }) = running.as_mut() else { return Ok(()) };
        // The controllers too: they remember deleted objects, and would not create them again.
        for process in processes.iter_mut() {
            process.kill().await?;
        }
        fs::remove_dir_all(self.dir.join("etcd")).context("cannot destroy etcd's data")?;
        let etcd = etcd::start(&self.programs, &self.dir)?;
        let apiserver = apiserver::start(&self.programs, &self.dir, self.port, &self.network)?;
        *processes = ready::with_controllers(&self.client, [apiserver, etcd], || {
            controller_manager::start(&self.programs, &self.dir, &self.kubeconfig())
        })
        .await?;
        Ok(())
    }

    /// The process ids of the running programs, for a test of the harness that checks whether they have ended. The
    /// controller-manager comes first.
    pub async fn process_ids(&self) -> Vec<u32> {
        let running = self.running.lock().await;
        running.iter().flat_map(|running| &running.processes).filter_map(Process::id).collect()
    }
}

impl fmt::Debug for ControlPlane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlPlane")
            .field("dir", &self.dir)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
