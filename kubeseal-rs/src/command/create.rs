//! `create`: builds a Secret and seals it, without a plaintext file in between.
//!
//! What a Secret of each kind looks like is in `docker_registry` and `tls`; where single values come from, in
//! `gather`; what may be overwritten, in `target`.

mod docker_registry;
mod env_file;
mod error;
mod gather;
mod key_name;
mod target;
mod tls;

pub(crate) use error::CreateError;

use crate::failure::Failure;
use crate::manifest;
use crate::mode::{Create, Form};
use api::Scope;
use envelope::Plaintext;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::rngs::SysRng;
use sealing::SecretToSeal;
use std::collections::BTreeMap;

/// The values of a Secret, by key.
type Values = BTreeMap<String, Plaintext>;

pub(super) fn create(create: Create) -> Result<(), Failure> {
    let names_none = matches!(&create.form, Form::Generic(sources) if sources.is_empty());
    if names_none && !create.allow_empty_data {
        return Err(CreateError::NoData.into());
    }
    // Everything that can fail first, so that nobody types a password for nothing.
    let certificate = create.certificate.certificate()?;
    let metadata = metadata(&create)?;
    if !create.overwrite {
        target::check(&create.output, &metadata)?;
    }
    let (type_, data) = match &create.form {
        Form::Generic(sources) => (None, gather::gather(sources)?),
        Form::DockerRegistry(login) => {
            (Some(docker_registry::TYPE.to_owned()), docker_registry::values(login)?)
        }
        Form::DockerConfig(path) => {
            (Some(docker_registry::TYPE.to_owned()), docker_registry::from_file(path)?)
        }
        Form::Tls { certificate, key } => (Some(tls::TYPE.to_owned()), tls::values(certificate, key)?),
    };
    if data.is_empty() && !create.allow_empty_data {
        return Err(CreateError::NoData.into());
    }
    let secret = SecretToSeal { metadata, type_: create.type_.or(type_), immutable: create.immutable, data };
    let sealed = sealing::seal_secret(&mut SysRng, &certificate, secret)?;
    let mut written = Vec::new();
    manifest::write(create.format, &sealed, &mut written)?;
    Ok(create.output.write(&written)?)
}

fn metadata(create: &Create) -> Result<ObjectMeta, Failure> {
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
