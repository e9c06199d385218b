//! [`NetworkNamespace`]: a network of its own for one controller, with nothing in it but loopback, which can go down.
//!
//! Two ways lead through its wall, both of the harness's making: a [`CuttableLink`] from inside to the API server, and a
//! door from outside to each port of the pod. A thread that lives in the namespace makes their sockets there; a socket
//! stays where it was made, whichever thread uses it.
//!
//! Decided: instead of a pair of virtual interfaces, which would reach into the machine's own network.

pub(crate) mod doors;
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
use crate::network::namespace::doors::Doors;
use crate::process::{Process, lifeline};
use crate::test::eventually::eventually;

/// A namespace. Dropped, it is gone, with whatever is in it.
#[derive(Debug)]
pub struct NetworkNamespace {
    /// Keeps it there until something else lives in it.
    _holder: Process,
    path: PathBuf,
    doors: Doors,
}

impl NetworkNamespace {
    /// A new one. [`Unrun`] where none can be made: it takes Linux, root, and the programs `unshare`, `nsenter` and `ip`.
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
        let doors = Doors::of(&path)?;
        let namespace = Self { _holder: holder, path, doors };
        namespace.up().await?;
        Ok(namespace)
    }

    /// A link from inside to `port` on this machine's own loopback.
    pub fn link_to(&self, port: u16) -> Result<CuttableLink> {
        let listener = self.doors.listen()?;
        listener.set_nonblocking(true)?;
        CuttableLink::from(TcpListener::from_std(listener)?, port)
    }

    /// Its network goes down: nothing that is in it reaches anything.
    pub async fn down(&self) -> Result<()> {
        self.set("down").await
    }

    /// And up again.
    pub async fn up(&self) -> Result<()> {
        self.set("up").await
    }

    async fn set(&self, state: &str) -> Result<()> {
        run(&["nsenter", &self.flag(), "ip", "link", "set", "lo", state]).await
    }

    /// A command that runs `program` in it, tied to the life of the harness.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.args([&self.flag(), "--"]).args(lifeline::prefix()).arg(program);
        command
    }

    /// From now on, clients that connect to `port` on loopback outside reach that port inside.
    pub(crate) async fn opens(&self, port: u16) -> Result<()> {
        self.doors.open(port, SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).await?;
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
