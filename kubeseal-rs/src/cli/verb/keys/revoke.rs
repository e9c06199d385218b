//! [`RevokeFlags`]: what `keys revoke` takes.

use crate::cli::flag_value;
use crate::cli::verb::keys::place::KeyPlaceFlags;
use crate::cluster::timeout::Timeout;
use crate::process::program::name;
use clap::Args;
use std::path::PathBuf;

/// What `help keys revoke` begins with.
pub(crate) const LONG_ABOUT: &str = "For a sealing key that leaked: with it, everything that was ever sealed with it can be opened, in every copy of your \
    repository. So a new key is made first; then this one is labelled \"compromised\", and opens nothing any more; the controller \
    marks the SealedSecrets that it opened (condition Compromised); and you are told which values in these files and in the cluster to change at their \
    source, and to seal anew, and how to find those that are in the history of your repository alone.\n\n\
    If no new key comes in time, or the controller is down, the key is revoked all the same, and you are told so; then, too, it \
    exits with 1.\n\n\
    Secrets that are unsealed stay as they are meanwhile, but are not put right or made again before theirs is sealed anew.";

/// `keys revoke FINGERPRINT [PATH…]`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  \
        {0} keys revoke 3f2a9c0d1e2b deploy/\n\n  \
        # All keys leaked: one renewal is enough\n  \
        {0} keys revoke --yes 3f2a9c0d1e2b deploy/\n  \
        {0} keys revoke --yes --no-renew 77aa01c4f3d2 deploy/", name()))]
pub(crate) struct RevokeFlags {
    /// Fingerprint of the key, or its first digits, as `keys list` shows them.
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprint: String,

    /// Files, and directories, with SealedSecrets to tell about as well.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Do not ask whether you are sure.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub yes: Option<bool>,

    /// Do not renew first: there is a newer key already, or the controller cannot make one.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub no_renew: Option<bool>,

    /// How long to wait for the new key, as in 30s or 2m; 0 is for ever.
    #[arg(long, default_value = "2m", value_name = "DURATION")]
    pub timeout: Timeout,

    /// Namespace of SealedSecrets in files that name none, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = crate::cli::flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub place: KeyPlaceFlags,
}
