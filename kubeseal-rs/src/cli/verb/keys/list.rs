//! [`ListFlags`]: what `keys list` takes.

use crate::cli::verb::keys::place::KeyPlaceFlags;
use crate::process::program::name;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What `help keys list` begins with.
pub(crate) const LONG_ABOUT: &str = "Show every sealing key, newest first: its fingerprint, when it was made, how long its certificate is valid, \
    whether it is active, and how many SealedSecrets still need it.\n\n\
    Those in the cluster count by their status, in which the controller notes the keys that opened each; those that do not \
    say are counted as unknown. Those in the files named are tried with the keys, here and now. Where one of them cannot be read, how many need each key is not known: ?, and exit 1.\n\n\
    A key is active, retired (nothing needs it), compromised (it leaked), inactive (its label has another value), or unusable \
    (it is no key, whatever its label says).";

/// `keys list [PATH…]`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  \
        {0} keys list\n  \
        {0} keys list deploy/ clusters/prod.yaml\n\n  \
        # For programs: the keys that nothing needs\n  \
        {0} keys list -o json deploy/ |\n    jq -r '.keys[] | select(.cluster == 0 and .files == 0) | .fingerprint'", name()))]
pub(crate) struct ListFlags {
    /// Files, and directories in which *.yaml, *.yml and *.json are looked at.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Output format.
    #[arg(short = 'o', long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ListFormat,

    /// Namespace of SealedSecrets in files that name none, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = crate::cli::flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub place: KeyPlaceFlags,
}

/// How `keys list` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}
