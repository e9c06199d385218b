//! [`InspectFlags`]: what `inspect` takes.

use crate::cli::certificate_flags::CertificateFlags;
use crate::cli::connection_flags::ConnectionFlags;
use crate::cli::flag_value;
use crate::process::program::name;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What `help inspect` begins with. A const, because the one-line description stands on the variant in `Verb`.
pub(crate) const LONG_ABOUT: &str = "Tell about SealedSecrets what can be told without opening them: the name and namespace that their \
    values are bound to, the items and the sizes of their values, the certificate they were sealed \
    with, and what is wrong with them.\n\n\
    Asks no cluster, unless told so with --live: then it tells as well whether the controller has \
    unsealed it, and if not, why. Whether the certificate is the newest is told of the one that the \
    controller gave last (kept since), of those in --cert, or with --live of the controller's \
    present one. When it was made is told as well of any other that a controller ever gave to this program, here.\n\n\
    Exits 0 for what it can tell about, sound or not; the problems are in the output. Of several files, \
    those without a SealedSecret are passed over, and one that cannot be read or is broken makes it exit 1, \
    once the others are told.";

/// `inspect [FILE…]`.
#[derive(Debug, Default, Args)]
#[command(after_long_help = format!("Examples:\n  \
        # Files, or standard input\n  \
        {0} inspect deploy/db.yaml deploy/cache.yaml\n  \
        kubectl get sealedsecret db -o yaml | {0} inspect\n\n  \
        # Is it the newest certificate? Is it synced, and why not?\n  \
        {0} inspect deploy/db.yaml --cert cert.pem\n  \
        {0} inspect deploy/db.yaml --live\n\n  \
        # For programs: those that have problems\n  \
        {0} inspect -o json deploy/*.yaml | jq -r '.[] | select(.problems != []) | .file'", name()))]
pub(crate) struct InspectFlags {
    /// Files with SealedSecrets, in YAML or JSON, and directories with them; else standard input.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Output format.
    #[arg(short = 'o', long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: InspectFormat,

    /// Namespace of SealedSecrets that state none, in the cluster; else that of the kubeconfig context.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = crate::cli::flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Ask the cluster, too: for the controller's certificate, and whether the SealedSecret is synced.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub live: Option<bool>,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}

/// How `inspect` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: a list of objects.
    Json,
}
