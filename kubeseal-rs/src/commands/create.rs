//! `create`: builds a Secret and seals it, without a plaintext file in between.
//!
//! What a Secret of each kind looks like is in `docker_registry` and `tls`; where single values come from, in
//! `gather`; what may be overwritten, in `target`.

pub(crate) mod docker_registry;
pub(crate) mod env_file;
pub(crate) mod error;
pub(crate) mod gather;
pub(crate) mod target;
pub(crate) mod tls;

use crate::commands::annotations::check_annotations;
use crate::commands::create::error::CreateError;
use crate::commands::upstream::merge_into::merge_secrets;
use crate::error::CommandError;
use crate::files::input::Input;
use crate::manifest::location::Location;
use crate::manifest::secrets::InputSecret;
use crate::manifest::write;
use crate::settings::MergeInto;
use crate::settings::create::{Create, DOCKER_CONFIG_KEY, Form};
use api::Scope;
use envelope::Plaintext;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::rngs::SysRng;
use sealing::SecretToSeal;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The values of a Secret, by key.
type Values = BTreeMap<String, Plaintext>;

pub(crate) fn create(create: Create) -> Result<(), CommandError> {
    let names_none = matches!(&create.form, Form::Generic(sources) if sources.is_empty());
    if names_none && !create.allow_empty_data {
        return Err(CreateError::NoData.into());
    }
    if let Some(file) = create.merge_into.clone() {
        return merged(create, file);
    }
    // Everything that can fail first, so that no password is typed for nothing.
    let certificate = create.certificate.certificate()?;
    let metadata = metadata(&create)?;
    let type_ = create.type_.clone().or_else(|| type_of(&create.form).map(ToOwned::to_owned));
    let template =
        target::Template { metadata: &metadata, type_: type_.as_deref(), immutable: create.immutable };
    let check = |keys: &BTreeSet<&str>| {
        if create.overwrite { Ok(()) } else { target::check(&create.output, &template, keys) }
    };
    let data = values(&create.form, create.allow_empty_data, &check)?;
    // Once more: typing takes its time.
    check(&data.keys().map(String::as_str).collect())?;
    check_annotations(&create.annotations, &data, &create.allowed_annotations)
        .map_err(CreateError::Annotation)?;
    let secret = SecretToSeal { metadata, type_, immutable: create.immutable, data };
    let sealed = sealing::seal_secret(&mut SysRng, &certificate, secret)?;
    let mut written = Vec::new();
    write::write(create.format, &sealed, &mut written)?;
    Ok(create.output.write(&written)?)
}

/// Adds the values to the SealedSecret of this name in the file.
fn merged(create: Create, file: PathBuf) -> Result<(), CommandError> {
    target::check_merged(&file, &create.name, create.stated_namespace.as_deref())?;
    let metadata = ObjectMeta {
        name: Some(create.name),
        namespace: create.stated_namespace,
        labels: Some(create.labels),
        annotations: Some(create.annotations),
        ..ObjectMeta::default()
    };
    let merge = MergeInto {
        certificate: create.certificate,
        secret: Input::Stdin,
        file,
        scope: create.scope,
        namespace: create.namespace,
        allow_empty_data: create.allow_empty_data,
        allowed_annotations: create.allowed_annotations,
        // Refused, beside a file to merge into.
        elsewhere: None,
        format: None,
    };
    merge_secrets(&merge, || {
        // The type is that of what is there.
        let data = values(&create.form, create.allow_empty_data, &|_| Ok(()))?;
        let place = Location::document(&merge.secret, 1, None);
        Ok(vec![InputSecret {
            location: place,
            secret: SecretToSeal { metadata, type_: None, immutable: None, data },
        }])
    })
}

/// Refuses keys, before their values are asked for.
type Check<'a> = &'a dyn Fn(&BTreeSet<&str>) -> Result<(), CreateError>;

/// The type that the form has.
const fn type_of(form: &Form) -> Option<&'static str> {
    match form {
        Form::Generic(_) => None,
        Form::DockerRegistry(_) | Form::DockerConfig(_) => Some(docker_registry::TYPE),
        Form::Tls { .. } => Some(tls::TYPE),
    }
}

/// The values, which may be asked for once `check` has seen their keys.
fn values(form: &Form, may_be_empty: bool, check: Check<'_>) -> Result<Values, CommandError> {
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

fn metadata(create: &Create) -> Result<ObjectMeta, CommandError> {
    let mut annotations = create.annotations.clone();
    // Without --scope, an annotation may state it, as in a manifest.
    if let Some(scope) = create.scope {
        scope.annotate(&mut annotations);
    }
    let namespace = match Scope::of(Some(&annotations)) {
        // Bound to no namespace, it needs none.
        Scope::ClusterWide => create.stated_namespace.clone(),
        Scope::Strict | Scope::NamespaceWide => Some(create.namespace.decide(None)?),
    };
    Ok(ObjectMeta {
        name: Some(create.name.clone()),
        namespace,
        labels: (!create.labels.is_empty()).then(|| create.labels.clone()),
        annotations: (!annotations.is_empty()).then_some(annotations),
        ..ObjectMeta::default()
    })
}
