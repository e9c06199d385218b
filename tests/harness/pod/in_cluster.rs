//! The in-cluster configuration, for a program that has no other: files at a fixed path, which only a mount namespace
//! can give to one process.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::control_plane::ControlPlane;
use crate::failure::Unrun;
use crate::process::lifeline;

/// As root; else as root of a new user namespace.
const NAMESPACES: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// Covers the folder of /var/run in this mount namespace, and copies the working directory's files to where a kubelet
/// mounts them. They are copied from the working directory, which stays the same folder even where the new mount covers
/// its path.
const MOUNT: &str = r#"
run=$(readlink -f /var/run)
mount -t tmpfs -o mode=0755 sealed-secrets-tests "$run"
mkdir -p "$run/secrets/kubernetes.io/serviceaccount"
cp ./* "$run/secrets/kubernetes.io/serviceaccount/"
"#;

/// The variables by which a program knows that it is in a cluster, and where the API server is.
pub(crate) fn environment(port: u16) -> [(String, String); 2] {
    [
        ("KUBERNETES_SERVICE_HOST".into(), "127.0.0.1".into()),
        ("KUBERNETES_SERVICE_PORT".into(), port.to_string()),
    ]
}

/// A command that runs `program` with these files. [`Unrun`] where no mount namespace can be made.
pub(crate) async fn command(
    program: &Path,
    cp: &ControlPlane,
    pod: &str,
    namespace: &str,
    token: &str,
) -> Result<Command> {
    let how = how().await.ok_or_else(|| {
        Unrun::new("no mount namespace can be made here, and upstream's controller needs one (root, or user namespaces)")
    })?;
    let dir = cp.dir().join(format!("{pod}.serviceaccount"));
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&dir)
        .with_context(|| format!("cannot create {}", dir.display()))?;
    for (name, content) in [("token", token), ("ca.crt", cp.ca()), ("namespace", namespace)] {
        fs::write(dir.join(name), content)
            .with_context(|| format!("cannot write the service account's {name}"))?;
    }
    // The lifeline must be last: a process that enters a user namespace loses it.
    let run = format!("set -eu\n{MOUNT}\nexec {} \"$@\"", lifeline::prefix().join(" "));
    let mut command = Command::new("unshare");
    command.args(how).args(["--", "sh", "-c", &run, "sh"]).arg(program).current_dir(dir);
    Ok(command)
}

/// The arguments of `unshare` that work here, tried once.
async fn how() -> Option<&'static [&'static str]> {
    static HOW: OnceCell<Option<&'static [&'static str]>> = OnceCell::const_new();
    *HOW.get_or_init(async || {
        for args in NAMESPACES {
            let mut probe = Command::new("unshare");
            probe.args(args).args(["--", "mount", "-t", "tmpfs", "probe", "/mnt"]);
            probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            if probe.status().await.is_ok_and(|status| status.success()) {
                return Some(args);
            }
        }
        None
    })
    .await
}
