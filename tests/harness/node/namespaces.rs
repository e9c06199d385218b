//! The namespaces of a node (network, mounts, processes), and how to start a program in them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use crate::network::namespace::port_forwards::PortForwards;
use crate::node::addresses::{ADDRESS, POD_NETWORK};
use crate::process::log_tail::log_tail;
use crate::process::{Process, lifeline};
use crate::test::eventually::eventually;
use crate::workspace;

/// When its process is killed, every process in the namespaces ends.
#[derive(Debug)]
pub(crate) struct Namespaces {
    holder: Process,
    pub(crate) port_forwards: PortForwards,
    /// The arguments by which `nsenter` enters the namespaces.
    enter: [OsString; 4],
    path: OsString,
}

impl Namespaces {
    /// New namespaces for the node whose files are in `dir`. Programs in them find `programs` on their PATH.
    pub(crate) async fn new(dir: &Path, programs: &Path) -> Result<Self> {
        let mut command = lifeline::command(Path::new("unshare"));
        command
            .args(["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--", "bash"])
            .arg(workspace::root().join("tests/harness/node/inside.sh"))
            .arg(dir)
            .args([ADDRESS, POD_NETWORK]);
        let log = dir.join("namespaces.log");
        let mut holder = Process::spawn("the first process of the node", command, &log)?;
        eventually(Duration::from_secs(20), "the node has its namespaces", async || {
            ensure!(dir.join("inside").exists(), "they are not complete; {}", log_tail(&log, 5));
            Ok(())
        })
        .await?;
        ensure!(holder.exited()?.is_none(), "the first process of the node ended: {}", log_tail(&log, 5));
        let id = holder.id().context("the first process of the node has ended")?;
        let of = |flag: &str, file: &str| OsString::from(format!("--{flag}=/proc/{id}/ns/{file}"));
        let enter = ["nsenter".into(), of("net", "net"), of("mount", "mnt"), of("pid", "pid_for_children")];
        let mut path = programs.as_os_str().to_owned();
        path.push(":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        let port_forwards = PortForwards::of(&PathBuf::from(format!("/proc/{id}/ns/net")))?;
        Ok(Self { holder, port_forwards, enter, path })
    }

    /// A command that runs `program` in them, and ends with the harness.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let words = lifeline::prefix().iter().map(OsString::from).chain(self.enter.iter().cloned());
        // Once more for the program that nsenter starts, which is another process.
        let words = words.chain(["--".into()]).chain(lifeline::prefix().iter().map(OsString::from));
        let mut words = words.chain([program.into()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        // Proxies of the machine do not apply to the node.
        command.args(words).env_clear().env("PATH", &self.path).env("HOME", "/run");
        command
    }

    /// Ends every process in the namespaces.
    pub(crate) async fn end(&mut self) -> Result<()> {
        self.holder.kill().await?;
        Ok(())
    }
}
