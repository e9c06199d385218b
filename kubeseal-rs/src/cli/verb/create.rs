//! [`CreateFlags`]: what `create` takes.

use crate::cli::certificate_flags::CertificateFlags;
use crate::cli::connection_flags::ConnectionFlags;
use crate::cli::hidden::Hidden;
use crate::cli::{Format, flag_value};
use crate::process::program::name;
use api::Scope;
use clap::Args;
use std::path::PathBuf;

/// What `help create` begins with. A const, because the one-line description stands on the variant in `Verb`.
pub(crate) const LONG_ABOUT: &str = "Build a Secret and seal it in one go: no plaintext file is ever written.\n\n\
    The flags are those of `kubectl create secret`, and so are the Secrets they make. The result is a \
    SealedSecret, in YAML, on standard output or in the file of -w; or the values are added to the one in the file of \
    --merge-into.";

/// `create [generic|docker-registry|tls] NAME`.
#[derive(Debug, Default, Args)]
#[command(
    override_usage = format!("{0} create [generic] NAME [--from-literal KEY=VALUE] [--from-file [KEY=]PATH] \
                      [--from-env-file FILE] [--prompt KEY]\n       \
                      {0} create docker-registry NAME --docker-username USER [--docker-server URL]\n       \
                      {0} create tls NAME --cert-file FILE --key-file FILE", name()),
    after_long_help = format!("Examples:\n  \
        # Typed without echo, twice; from a pipe, one line\n  \
        {0} create db -n shop --prompt password -w db.yaml\n  \
        pwgen 32 1 | {0} create db -n shop --prompt password -w db.yaml\n\n  \
        # One more key, or another value, for the SealedSecret that is there\n  \
        {0} create db --prompt token --merge-into db.yaml\n\n  \
        # From files, a directory, and a file of KEY=VALUE lines\n  \
        {0} create keys -n shop --from-file id=./id_ed25519 --from-file ./conf.d\n  \
        {0} create settings -n shop --from-env-file .env\n\n  \
        # For pulling images: asks for the password\n  \
        {0} create docker-registry pull -n shop --docker-server r.example.com --docker-username ci\n  \
        {0} create docker-registry pull -n shop --from-file .dockerconfigjson=config.json\n\n  \
        # For an Ingress: checks that key and certificate belong together\n  \
        {0} create tls web -n shop --cert-file web.crt --key-file web.key\n\n\
        A value in --from-literal or --docker-password lands in your shell's history, and is shown to everybody on \
        this machine who lists processes. --prompt, --from-file and a pipe do neither.", name())
)]
pub(crate) struct CreateFlags {
    /// The Secret's name; before it, docker-registry or tls for a Secret of that kind.
    #[arg(value_name = "NAME")]
    pub words: Vec<String>,

    /// Namespace; else that of the kubeconfig context.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = crate::cli::flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// What the values are bound to: strict (name and namespace; the default), namespace-wide or cluster-wide.
    #[arg(long, env = "SEALED_SECRETS_SCOPE", hide_env = true, value_parser = flag_value::offered_scope(), hide_possible_values = true,
          value_name = "SCOPE")]
    pub scope: Option<Scope>,

    /// File to write to; else standard output.
    #[arg(
        short = 'w',
        long,
        env = "SEALED_SECRETS_SEALED_SECRET_FILE",
        hide_env = true,
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub sealed_secret_file: Option<PathBuf>,

    /// Add the values to the SealedSecret of this name in this file, in place, for its own scope; else a new one is made.
    #[arg(long, value_name = "FILE")]
    pub merge_into: Option<PathBuf>,

    /// Overwrite the file of -w whatever it holds; else only one with this SealedSecret alone is replaced, and nothing in it is lost.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub force: Option<bool>,

    /// Output format, json or yaml; else yaml, or json if the file of -w ends with .json.
    #[arg(short = 'o', long, value_parser = flag_value::offered_format(), hide_possible_values = true, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// A value as it stands here; it lands in your shell's history, so rather use --prompt.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Values")]
    pub from_literal: Vec<Hidden>,

    /// A value from a file, under the file's name or KEY; of a directory, every file in it.
    #[arg(long, value_name = "[KEY=]PATH", help_heading = "Values")]
    pub from_file: Vec<String>,

    /// Values from a file with a line KEY=VALUE for each; KEY alone takes it from the environment.
    #[arg(long, value_name = "FILE", help_heading = "Values")]
    pub from_env_file: Vec<PathBuf>,

    /// Ask for a value: typed without echo at a terminal, or one line of a pipe.
    #[arg(long, value_name = "KEY", help_heading = "Values")]
    pub prompt: Vec<String>,

    /// Seal a Secret that has no data.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL", help_heading = "Values")]
    pub allow_empty_data: Option<bool>,

    /// Type of the Secret, as in kubernetes.io/basic-auth; else Opaque.
    #[arg(long = "type", value_name = "TYPE", help_heading = "Secret")]
    pub type_: Option<String>,

    /// Label of the Secret.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Secret")]
    pub label: Vec<String>,

    /// Annotation of the Secret.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Secret")]
    pub annotation: Vec<String>,

    /// Keep an annotation of this name though it repeats a sealed value; may be repeated.
    #[arg(
        long,
        env = "SEALED_SECRETS_ALLOW_ANNOTATION",
        hide_env = true,
        value_delimiter = ',',
        value_name = "NAME",
        help_heading = "Secret"
    )]
    pub allow_annotation: Vec<String>,

    /// Make a Secret that cannot be changed, only replaced.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL", help_heading = "Secret")]
    pub immutable: Option<bool>,

    #[command(flatten)]
    pub docker: DockerFlags,

    #[command(flatten)]
    pub tls: TlsFlags,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}

/// What `create docker-registry` takes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "For create docker-registry")]
pub(crate) struct DockerFlags {
    /// Address of the registry; else Docker Hub's.
    #[arg(id = "docker-server", long = "docker-server", value_name = "URL")]
    pub server: Option<String>,

    /// User name.
    #[arg(id = "docker-username", long = "docker-username", value_name = "USER")]
    pub username: Option<String>,

    /// Password; asked for where it is left out, and better so.
    #[arg(id = "docker-password", long = "docker-password", value_name = "PASSWORD")]
    pub password: Option<Hidden>,

    /// Email address; no registry asks for it any more.
    #[arg(id = "docker-email", long = "docker-email", value_name = "EMAIL")]
    pub email: Option<String>,
}

/// What `create tls` takes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "For create tls")]
pub(crate) struct TlsFlags {
    /// Certificate to put into the Secret, PEM; --cert is the one to seal with.
    #[arg(long, value_name = "FILE")]
    pub cert_file: Option<PathBuf>,

    /// Private key to put into the Secret, PEM.
    #[arg(long, visible_alias = "key", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}
