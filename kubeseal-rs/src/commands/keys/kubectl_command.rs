//! `kubectl_command`: the command that gives keys another label without this program.

use api::sealing_key::LABEL;

/// For kubectl.
pub(crate) fn kubectl_command(namespace: &str, secrets: &[String], label: &str) -> String {
    format!("kubectl label secret -n {namespace} {} {LABEL}={label} --overwrite", secrets.join(" "))
}
