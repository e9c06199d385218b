//! [`CreateArgs`]: the flags of `create`, and its help.

use crate::commands::create::form::{DockerFlags, TlsFlags, ValueFlags};
use crate::commands::create::usage_error::CreateUsage;
use crate::manifest::names::is_object_name;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value::{self, Format, text};
use crate::settings::recipient_flags::RecipientFlags;
use crate::terminal::program::name;
use api::Scope;
use clap::Args;
use std::path::PathBuf;

/// The first part of `help create`.
pub(crate) const LONG_ABOUT: &str = "Build a Secret and seal it in one step: no plaintext file is written.\n\n\
    The flags are those of `kubectl create secret`, and so are the Secrets that they make. The result is \
    a SealedSecret, in YAML, on standard output or in the file of -w; or the values are added to the \
    SealedSecret in the file of --merge-into.\n\n\
    If the repository has a project file (.sealed-secrets.yaml) with a rule for that file, the values are \
    sealed for the clusters of the rule, as `seal` does it. --cert and --offline choose one certificate \
    instead.";

/// Build a Secret and seal it in one step, without a plaintext file.
#[derive(Debug, Default, Args)]
#[command(long_about = LONG_ABOUT,
    override_usage = format!("{0} create [generic] NAME [--from-literal KEY=VALUE] [--from-file [KEY=]PATH] \
                      [--from-env-file FILE] [--prompt KEY]\n       \
                      {0} create docker-registry NAME --docker-username USER [--docker-server URL]\n       \
                      {0} create tls NAME --cert-file FILE --key-file FILE\n       \
                      {0} create --from-live NAME [--adopt]", name()),
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
        # From the cluster; the controller takes the Secret over, which stays the same object\n  \
        {0} create --from-live db -n shop --adopt -w db.yaml\n\n\
        A value in --from-literal or --docker-password lands in your shell's history, and every user of this machine can \
        see it in the list of processes. --prompt, --from-file and a pipe do neither.", name())
)]
pub(crate) struct CreateArgs {
    /// The Secret's name; before it, docker-registry or tls for a Secret of that type.
    #[arg(value_name = "NAME")]
    pub words: Vec<String>,

    /// Namespace (default: that of the kubeconfig context).
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// What the values are bound to: strict (name and namespace; the default), namespace-wide or cluster-wide.
    #[arg(long, env = "SEALED_SECRETS_SCOPE", hide_env = true, value_parser = flag_value::offered_scope(), hide_possible_values = true,
          value_name = "SCOPE")]
    pub scope: Option<Scope>,

    /// File to write to (default: standard output).
    #[arg(
        short = 'w',
        long,
        env = "SEALED_SECRETS_SEALED_SECRET_FILE",
        hide_env = true,
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub sealed_secret_file: Option<PathBuf>,

    /// Add the values to the SealedSecret of this name in this file, in place, for its own scope, instead of making a new one.
    #[arg(long, value_name = "FILE")]
    pub merge_into: Option<PathBuf>,

    /// Overwrite the file of -w, whatever it holds, and seal for several clusters with the scope cluster-wide. Without this flag, a file is replaced only if it holds this SealedSecret alone, and nothing of it is lost.
    #[arg(long)]
    pub force: Option<bool>,

    /// Output format, json or yaml (default: yaml, or json if the file of -w ends with .json).
    #[arg(short = 'o', long, value_parser = flag_value::offered_format(), hide_possible_values = true, value_name = "FORMAT")]
    pub format: Option<Format>,

    #[command(flatten)]
    pub live: LiveFlags,

    #[command(flatten)]
    pub values: ValueFlags,

    /// Seal a Secret that has no data.
    #[arg(long, help_heading = "Values")]
    pub allow_empty_data: Option<bool>,

    /// Type of the Secret, as in kubernetes.io/basic-auth (default: Opaque).
    #[arg(long = "type", value_name = "TYPE", help_heading = "Secret")]
    pub type_: Option<String>,

    /// Label of the Secret.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Secret")]
    pub label: Vec<String>,

    /// Annotation of the Secret.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Secret")]
    pub annotation: Vec<String>,

    /// Keep the annotation of this name although it repeats a sealed value; may be repeated.
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
    #[arg(long, help_heading = "Secret")]
    pub immutable: Option<bool>,

    #[command(flatten)]
    pub docker: DockerFlags,

    #[command(flatten)]
    pub tls: TlsFlags,

    #[command(flatten)]
    pub recipients: RecipientFlags,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,
}

/// The flags for a Secret that is in the cluster.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "From the cluster")]
pub(crate) struct LiveFlags {
    /// Seal the Secret of this name in the cluster, without what the API server and tools wrote into its metadata.
    #[arg(long, value_name = "NAME")]
    pub from_live: Option<String>,

    /// Hand that Secret over: a SealedSecret of the same name may take it over, and the Secret is never absent.
    #[arg(long)]
    pub adopt: Option<bool>,
}

impl CreateArgs {
    /// The name of `--from-live`, with which no flag for values or for the Secret goes.
    pub(crate) fn live_name(&self) -> Result<Option<String>, CreateUsage> {
        let Some(name) = text(self.live.from_live.clone()) else {
            return if self.live.adopt == Some(true) { Err(CreateUsage::AdoptAlone) } else { Ok(None) };
        };
        let values = &self.values;
        let refused = [
            ("NAME", !self.words.is_empty()),
            ("--merge-into", self.merge_into.is_some()),
            ("--from-literal", !values.from_literal.is_empty()),
            ("--from-file", !values.from_file.is_empty()),
            ("--from-env-file", !values.from_env_file.is_empty()),
            ("--prompt", !values.prompt.is_empty()),
            ("--type", self.type_.is_some()),
            ("--label", !self.label.is_empty()),
            ("--annotation", !self.annotation.is_empty()),
            ("--immutable", self.immutable.is_some()),
            ("--docker-…", self.docker.is_any()),
            ("--cert-file", self.tls.cert_file.is_some()),
            ("--key-file", self.tls.key_file.is_some()),
        ];
        match refused.into_iter().find(|(_, is_given)| *is_given) {
            Some((flag, _)) => Err(CreateUsage::WithFromLive(flag)),
            None if !is_object_name(&name) => Err(CreateUsage::Name(name)),
            None => Ok(Some(name)),
        }
    }
}
