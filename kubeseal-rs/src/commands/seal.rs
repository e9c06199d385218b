//! `seal`: seals Secrets for the clusters of the project file.
//!
//! Decided: a verb of its own instead of a mode of upstream's flags, because those never read a project file: a script that calls them in
//! a repository seals as it did before.

use crate::cluster::Cluster;
use crate::commands::common::seal_for::choice::Coverage;
use crate::commands::common::seal_for::existing_output::{NewObject, Template};
use crate::commands::common::seal_for::plan::SealPlan;
use crate::commands::common::settle::{SealSettings, settle};
use crate::error::{CommandError, Context as _};
use crate::manifest::secrets::{self, InputSecret};
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value::{self, Format, input, path_of, text, texts};
use crate::settings::recipient_flags::RecipientFlags;
use crate::target::namespace::NamespaceRule;
use crate::terminal::program::name;
use api::Scope;
use clap::Args;
use std::path::PathBuf;

/// The first part of `help seal`.
pub(crate) const LONG_ABOUT: &str = "Seal Secrets for the clusters of the project file.\n\n\
    The project file, .sealed-secrets.yaml at the root of the repository, has rules: the first one whose path matches the \
    file of -w says for which clusters it is sealed, with which scope, and whether one object is for all of them \
    (layout: one) or a file for each of them (layout: per-cluster). No cluster is needed, and no private key.\n\n\
    An object for several clusters opens in the first of them with upstream's controller, too; in the others with this \
    project's. A recipient of age opens it without any cluster.\n\n\
    Without a project file, the flags of upstream's kubeseal seal for one cluster.";

/// Seal Secrets for the clusters of the project file.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
    # For the clusters of the rule for apps/shop/prod\n  \
    {0} seal -f secret.yaml -w apps/shop/prod/db.yaml\n  \
    kubectl create secret generic db -n shop --from-env-file .env --dry-run=client -o yaml |\n    \
    {0} seal -w apps/shop/prod/db.yaml\n\n  \
    # For other clusters than the rule says\n  \
    {0} seal -f secret.yaml --for dev > db.yaml\n\n\
    A value on the command line, or an item of its own, needs no plaintext file: see {0} help create.", name()))]
pub(crate) struct SealArgs {
    /// Secrets to read, in YAML or JSON (default: standard input).
    #[arg(short = 'f', long, env = "SEALED_SECRETS_SECRET_FILE", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub secret_file: Option<PathBuf>,

    /// File to write, by whose path the rule is chosen (with --for: standard output by default).
    #[arg(
        short = 'w',
        long,
        env = "SEALED_SECRETS_SEALED_SECRET_FILE",
        hide_env = true,
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub sealed_secret_file: Option<PathBuf>,

    /// Output format, json or yaml (default: yaml, or json if the file ends with .json).
    #[arg(short = 'o', long, value_parser = flag_value::offered_format(), hide_possible_values = true, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Overwrite the file of -w, whatever it holds, and seal for several clusters with the scope cluster-wide. Without this flag, a file is replaced only if it holds these SealedSecrets alone, and nothing of them is lost.
    #[arg(long)]
    pub force: Option<bool>,

    /// What the values are bound to: strict, namespace-wide or cluster-wide (default: what the rule says).
    #[arg(long, env = "SEALED_SECRETS_SCOPE", hide_env = true, value_parser = flag_value::offered_scope(), hide_possible_values = true,
          value_name = "SCOPE", help_heading = "Secret")]
    pub scope: Option<Scope>,

    /// Name to seal for, instead of the Secret's own.
    #[arg(long, env = "SEALED_SECRETS_NAME", hide_env = true, value_name = "NAME", help_heading = "Secret")]
    pub name: Option<String>,

    /// Namespace of Secrets without one (default: that of the context).
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace,
          value_name = "NAMESPACE", help_heading = "Secret")]
    pub namespace: Option<String>,

    /// Seal a Secret that has no data.
    #[arg(long, env = "SEALED_SECRETS_ALLOW_EMPTY_DATA", hide_env = true, help_heading = "Secret")]
    pub allow_empty_data: Option<bool>,

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

    #[command(flatten)]
    pub recipients: RecipientFlags,

    /// Kubeconfig with that context (default: $KUBECONFIG, else ~/.kube/config).
    #[arg(long, env = "SEALED_SECRETS_KUBECONFIG", hide_env = true, value_name = "FILE", value_parser = flag_value::path(),
          help_heading = "Secret")]
    pub kubeconfig: Option<PathBuf>,

    /// Context whose namespace counts for Secrets without one (default: the current one).
    #[arg(
        long,
        env = "SEALED_SECRETS_CONTEXT",
        hide_env = true,
        value_name = "CONTEXT",
        help_heading = "Secret"
    )]
    pub context: Option<String>,
}

pub(crate) fn run(args: SealArgs) -> Result<(), CommandError> {
    let file = path_of(args.sealed_secret_file);
    let is_forced = args.force == Some(true);
    let (kubeconfig, context) = (args.kubeconfig, args.context);
    let cluster = Cluster::from_args(ConnectionFlags { kubeconfig, context, ..ConnectionFlags::default() })?;
    let mut settings = SealSettings {
        scope: args.scope,
        is_default_typed: false,
        name: text(args.name),
        namespace: NamespaceRule::new(text(args.namespace), cluster),
        allow_empty_data: args.allow_empty_data == Some(true),
        allowed_annotations: texts(args.allow_annotation),
    };
    // First, so that the user types no Secret into a terminal in vain.
    let plan = match SealPlan::of_output(file.as_deref(), &args.recipients)? {
        Coverage::By(plan) => plan,
        Coverage::Not(error) => {
            return Err(error)
                .hint(format!("to seal for one cluster without rules: {} -f FILE -w FILE", name()));
        }
    };
    let input = input(path_of(args.secret_file));
    let bytes = input.read_text("Secrets, in YAML or JSON,")?;
    let mut secrets = secrets::read(&input, &bytes)?;
    for secret in &mut secrets {
        let stated = Scope::of(secret.secret.metadata.annotations.as_ref());
        settings.scope = plan.scope(args.scope, format_args!("the Secret in {}", secret.location), stated)?;
        settle(&settings, secret)?;
        if !is_forced {
            plan.check_scope(Scope::of(secret.secret.metadata.annotations.as_ref()))?;
        }
    }
    if !is_forced {
        plan.check_outputs(&secrets.iter().map(new_object).collect::<Vec<_>>())?;
    }
    let sealed: Vec<_> = secrets.iter().map(|secret| &secret.secret).collect();
    plan.write(&sealed, args.format)
}

fn new_object(input: &InputSecret) -> NewObject<'_> {
    let secret = &input.secret;
    let template =
        Template { metadata: &secret.metadata, type_: secret.type_.as_deref(), immutable: secret.immutable };
    (template, secret.data.keys().map(String::as_str).collect())
}
