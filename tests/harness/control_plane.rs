//! A Kubernetes control plane on loopback: etcd, kube-apiserver, kube-controller-manager, each a process of its own, in one
//! temporary folder. Several can run side by side. Nothing here knows Sealed Secrets.
//!
//! There is no kubelet and no scheduler: what runs in pods is started by [`pod`](crate::pod), and reached through
//! [`pod_network`]. There is no Deployment controller either: a Deployment is applied, and stays a
//! description.

pub(crate) mod apiserver;
pub(crate) mod certificates;
pub(crate) mod controller_manager;
pub(crate) mod etcd;
pub(crate) mod kubeconfig;
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
use crate::programs::Programs;
use crate::programs::program::Program;

/// How often a start is tried again because another process took the port first.
const TRIES: u32 = 3;
/// How long the processes may take to end in good order. Their data goes with the folder, so there is little to put in order.
const GRACE: Duration = Duration::from_secs(2);

/// A running control plane. Dropped, everything of it is killed and removed; [`stop`](Self::stop) does so in good order.
pub struct ControlPlane {
    running: Mutex<Option<Running>>,
    dir: PathBuf,
    port: u16,
    client: Client,
    certificates: Certificates,
    network: PodNetwork,
    programs: Programs,
}

/// What [`ControlPlane::stop`] takes away. Fields are dropped in this order: processes before their folder.
#[derive(Debug)]
struct Running {
    /// In the order in which they are stopped.
    processes: [Process; 3],
    dir: TempDir,
}

/// A program of the control plane that a test may take away for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
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

impl Part {
    /// Its place among [`Running::processes`].
    const fn place(self) -> usize {
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

    /// Starts one, and waits until it is ready for use. Takes a few seconds.
    pub async fn start(programs: &Programs) -> Result<Self> {
        let mut tries = 1;
        loop {
            match Self::try_start(programs).await {
                Err(error) if tries < TRIES && error.downcast_ref::<port::Taken>().is_some() => tries += 1,
                result => return result.context("the control plane did not start"),
            }
        }
    }

    async fn try_start(programs: &Programs) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("sealed-secrets-").tempdir().map_err(|error| {
            let hint = "free some space, or set TMPDIR to a folder that can be written to";
            anyhow::Error::new(error).context(Failure::new("no temporary folder could be made", hint))
        })?;
        // Also said here, where it is needed: the folder holds the keys to everything.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700))
            .context("cannot close the folder")?;
        let path = dir.path().to_owned();
        let certificates = Certificates::write(&path, &[])?;
        let network = PodNetwork::start(&path.join("pods.sock"))?;
        let port = free_port()?;
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

    /// Starts the controllers anew. The garbage collector looks for new types every 30 s only, but also when it starts: after
    /// a definition was applied, this saves tests that wait for a garbage collection that time.
    pub async fn restart_controllers(&self) -> Result<()> {
        let mut running = self.running.lock().await;
        let Some(Running { processes: [controller_manager, ..], .. }) = running.as_mut() else {
            return Ok(());
        };
        // It keeps its state at the API server, so nothing is lost, and a kill is the quickest end.
        controller_manager.kill().await?;
        *controller_manager = controller_manager::start(&self.programs, &self.dir, &self.kubeconfig())?;
        Ok(())
    }

    /// Ends every process, and removes the folder. Once stopped, it stays stopped; a second call does nothing.
    pub async fn stop(&self) -> Result<()> {
        let Some(Running { mut processes, dir }) = self.running.lock().await.take() else { return Ok(()) };
        // All at once: an API server waits long for clients that are still connected, and nothing of theirs is kept.
        future::try_join_all(processes.iter_mut().map(|process| process.stop(GRACE))).await?;
        dir.close().context("the control plane's folder could not be removed")
    }

    /// A client that may do everything.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// A kubeconfig for that client: what KUBECONFIG is set to.
    pub fn kubeconfig(&self) -> PathBuf {
        self.dir.join("admin.kubeconfig")
    }

    /// The folder of everything that belongs to this control plane. Gone after [`stop`](Self::stop).
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the API server listens.
    pub fn url(&self) -> String {
        kubeconfig::url(self.port)
    }

    /// The API server's port on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority that signed the API server's, in PEM.
    pub fn ca(&self) -> &str {
        &self.certificates.ca
    }

    /// Where pods have their addresses.
    pub const fn network(&self) -> &PodNetwork {
        &self.network
    }

    /// A token of a service account, valid for a day, as the API server gives it to a kubelet.
    pub async fn token(&self, namespace: &str, service_account: &str) -> Result<String> {
        token::request(self.client(), namespace, service_account).await
    }

    /// Writes a kubeconfig called `name` for the bearer of `token` into this control plane's folder; its path.
    pub fn kubeconfig_of_token(&self, name: &str, namespace: &str, token: &str) -> Result<PathBuf> {
        kubeconfig::write(&self.dir, name, self.port, namespace, User::Token(token))
    }

    /// Writes a kubeconfig for the bearer of `token` that leads to `server`, which is a proxy before this control plane; its path.
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
        let path = kubeconfig::write(&self.dir, "nobody.kubeconfig", self.port, "default", User::Nobody)?;
        kubeconfig::passing_client(&path).await
    }

    /// Ends one of its programs, until [`up`](Self::up). Its data stays, and so does its address.
    pub async fn down(&self, part: Part, end: End) -> Result<()> {
        let mut running = self.running.lock().await;
        let Some(Running { processes, .. }) = running.as_mut() else { return Ok(()) };
        let process = &mut processes[part.place()];
        match end {
            End::Kill => process.kill().await?,
            End::Terminate => process.stop(GRACE).await?,
        };
        Ok(())
    }

    /// Starts them again, in this order, and waits until the control plane is ready.
    pub async fn up(&self, parts: &[Part]) -> Result<()> {
        let mut running = self.running.lock().await;
        let Some(Running { processes, .. }) = running.as_mut() else { return Ok(()) };
        for part in parts {
            processes[part.place()] = match part {
                Part::ApiServer => apiserver::start(&self.programs, &self.dir, self.port, &self.network)?,
                Part::Etcd => etcd::start(&self.programs, &self.dir)?,
            };
        }
        ready::wait(&self.client, processes).await
    }

    /// Destroys everything that the cluster knows, as a lost disk does, and starts it anew: empty, under the same address and
    /// with the same certificates.
    pub async fn lose_data(&self) -> Result<()> {
        let mut running = self.running.lock().await;
        let Some(Running { processes, .. }) = running.as_mut() else { return Ok(()) };
        // The controllers too: they remember objects that are gone, and would not make them again.
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

    /// The process ids of what runs, for a test of the harness that looks whether they are gone.
    /// The controller-manager first.
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
