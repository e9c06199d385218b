//! How etcd is started: on unix sockets in the control plane's folder, which need no port, and which no other user can
//! open.

use std::path::Path;

use anyhow::Result;

use crate::control_plane::program;
use crate::process::Process;
use crate::programs::Programs;
use crate::programs::program::Program;

/// Address for the API server: the socket `etcd.sock:1` in the folder that both have as their working directory. Both
/// take everything after `//` as the name, and etcd wants it to look like a host and a port.
pub(crate) const URL: &str = "unix://etcd.sock:1";
/// Address for other members of etcd's cluster, of which there are none.
const PEER_URL: &str = "unix://etcd-peer.sock:1";

pub(crate) fn start(programs: &Programs, dir: &Path) -> Result<Process> {
    let mut command = program::command(programs, Program::Etcd)?;
    command.current_dir(dir).args([
        "--name=etcd",
        "--data-dir=etcd",
        &format!("--listen-client-urls={URL}"),
        &format!("--advertise-client-urls={URL}"),
        &format!("--listen-peer-urls={PEER_URL}"),
        &format!("--initial-advertise-peer-urls={PEER_URL}"),
        &format!("--initial-cluster=etcd={PEER_URL}"),
        // The data is deleted with the folder, so there is no need to wait for the disk.
        "--unsafe-no-fsync",
        "--logger=zap",
        "--log-level=warn",
    ]);
    Process::spawn("etcd", command, &dir.join("etcd.log"))
}
