//! [`UpstreamFlags`]: the flags of upstream's `kubeseal`, beside those that all commands share. Empty values count as not given, as upstream has it.

use crate::settings::flag_value;
use crate::settings::recovery_flags::RecoveryFlags;
use api::Scope;
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Upstream's flags.
#[derive(Debug, Default, Args)]
pub(crate) struct UpstreamFlags {
    /// Secrets to read (default: standard input).
    #[arg(short = 'f', long, env = "SEALED_SECRETS_SECRET_FILE", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub secret_file: Option<PathBuf>,

    /// Where to write (default: standard output).
    #[arg(
        short = 'w',
        long,
        env = "SEALED_SECRETS_SEALED_SECRET_FILE",
        hide_env = true,
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub sealed_secret_file: Option<PathBuf>,

    /// Output format: json (the default), or yaml, which is also the default for a file that ends with .yaml or .yml.
    #[arg(short = 'o', long, env = "SEALED_SECRETS_FORMAT", value_parser = flag_value::unchecked_format(), hide_possible_values = true, value_name = "FORMAT")]
    pub format: Option<String>,

    /// What the values are bound to: strict (the default), namespace-wide or cluster-wide.
    #[arg(long, env = "SEALED_SECRETS_SCOPE", value_parser = flag_value::offered_scope(), hide_possible_values = true, value_name = "SCOPE")]
    pub scope: Option<Scope>,

    /// Name to seal for, instead of the Secret's own.
    #[arg(long, env = "SEALED_SECRETS_NAME", hide_env = true, value_name = "NAME")]
    pub name: Option<String>,

    /// Namespace of Secrets without one (default: that of the context).
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::unchecked_namespace(), value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Seal a Secret that has no data.
    #[arg(long, env = "SEALED_SECRETS_ALLOW_EMPTY_DATA")]
    pub allow_empty_data: Option<bool>,

    /// Keep the annotation of this name although it repeats a sealed value; may be repeated.
    #[arg(
        long,
        env = "SEALED_SECRETS_ALLOW_ANNOTATION",
        hide_env = true,
        value_delimiter = ',',
        value_name = "NAME"
    )]
    pub allow_annotation: Vec<String>,

    /// Seal one bare value and print it in base64.
    #[arg(long, env = "SEALED_SECRETS_RAW")]
    pub raw: Option<bool>,

    /// With --raw: the file that holds the value (default: standard input).
    #[arg(long, env = "SEALED_SECRETS_FROM_FILE", hide_env = true, value_name = "[KEY=]FILE")]
    pub from_file: Vec<String>,

    /// Print the cluster's certificate, for --cert.
    #[arg(long, env = "SEALED_SECRETS_FETCH_CERT")]
    pub fetch_cert: Option<bool>,

    /// Seal into the SealedSecret in this file, in place.
    #[arg(long, env = "SEALED_SECRETS_MERGE_INTO", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub merge_into: Option<PathBuf>,

    /// Check whether the controller can open SealedSecrets.
    #[arg(long, env = "SEALED_SECRETS_VALIDATE")]
    pub validate: Option<bool>,

    /// Let the controller seal SealedSecrets to the newest key; those in the file of -f in place.
    #[arg(long, env = "SEALED_SECRETS_RE_ENCRYPT")]
    pub re_encrypt: Option<bool>,

    /// The old name of `--re-encrypt`.
    #[arg(long, env = "SEALED_SECRETS_ROTATE", hide = true)]
    pub rotate: Option<bool>,

    /// Open SealedSecrets without a cluster.
    #[arg(long, env = "SEALED_SECRETS_RECOVERY_UNSEAL")]
    pub recovery_unseal: Option<bool>,

    #[command(flatten)]
    pub recovery: RecoveryFlags,

    /// The ids of all flags that were typed, and do not come from the environment.
    #[arg(skip)]
    pub typed: BTreeSet<String>,
}
