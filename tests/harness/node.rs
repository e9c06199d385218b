//! A real cluster of one node: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kube-proxy, kubelet and containerd, in
//! namespaces of their own. Linux and root only ([`requirements`]). Nothing here knows Sealed Secrets.
//!
//! Programs outside reach the API server at its usual address on loopback ([`Node::kubeconfig`]), and Services and Pods by [`Node::open`].
//! The machine sees the processes, one cgroup and one temporary folder; its network and its settings stay as they are.
//!
//! A `NetworkPolicy` is accepted but not enforced: the `bridge` plugin knows none.

pub mod addresses;
pub(crate) mod cgroup;
pub(crate) mod components;
pub(crate) mod namespaces;
pub mod requirements;

use std::fmt;
use std::fs;
use std::iter;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Node as NodeObject;
use kube::{Api, Client};
use release::image::Image;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::control_plane::certificates::Certificates;
use crate::control_plane::kubeconfig::User;
use crate::control_plane::{kubeconfig, ready};
use crate::node::addresses::{ADDRESS, NAME, PAUSE_IMAGE, PORT, SERVICE_ADDRESS, URL};
use crate::node::cgroup::Cgroup;
use crate::node::components::Components;
use crate::node::namespaces::Namespaces;
use crate::process::Process;
use crate::process::log_tail::log_tail;
use crate::programs::Programs;
use crate::programs::own::pause;
use crate::programs::program::Program;
use crate::test::eventually::eventually;

/// Where the programs of the node find the API server.
const KUBECONFIGS: [(&str, &str); 3] =
    [("inside.kubeconfig", "admin"), ("kubelet.kubeconfig", "kubelet"), ("proxy.kubeconfig", "kube-proxy")];

/// A running cluster. When this is dropped, everything of it is killed and deleted; [`stop`](Self::stop) also reports
/// what could not be.
pub struct Node {
    running: Mutex<Option<Running>>,
    dir: PathBuf,
    client: Client,
    programs: Programs,
}

/// What [`Node::stop`] ends and deletes. Fields are dropped in this order: processes before their folder.
struct Running {
    processes: Vec<Process>,
    namespaces: Namespaces,
    cgroup: Cgroup,
    dir: TempDir,
}

impl Node {
    /// Programs that [`start`](Self::start) needs.
    pub const PROGRAMS: [Program; 10] = [
        Program::Etcd,
        Program::KubeApiserver,
        Program::KubeControllerManager,
        Program::Kubectl,
        Program::Kubelet,
        Program::KubeScheduler,
        Program::KubeProxy,
        Program::Containerd,
        Program::ContainerdShim,
        Program::Ctr,
    ];

    /// Starts a node with these images beside the pause image, and waits until it is ready for Pods. Takes some ten
    /// seconds. [`Unrun`](crate::failure::Unrun) where it cannot run.
    pub async fn start(programs: &Programs, images: &[Image]) -> Result<Self> {
        if let Some(unrun) = requirements::missing() {
            return Err(unrun.into());
        }
        let dir = tempfile::Builder::new().prefix("sealed-secrets-node-").tempdir()?;
        // The folder holds the keys to everything.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700))?;
        let path = dir.path().to_owned();
        let certificates = Certificates::write(&path, &[ADDRESS, SERVICE_ADDRESS])?;
        certificates.issue_client("kubelet", &format!("system:node:{NAME}"), Some("system:nodes"))?;
        certificates.issue_client("kube-proxy", "system:kube-proxy", None)?;
        for (name, user) in KUBECONFIGS {
            kubeconfig::write_for(&path, name, URL, "default", User::Certificate(user))?;
        }
        let name = path.file_name().unwrap_or_default().display().to_string();
        let cgroup = Cgroup::make(name)?;
        let bin = programs.path(Program::ContainerdShim)?.parent().unwrap_or(Path::new("/")).to_owned();
        let namespaces = Namespaces::new(&path, &bin).await?;
        let port =
            namespaces.port_forwards.open(0, SocketAddrV4::new(ADDRESS.parse::<Ipv4Addr>()?, PORT)).await?;
        let admin =
            kubeconfig::write(&path, "admin.kubeconfig", port, "default", User::Certificate("admin"))?;
        let client = kubeconfig::client(&admin).await?;

        let components = Components { dir: &path, programs, namespaces: &namespaces };
        let mut processes = vec![components.etcd()?, components.containerd()?, components.api_server()?];
        ready::wait_for_api_server(&client, &mut processes).await?;
        processes.push(components.controller_manager()?);
        processes.push(components.scheduler()?);
        ready::wait(&client, &mut processes).await?;
        let running = Mutex::new(None);
        let node = Self { running, dir: path.clone(), client, programs: programs.clone() };
        let pause = tokio::task::spawn_blocking(pause_image).await.context("building panicked")??;
        for image in iter::once(&pause).chain(images) {
            let archive = path.join("image.tar");
            image.write(&archive)?;
            node.ctr_in(&namespaces, &["images", "import", &archive.display().to_string()]).await?;
            fs::remove_file(archive)?;
        }
        processes.push(components.proxy()?);
        processes.push(components.kubelet(&cgroup.path())?);
        *node.running.lock().await = Some(Running { processes, namespaces, cgroup, dir });
        node.wait_until_ready().await?;
        Ok(node)
    }

    /// Ends every process, and deletes what the node left. A second call does nothing.
    pub async fn stop(&self) -> Result<()> {
        let Some(Running { processes, mut namespaces, cgroup, dir }) = self.running.lock().await.take()
        else {
            return Ok(());
        };
        // The processes in the namespaces end with the first one: none of them needs a normal end.
        namespaces.end().await?;
        drop(processes);
        cgroup.remove().await?;
        dir.close().context("the node's folder could not be removed")
    }

    /// A client that may do everything.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The path of that client's kubeconfig, for KUBECONFIG outside.
    pub fn kubeconfig(&self) -> PathBuf {
        self.dir.join("admin.kubeconfig")
    }

    /// The folder of everything that belongs to this cluster, logs included. It is deleted by [`stop`](Self::stop).
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Forwards a port on 127.0.0.1 to `inside`: a Service's address, or a Pod's. Returns the port.
    pub async fn open(&self, inside: SocketAddrV4) -> Result<u16> {
        let running = self.running.lock().await;
        let running = running.as_ref().context("the node is stopped")?;
        running.namespaces.port_forwards.open(0, inside).await
    }

    /// The status (`/proc/ID/status`) of a container's process. The container is named as in a Pod's status.
    pub async fn process_status(&self, container: &str) -> Result<String> {
        let tasks = self.ctr(&["tasks", "list"]).await?;
        let task = tasks.lines().find(|line| line.split_whitespace().next() == Some(plain_id(container)));
        let id = task.and_then(|line| line.split_whitespace().nth(1));
        let id = id.with_context(|| format!("{container} does not run"))?;
        let running = self.running.lock().await;
        let running = running.as_ref().context("the node is stopped")?;
        let mut cat = running.namespaces.command(Path::new("cat"));
        Ok(String::from_utf8(cat.arg(format!("/proc/{id}/status")).output().await?.stdout)?)
    }

    /// Sends a signal, such as `SIGKILL`, to a container, which is named as in a Pod's status.
    pub async fn signal_container(&self, container: &str, signal: &str) -> Result<()> {
        self.ctr(&["tasks", "kill", "--signal", signal, plain_id(container)]).await?;
        Ok(())
    }

    async fn ctr(&self, args: &[&str]) -> Result<String> {
        let running = self.running.lock().await;
        let running = running.as_ref().context("the node is stopped")?;
        self.ctr_in(&running.namespaces, args).await
    }

    async fn ctr_in(&self, namespaces: &Namespaces, args: &[&str]) -> Result<String> {
        let mut command = namespaces.command(self.programs.path(Program::Ctr)?);
        let output = command.arg("--namespace=k8s.io").args(args).output().await.context("cannot run ctr")?;
        let words = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "ctr {} failed: {words}", args.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }

    async fn wait_until_ready(&self) -> Result<()> {
        let nodes: Api<NodeObject> = Api::all(self.client());
        let waited = eventually(Duration::from_mins(1), "the node is Ready", async || {
            let status = nodes.get(NAME).await?.status.unwrap_or_default();
            let ready = status.conditions.into_iter().flatten().find(|condition| condition.type_ == "Ready");
            let ready = ready.context("it has no condition Ready")?;
            ensure!(ready.status == "True", "{}", ready.message.unwrap_or_default());
            Ok(())
        });
        waited.await.with_context(|| {
            let log = |program: &str| log_tail(&self.dir.join(format!("{program}.log")), 8);
            format!("kubelet:\n{}containerd:\n{}", log("kubelet"), log("containerd"))
        })
    }
}

fn pause_image() -> Result<Image> {
    Ok(Image::new(PAUSE_IMAGE.parse()?).program("/pause", &pause()?).entrypoint(&["/pause"]))
}

/// A container's id without the name of the runtime before it.
fn plain_id(container: &str) -> &str {
    container.rsplit_once("//").map_or(container, |(_, id)| id)
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("dir", &self.dir).finish_non_exhaustive()
    }
}
