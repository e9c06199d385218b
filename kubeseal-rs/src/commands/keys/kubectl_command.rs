//! `kubectl_command`: the kubectl command that labels keys.

use api::sealing_key::LABEL;

/// The command that gives these Secrets the label's value.
pub(crate) fn kubectl_command(namespace: &str, secrets: &[String], label: &str) -> String {
    format!("kubectl label secret -n {namespace} {} {LABEL}={label} --overwrite", secrets.join(" "))
}
