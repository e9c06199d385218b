//! [`EditFlags`]: what `edit` takes.

use crate::cli::certificate_flags::CertificateFlags;
use crate::cli::connection_flags::ConnectionFlags;
use crate::process::program::name;
use clap::Args;
use std::path::PathBuf;

/// What `help edit` begins with. A const, because the one-line description stands on the variant in `Verb`.
pub(crate) const LONG_ABOUT: &str = "Edit a SealedSecret in an editor, without a private key.\n\n\
    Opens $VISUAL, $EDITOR or vi on a Secret in which every sealed value is shown as <sealed>. Write a \
    value over it to have that sealed; leave it to keep what is sealed there, byte for byte; add lines \
    and take lines out. Labels, annotations, finalizers, the type, immutable and spec.template.data (shown as templateData) can be \
    changed as well. Name, namespace and scope cannot: the values are bound to them. When the editor ends, only what you changed is changed in the \
    file; comments, order and other documents stay as they are.\n\n\
    What you write lies in a directory that only you can read, in memory where the system has a place for \
    that ($XDG_RUNTIME_DIR, /dev/shm), and is overwritten and removed at the end, also after an error. \
    What was sealed before never lies there: only the controller can read it. Keep your editor from \
    writing copies elsewhere (vim: set directory, backupdir and undodir to nothing).";

/// `edit FILE`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  {0} edit sealed-secret.yaml\n  \
                       EDITOR='code --wait' {0} edit --cert cert.pem sealed-secret.yaml", name()))]
pub(crate) struct EditFlags {
    /// File with SealedSecrets, in YAML or JSON.
    pub file: PathBuf,

    /// Namespace of SealedSecrets that name none; else that of the kubeconfig context.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = crate::cli::flag_value::namespace)]
    pub namespace: Option<String>,

    /// Keep an annotation of this name though it repeats a sealed value; may be repeated.
    #[arg(
        long,
        env = "SEALED_SECRETS_ALLOW_ANNOTATION",
        hide_env = true,
        value_delimiter = ',',
        value_name = "NAME"
    )]
    pub allow_annotation: Vec<String>,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}
