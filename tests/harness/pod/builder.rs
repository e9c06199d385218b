//! [`PodBuilder`]: how a controller's pod is to be started, and the start.

use std::collections::BTreeMap;
use std::fs;
use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use k8s_openapi::api::apps::v1::Deployment;
use kube::ResourceExt as _;
use release::image::programs::CONTROLLER_ALLOCATOR;
use tokio::process::Command;

use crate::control_plane::port::free_port;
use crate::lab::{Lab, Maker};
use crate::network::namespace::NetworkNamespace;
use crate::pod::container::Facts;
use crate::pod::object::PodObject;
use crate::pod::{Pod, container, in_cluster};
use crate::process::{Process, lifeline};
use crate::programs::program::Program;

/// The variable by which the Deployment names the shutdown delay. Upstream's controller does not know it.
const SHUTDOWN_DELAY: &str = "SEALED_SECRETS_SHUTDOWN_DELAY_DURATION";

/// A pod that is not started yet: whose program, and what differs from the Deployment.
#[derive(Debug, Clone)]
#[must_use = "nothing runs before `start`"]
pub struct PodBuilder {
    deployment: Deployment,
    maker: Maker,
    in_cluster: bool,
    service_account: Option<String>,
    flags: Vec<(String, String)>,
    env: Vec<(String, String)>,
    shutdown_delay: bool,
    server: Option<String>,
    network: Option<Arc<NetworkNamespace>>,
}

impl Pod {
    /// A pod of this Deployment's template; [`PodBuilder::start`] starts it.
    pub fn of(deployment: &Deployment) -> PodBuilder {
        PodBuilder::new(deployment)
    }
}

impl PodBuilder {
    fn new(deployment: &Deployment) -> Self {
        Self {
            deployment: deployment.clone(),
            maker: Maker::Ours,
            in_cluster: false,
            service_account: None,
            flags: Vec::new(),
            env: Vec::new(),
            shutdown_delay: false,
            server: None,
            network: None,
        }
    }

    /// Runs it in a network of its own. It reaches the API server [`through`](Self::through) a link out of that
    /// network.
    pub fn in_network(mut self, network: &Arc<NetworkNamespace>) -> Self {
        self.network = Some(Arc::clone(network));
        self
    }

    /// Sets another address of the API server: a proxy's.
    pub fn through(mut self, server: &str) -> Self {
        self.server = Some(server.to_owned());
        self
    }

    /// Whose controller. Ours by default.
    pub const fn maker(mut self, maker: Maker) -> Self {
        self.maker = maker;
        self
    }

    /// Gives it the ServiceAccount's files where a kubelet puts them, instead of a kubeconfig. Upstream's controller
    /// needs this.
    pub const fn in_cluster(mut self) -> Self {
        self.in_cluster = true;
        self
    }

    /// Sets the flag `--name=value`, instead of the one in the Deployment if it is there.
    pub fn flag(mut self, name: &str, value: &str) -> Self {
        self.flags.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Keeps the Deployment's shutdown delay. Without it, a terminating pod closes its ports as soon as its work is
    /// done: the tests stop hundreds.
    pub const fn shutdown_delay(mut self) -> Self {
        self.shutdown_delay = true;
        self
    }

    /// Sets another service account than the Deployment's.
    pub fn service_account(mut self, name: &str) -> Self {
        self.service_account = Some(name.to_owned());
        self
    }

    /// Starts it and does not wait until it is ready: [`Pod::wait_ready`] does. An [`Unrun`](crate::failure::Unrun)
    /// error where upstream's controller cannot run on this machine.
    pub async fn start(self, lab: &Lab) -> Result<Pod> {
        // On the heap: every test holds this future within its own.
        Box::pin(self.start_now(lab)).await
    }

    async fn start_now(self, lab: &Lab) -> Result<Pod> {
        let (client, cp) = (lab.client(), &lab.control_plane);
        let (spec, container) = container::of(&self.deployment)?;
        let namespace = self.deployment.namespace().unwrap_or_else(|| "default".into());
        let name = format!("{}-{:06x}", self.deployment.name_any(), rand::random_range(0..1_u32 << 24));
        let in_template = || spec.service_account_name.clone().unwrap_or_else(|| "default".into());
        let service_account = self.service_account.clone().unwrap_or_else(in_template);

        let address = cp.network().add_pod()?;
        let ip = address.ip().to_string();
        let object =
            PodObject::create(&client, &self.deployment, &namespace, name.clone(), address.ip()).await?;
        let facts = Facts {
            name: &name,
            uid: &object.uid,
            namespace: &namespace,
            service_account: &service_account,
            ip: &ip,
        };
        let mut env = container::environment(container, &facts)?;
        let mut args = container::arguments(container, &env);
        if !self.shutdown_delay {
            env.insert(SHUTDOWN_DELAY.into(), "0s".into());
        }
        if matches!(self.maker, Maker::Ours) {
            // As those of an image: the Deployment's win.
            for (name, value) in CONTROLLER_ALLOCATOR {
                env.entry(name.into()).or_insert_with(|| value.into());
            }
        }
        env.extend(self.env.iter().cloned());
        self.flags.iter().for_each(|(name, value)| container::set_flag(&mut args, name, value));

        let port = free_port()?;
        container::set_flag(&mut args, "listen-addr", &loopback(port));
        address
            .listens(container::port(container, "http").context("the container has no port `http`")?, port);
        // Both controllers always listen on a metrics port, whether or not their Deployment says so.
        let metrics_port = free_port()?;
        container::set_flag(&mut args, "listen-metrics-addr", &loopback(metrics_port));
        address.listens(container::port(container, "metrics").unwrap_or(8081), metrics_port);

        if let Some(network) = &self.network {
            network.opens(port).await?;
            network.opens(metrics_port).await?;
        }
        let token = cp.token(&namespace, &service_account).await?;
        let program = match self.maker {
            Maker::Ours => &lab.binaries.controller,
            Maker::Upstream => lab.programs.path(Program::UpstreamController)?,
        };
        let mut command = match self.maker {
            Maker::Ours if !self.in_cluster => {
                let server = self.server.clone().unwrap_or_else(|| cp.url());
                let file = format!("{name}.kubeconfig");
                let kubeconfig = cp.kubeconfig_through(&server, &file, &namespace, &token)?;
                env.insert("KUBECONFIG".into(), kubeconfig.display().to_string());
                self.network.as_ref().map_or_else(|| lifeline::command(program), |it| it.command(program))
            }
            Maker::Ours | Maker::Upstream => {
                env.extend(in_cluster::environment(cp.port()));
                in_cluster::command(program, cp, &name, &namespace, &token).await?
            }
        };
        with(&mut command, &args, &env);

        let logs = cp.dir().join("pods");
        fs::create_dir_all(&logs).with_context(|| format!("cannot create {}", logs.display()))?;
        let log = logs.join(format!("{name}.log"));
        let process = Process::spawn(&object.name, command, &log)?;
        let ready_path = match self.maker {
            Maker::Ours => container::readiness_path(container).unwrap_or("/healthz"),
            // Upstream's controller has no other endpoint for it.
            Maker::Upstream => "/healthz",
        };
        Ok(Pod {
            process,
            object,
            _address: address,
            log,
            port,
            metrics_port,
            ready_path: ready_path.to_owned(),
            client,
        })
    }
}

fn loopback(port: u16) -> String {
    format!("{}:{port}", Ipv4Addr::LOCALHOST)
}

/// Sets the container's environment, and of the user's own only the PATH.
fn with(command: &mut Command, args: &[String], env: &BTreeMap<String, String>) {
    let path = std::env::var_os("PATH").map(|path| ("PATH", path));
    command.args(args).env_clear().envs(path).envs(env);
}
