//! [`NetworkNamespace`]: a network of its own for one controller, with only a loopback interface, which can go down.
//!
//! The harness makes two connections into it: a [`CuttableLink`] from inside to the API server, and a port forward from
//! outside to each port of the pod. A thread in the namespace makes their sockets; a socket belongs to the namespace in
//! which it was made, whichever thread uses it.
//!
//! Decided: instead of a pair of virtual interfaces, which would change the machine's own network.

pub(crate) mod port_forwards;
pub(crate) mod resident;

use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use std::{fs, io};

use anyhow::{Context as _, Result, ensure};
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::failure::Unrun;
use crate::lab::Lab;
use crate::network::cuttable_link::CuttableLink;
use crate::network::namespace::port_forwards::PortForwards;
use crate::process::{Process, lifeline};
use crate::test::eventually::eventually;

/// A network namespace. It ends when this is dropped, with the processes in it.
#[derive(Debug)]
pub struct NetworkNamespace {
    /// Keeps the namespace until another process is in it.
    _holder: Process,
    path: PathBuf,
    port_forwards: PortForwards,
}

impl NetworkNamespace {
    /// A new namespace. [`Unrun`] where none can be made: it needs Linux, root, and the programs `unshare`, `nsenter`
    /// and `ip`.
    pub async fn new(lab: &Lab) -> Result<Self> {
        let missing =
            || Unrun::new("no network namespace can be made here (root, `unshare`, `nsenter`, `ip`)");
        let probe =
            ["unshare", "--net", "--", "nsenter", "--net=/proc/self/ns/net", "ip", "link", "set", "lo", "up"];
        run(&probe).await.map_err(|_| missing())?;
        let mut command = Command::new("unshare");
        command.args(["--net", "--"]).args(lifeline::prefix()).args(["sleep", "infinity"]);
        let log = lab.control_plane.dir().join("network-namespace.log");
        let holder = Process::spawn("the network namespace's holder", command, &log)?;
        let id = holder.id().context("the network namespace's holder has ended")?;
        let path = PathBuf::from(format!("/proc/{id}/ns/net"));
        let own = fs::read_link("/proc/self/ns/net")?;
        eventually(Duration::from_secs(10), "the network namespace is there", async || {
            ensure!(fs::read_link(&path)? != own, "not yet");
            Ok(())
        })
        .await?;
        let port_forwards = PortForwards::of(&path)?;
        let namespace = Self { _holder: holder, path, port_forwards };
        namespace.up().await?;
        Ok(namespace)
    }

    /// A link from inside to `port` on this machine's own loopback.
    pub fn link_to(&self, port: u16) -> Result<CuttableLink> {
        let listener = self.port_forwards.listen()?;
        listener.set_nonblocking(true)?;
        CuttableLink::from(TcpListener::from_std(listener)?, port)
    }

    /// Takes its network down: no process in it reaches anything.
    pub async fn down(&self) -> Result<()> {
        self.set("down").await
    }

    /// Takes the network of the namespace up again.
    pub async fn up(&self) -> Result<()> {
        self.set("up").await
    }

    async fn set(&self, state: &str) -> Result<()> {
        run(&["nsenter", &self.flag(), "ip", "link", "set", "lo", state]).await
    }

    /// A command that runs `program` in the namespace, and ends with the harness.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.args([&self.flag(), "--"]).args(lifeline::prefix()).arg(program);
        command
    }

    /// Connects `port` on loopback outside to the same port inside.
    pub(crate) async fn opens(&self, port: u16) -> Result<()> {
        self.port_forwards.open(port, SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).await?;
        Ok(())
    }

    fn flag(&self) -> String {
        format!("--net={}", self.path.display())
    }
}

async fn run(words: &[&str]) -> Result<()> {
    let [program, args @ ..] = words else { return Ok(()) };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status: io::Result<_> = command.status().await;
    ensure!(status.with_context(|| format!("cannot run {program}"))?.success(), "{words:?} failed");
    Ok(())
}
