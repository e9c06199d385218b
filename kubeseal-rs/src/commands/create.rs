//! `create`: builds a Secret and seals it, without a plaintext file in between.
//!
//! `flags` are its flags; `form` says which Secret is built; `docker_registry` and `tls` build the Secrets of those types; `gather` reads single values;
//! `target` says what may be added to; `live` seals a Secret of the cluster. Another type of Secret is a variant of `form::Form`, and a file that builds it; another
//! source of values is a variant of `form::ValueSource`, which `gather` reads.

pub(crate) mod docker_registry;
pub(crate) mod env_file;
pub(crate) mod error;
pub(crate) mod flags;
pub(crate) mod form;
pub(crate) mod gather;
pub(crate) mod live;
pub(crate) mod target;
pub(crate) mod tls;
pub(crate) mod usage_error;
pub(crate) mod values;

use crate::commands::common::annotations::check_annotations;
use crate::commands::common::seal_for::choice::Coverage;
use crate::commands::common::seal_for::existing_output::Template;
use crate::commands::common::seal_for::item_sealer::KeyedFile;
use crate::commands::common::seal_for::plan::SealPlan;
use crate::commands::create::error::CreateError;
use crate::commands::create::flags::CreateArgs;
use crate::commands::create::form::{DOCKER_CONFIG_KEY, Form, form, kind_and_name, pairs};
use crate::commands::create::live::FromLive;
use crate::commands::create::live::secret::LiveSecret;
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
use crate::settings::flag_value::{path_of, text, texts};
use crate::settings::recipient_flags::RecipientFlags;
use crate::target::Target;
use crate::target::namespace::NamespaceRule;
use api::Scope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::SecretToSeal;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub(crate) fn run(args: CreateArgs) -> Result<(), CommandError> {
    if let Some(name) = args.live_name()? {
        return from_cluster(args, name);
    }
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
            is_default_typed: false,
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
    let plan = plan(file, &args.recipients, &target, is_chosen)?;
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

/// Seals a Secret of the cluster.
fn from_cluster(args: CreateArgs, name: String) -> Result<(), CommandError> {
    let file = path_of(args.sealed_secret_file);
    let is_chosen = args.recipients.give_way_to(&args.certificate);
    let folder = file.as_deref().map_or(Path::new("."), directory);
    let project = args.recipients.without_recipients();
    let target = Target::resolve(args.certificate, args.connection, args.namespace, project, folder)?;
    let live = LiveSecret::get(target.cluster(), target.namespace.decide(None)?, name)?;
    let plan = plan(file, &args.recipients, &target, is_chosen)?;
    let from_live = FromLive {
        scope: args.scope,
        format: args.format,
        is_adopted: args.live.adopt == Some(true),
        overwrite: args.force == Some(true),
        allow_empty_data: args.allow_empty_data == Some(true),
        allowed_annotations: &texts(args.allow_annotation),
    };
    from_live.seal(live, &plan)
}

/// For whom the file, or standard output, is sealed.
fn plan(
    file: Option<PathBuf>,
    recipients: &RecipientFlags,
    target: &Target,
    is_chosen: bool,
) -> Result<SealPlan, CommandError> {
    let is_planned = !is_chosen && (file.is_some() || recipients.name_clusters());
    match is_planned.then(|| SealPlan::of_output(file.as_deref(), recipients)).transpose()? {
        Some(Coverage::By(plan)) => Ok(plan),
        Some(Coverage::Not(_)) | None => {
            Ok(SealPlan::of_one(Output::to(file), target.certificate()?.certificate()?))
        }
    }
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
