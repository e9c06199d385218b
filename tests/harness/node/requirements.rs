//! What this machine needs to run a node, and the message if it is missing. `install-packages.sh` installs it.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Unrun;
use crate::node::cgroup::Cgroup;
use crate::workspace;

/// The script that installs what is missing, on Debian and distributions like it.
pub const INSTALL: &str = "tests/harness/node/install-packages.sh";

/// Debian's folder of the plugins that give each Pod its network.
pub(crate) const NETWORK_PLUGINS: &str = "/usr/lib/cni";

/// Folders that a node has for itself: `inside.sh` covers them.
const HIDDEN: [&str; 3] = ["/run", "/var/lib", "/var/log"];

const COMMANDS: [&str; 9] =
    ["unshare", "nsenter", "mount", "sysctl", "ip", "runc", "iptables", "nft", "conntrack"];
const PLUGINS: [&str; 4] = ["bridge", "host-local", "loopback", "portmap"];

/// Why no node can run here; None if one can.
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
    if !absent.is_empty() {
        let absent = absent.join(", ");
        return Some(Unrun::new(format!("a node needs {absent}: {INSTALL} installs them on Debian")));
    }
    let ours = [workspace::root().to_owned(), workspace::target_dir(), env::temp_dir()];
    if let Some(hidden) = ours.iter().find(|path| HIDDEN.iter().any(|folder| path.starts_with(folder))) {
        let hidden = hidden.display();
        return Some(Unrun::new(format!(
            "a node does not see {hidden}: it has its own {}",
            HIDDEN.join(", ")
        )));
    }
    (!can_make_namespaces())
        .then(|| Unrun::new("a node needs namespaces and cgroups, which even root may not make here"))
}

fn can_make_namespaces() -> bool {
    let probe = Command::new("unshare")
        .args([
            "--net",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "mount",
            "-t",
            "tmpfs",
            "tmpfs",
            "/run",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let cgroup = Cgroup::make(format!("sealed-secrets-probe-{:08x}", rand::random::<u32>()));
    probe.is_ok_and(|status| status.success()) && cgroup.is_ok()
}

fn is_on_path(command: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|dir| dir.join(command).is_file())
}
