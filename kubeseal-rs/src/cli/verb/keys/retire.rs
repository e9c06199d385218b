//! [`RetireFlags`]: what `keys retire` takes.

use crate::cli::flag_value;
use crate::cli::verb::keys::place::KeyPlaceFlags;
use crate::process::program::name;
use clap::Args;
use std::path::PathBuf;

/// What `help keys retire` begins with.
pub(crate) const LONG_ABOUT: &str = "Take a sealing key out of use that nothing needs any more. It stays in the cluster, labelled \"retired\", and in \
    backups; label it \"active\", and it opens again.\n\n\
    Refused as long as a SealedSecret in the cluster, or in the files named, needs it, or may need it. What the status does not \
    tell is found out by trying the keys. The newest key is never retired, nor is the one that the controller serves, which under \
    --key-publish-delay is an older one.";

/// `keys retire FINGERPRINT [PATH…]`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  \
        # What is in Git still needs it? Then reseal that first\n  \
        {0} keys retire 3f2a9c0d1e2b deploy/\n  \
        {0} reseal deploy/", name()))]
pub(crate) struct RetireFlags {
    /// Fingerprint of the key, or its first digits, as `keys list` shows them.
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprint: String,

    /// Files, and directories, with SealedSecrets that may need it as well.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Another key is served, take my word for it: do not ask the controller.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub unserved: Option<bool>,

    /// Namespace of SealedSecrets in files that name none, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = crate::cli::flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub place: KeyPlaceFlags,
}
