//! `kubectl_command`: the kubectl command that labels keys, in the cluster that the flags name.

use crate::controller::address::ControllerAddress;
use crate::terminal::shell_words::shell_words;
use api::sealing_key::label_command;

/// The command that gives these Secrets the label's value.
pub(crate) fn kubectl_command(keys_of: &ControllerAddress, secrets: &[String], label: &str) -> String {
    let (label, cluster) = (label_command(&keys_of.namespace, secrets, label), keys_of.cluster.words());
    if cluster.is_empty() {
        label
    } else {
        format!("{label} {}", shell_words(cluster.iter().map(String::as_str)))
    }
}
