//! [`ResealFlags`]: what `reseal` takes.

use crate::cli::certificate_flags::CertificateFlags;
use crate::cli::connection_flags::ConnectionFlags;
use crate::cli::flag_value;
use crate::cli::unlock_flags::UnlockFlags;
use crate::process::program::name;
use clap::Args;
use std::path::PathBuf;

/// What `help reseal` begins with. A const, because the one-line description stands on the variant in `Verb`.
pub(crate) const LONG_ABOUT: &str = "Reseal what is sealed to older certificates.\n\n\
    Goes through files, and through directories as git sees them, and seals every SealedSecret that is not \
    sealed to the present certificate again: by the controller, which is the only one that can open them, \
    or with backups of its private keys, encrypted or not. Only the items and the fingerprint that notes \
    their certificate are changed; comments, order and other documents stay as they are, and each file is \
    replaced as a whole or not at all.\n\n\
    What a SealedSecret is sealed to is tried with the private keys where they are at hand: those of \
    --recovery-private-key, or the controller's, if you may read them. Where they are not, the fingerprint is believed, and a \
    SealedSecret without one, such as one made by another program, counts as sealed to an older certificate. --all \
    reseals all of them.";

/// `reseal PATH…`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  {0} reseal deploy/\n  \
                       {0} reseal --check --cert cert.pem .    # for CI: exit code 1 if something is stale\n  \
                       {0} reseal --cert new.pem --recovery-private-key keys.age --identity age.txt deploy/", name()))]
pub(crate) struct ResealFlags {
    /// Files, and directories in which *.yaml, *.yml and *.json are looked at.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Change nothing; list what is sealed to older certificates, and exit with 1 if there is any.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub check: Option<bool>,

    /// Reseal every SealedSecret, whatever it is sealed to.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub all: Option<bool>,

    /// Open with the private keys in this file, or backup of keys, instead of asking the controller; may be repeated.
    #[arg(
        long,
        env = "SEALED_SECRETS_RECOVERY_PRIVATE_KEY",
        hide_env = true,
        value_delimiter = ',',
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub recovery_private_key: Vec<PathBuf>,

    #[command(flatten)]
    pub unlock: UnlockFlags,

    /// Namespace of SealedSecrets that name none, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = crate::cli::flag_value::namespace)]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}
