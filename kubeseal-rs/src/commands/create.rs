//! `create`: builds a Secret and seals it, without a plaintext file in between.
//!
//! `form` says which Secret is built; `docker_registry` and `tls` build the Secrets of those types; `gather` reads single values;
//! `target` says what may be added to. Another type of Secret is a variant of `form::Form`, and a file that builds it; another
//! source of values is a variant of `form::ValueSource`, which `gather` reads.

pub(crate) mod docker_registry;
pub(crate) mod env_file;
pub(crate) mod error;
pub(crate) mod form;
pub(crate) mod gather;
pub(crate) mod target;
pub(crate) mod tls;
pub(crate) mod usage_error;
pub(crate) mod values;

use crate::commands::common::annotations::check_annotations;
use crate::commands::common::seal_for::existing_output::Template;
use crate::commands::common::seal_for::item_sealer::KeyedFile;
use crate::commands::common::seal_for::plan::{Coverage, SealPlan};
use crate::commands::create::error::CreateError;
use crate::commands::create::form::{
    DOCKER_CONFIG_KEY, DockerFlags, Form, TlsFlags, ValueFlags, form, kind_and_name, pairs,
};
use crate::commands::create::usage_error::CreateUsage;
use crate::commands::create::values::{KeyCheck, Values};
use crate::commands::upstream::merge_into::merge_secrets;
use crate::commands::upstream::task::MergeInto;
use crate::error::CommandError;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::files::output::replacement::directory;
use crate::manifest::location::Location;
use crate::manifest::secrets::InputSecret;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value::{self, Format, path_of, text, texts};
use crate::settings::recipient_flags::RecipientFlags;
use crate::target::Target;
use crate::target::namespace::NamespaceRule;
use crate::terminal::program::name;
use api::Scope;
use clap::Args;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::SecretToSeal;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

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

pub(crate) fn run(args: CreateArgs) -> Result<(), CommandError> {
    let (kind, name) = kind_and_name(&args.words)?;
    let form = form(kind, args.values, args.docker, args.tls)?;
    let file = path_of(args.sealed_secret_file);
    let merge_into = path_of(args.merge_into);
    let overwrite = args.force == Some(true);
    if merge_into.is_some() {
        let refused = [
            ("--sealed-secret-file", file.is_some()),
            ("--format", args.format.is_some()),
            ("--force", overwrite),
            ("--type", args.type_.is_some()),
            ("--immutable", args.immutable.is_some()),
        ];
        if let Some((flag, _)) = refused.into_iter().find(|(_, is_given)| *is_given) {
            return Err(CreateUsage::WithMergeInto(flag).into());
        }
    }
    let is_chosen = args.recipients.give_way_to(&args.certificate);
    let folder = merge_into.as_deref().or(file.as_deref()).map_or(Path::new("."), directory);
    let project = args.recipients.without_recipients();
    let target = Target::resolve(args.certificate, args.connection, args.namespace, project, folder)?;
    let labels = pairs("--label", args.label)?;
    let annotations = pairs("--annotation", args.annotation)?;
    let allow_empty_data = args.allow_empty_data == Some(true);
    let allowed_annotations = texts(args.allow_annotation);
    if matches!(&form, Form::Generic(sources) if sources.is_empty()) && !allow_empty_data {
        return Err(CreateError::NoData.into());
    }
    if let Some(file) = merge_into {
        let metadata = ObjectMeta {
            name: Some(name),
            namespace: target.namespace.stated().map(ToOwned::to_owned),
            labels: Some(labels),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        };
        let merge = MergeInto {
            targets: KeyedFile::all_of(&file, &args.recipients, &target, is_chosen)?,
            secret: Input::Stdin,
            scope: args.scope,
            namespace: target.namespace,
            allow_empty_data,
            allowed_annotations,
            // Empty: refused, beside a file to merge into.
            elsewhere: None,
            format: None,
        };
        return merge_values(&merge, metadata, &form);
    }
    // First everything that can fail, so that the user does not type a password in vain.
    let is_planned = !is_chosen && (file.is_some() || args.recipients.name_clusters());
    let plan = match is_planned.then(|| SealPlan::of_output(file.as_deref(), &args.recipients)).transpose()? {
        Some(Coverage::By(plan)) => plan,
        Some(Coverage::Not(_)) | None => {
            SealPlan::of_one(Output::to(file), target.certificate()?.certificate()?)
        }
    };
    let metadata = metadata(name, &target.namespace, args.scope, &plan, labels, annotations)?;
    if !overwrite {
        plan.check_scope(Scope::of(metadata.annotations.as_ref()))?;
    }
    let (type_, immutable) = (text(args.type_), args.immutable);
    let type_ = type_.or_else(|| type_of(&form).map(ToOwned::to_owned));
    let template = Template { metadata: &metadata, type_: type_.as_deref(), immutable };
    let check = |keys: &BTreeSet<&str>| {
        if overwrite { Ok(()) } else { plan.check_outputs(&[(template, keys.clone())]) }
    };
    let data = values(&form, allow_empty_data, &check)?;
    // Once more, because the file may have changed while the user typed.
    check(&data.keys().map(String::as_str).collect())?;
    check_annotations(metadata.annotations.iter().flatten(), &data, &allowed_annotations)
        .map_err(CreateError::Annotation)?;
    let secret = SecretToSeal { metadata, type_, immutable, data };
    plan.write(&[&secret], args.format)
}

/// Adds the values to the SealedSecret of this name in the file.
fn merge_values(merge: &MergeInto, metadata: ObjectMeta, form: &Form) -> Result<(), CommandError> {
    let name = metadata.name.as_deref().unwrap_or_default();
    for target in &merge.targets {
        target::check_merged(&target.file, name, metadata.namespace.as_deref())?;
    }
    merge_secrets(merge, || {
        // The type is that of the SealedSecret in the file.
        let data = values(form, merge.allow_empty_data, &|_| Ok(()))?;
        let location = Location::document(1, None).of(&merge.secret);
        Ok(vec![InputSecret {
            location,
            secret: SecretToSeal { metadata, type_: None, immutable: None, data },
        }])
    })
}

/// The type that the form has.
const fn type_of(form: &Form) -> Option<&'static str> {
    match form {
        Form::Generic(_) => None,
        Form::DockerRegistry(_) | Form::DockerConfig(_) => Some(docker_registry::TYPE),
        Form::Tls { .. } => Some(tls::TYPE),
    }
}

/// The values. The user is prompted once `check` has seen their keys.
fn values(form: &Form, may_be_empty: bool, check: KeyCheck<'_>) -> Result<Values, CommandError> {
    let data = match form {
        Form::Generic(sources) => gather::gather(sources, check)?,
        Form::DockerRegistry(login) => {
            check(&BTreeSet::from([DOCKER_CONFIG_KEY]))?;
            docker_registry::values(login)?
        }
        Form::DockerConfig(path) => docker_registry::from_file(path)?,
        Form::Tls { certificate, key } => tls::values(certificate, key)?,
    };
    if data.is_empty() && !may_be_empty {
        return Err(CreateError::NoData.into());
    }
    Ok(data)
}

fn metadata(
    name: String,
    namespace: &NamespaceRule,
    scope: Option<Scope>,
    plan: &SealPlan,
    labels: BTreeMap<String, String>,
    mut annotations: BTreeMap<String, String>,
) -> Result<ObjectMeta, CommandError> {
    // Without --scope and a rule, an annotation may state the scope, as in a manifest.
    if let Some(scope) = plan.scope(scope, "the Secret", Scope::of(Some(&annotations)))? {
        scope.annotate(&mut annotations);
    }
    let namespace = match Scope::of(Some(&annotations)) {
        // A cluster-wide SealedSecret needs no namespace.
        Scope::ClusterWide => namespace.stated().map(ToOwned::to_owned),
        Scope::Strict | Scope::NamespaceWide => Some(namespace.decide(None)?),
    };
    Ok(ObjectMeta {
        name: Some(name),
        namespace,
        labels: (!labels.is_empty()).then_some(labels),
        annotations: (!annotations.is_empty()).then_some(annotations),
        ..ObjectMeta::default()
    })
}
