//! The kubectl commands that label keys, and show their events, in the cluster that the flags name.

use crate::controller::address::ControllerAddress;
use crate::terminal::shell_words::shell_words;
use api::sealing_key::label_command;

/// The command that gives these Secrets the label's value.
pub(crate) fn kubectl_command(keys_of: &ControllerAddress, secrets: &[String], label: &str) -> String {
    with_flags(label_command(&keys_of.namespace, secrets, label), &keys_of.cluster.words())
}

/// The same command for a user who may label them, where the user of `--as` may not.
pub(crate) fn kubectl_command_for_others(
    keys_of: &ControllerAddress,
    secrets: &[String],
    label: &str,
) -> String {
    with_flags(label_command(&keys_of.namespace, secrets, label), &keys_of.cluster.words_for_others())
}

/// The command that shows the events of a Secret.
pub(crate) fn events_command(keys_of: &ControllerAddress, secret: &str) -> String {
    let namespace = &keys_of.namespace;
    with_flags(format!("kubectl events -n {namespace} --for secret/{secret}"), &keys_of.cluster.words())
}

fn with_flags(command: String, flags: &[String]) -> String {
    if flags.is_empty() {
        command
    } else {
        format!("{command} {}", shell_words(flags.iter().map(String::as_str)))
    }
}
