//! What this machine must have to run a node, and what to say where it has not. Installing is `install-packages.sh`'s.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use super::cgroup::Cgroup;
use crate::suite::Unrun;
use crate::workspace;

/// How a person gets what is missing, on Debian and its like.
pub const INSTALL: &str = "tests/harness/node/install-packages.sh";

/// Where Debian keeps the plugins that give each Pod its network.
pub(super) const NETWORK_PLUGINS: &str = "/usr/lib/cni";

/// Folders that a node has of its own: `inside.sh` covers them.
const HIDDEN: [&str; 3] = ["/run", "/var/lib", "/var/log"];

const COMMANDS: [&str; 9] =
    ["unshare", "nsenter", "mount", "sysctl", "ip", "runc", "iptables", "nft", "conntrack"];
const PLUGINS: [&str; 4] = ["bridge", "host-local", "loopback", "portmap"];

/// Why no node can run here; None where one can.
pub fn missing() -> Option<Unrun> {
    if !cfg!(target_os = "linux") {
        return Some(Unrun::new("a node runs on Linux only"));
    }
    if !rustix::process::geteuid().is_root() {
        return Some(Unrun::new("a node needs root: run this as root"));
    }
    let commands = COMMANDS.into_iter().filter(|command| !is_on_path(command));
    let plugins = PLUGINS.into_iter().filter(|plugin| !Path::new(NETWORK_PLUGINS).join(plugin).exists());
    let absent: Vec<_> = commands.chain(plugins).collect();
    (!absent.is_empty())
        .then(|| Unrun::new(format!("a node needs {}: {INSTALL} installs them on Debian", absent.join(", "))))
}

fn is_on_path(command: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|dir| dir.join(command).is_file())
}
