//! [`KeyUsage`]: which keys a SealedSecret needs, in the cluster (`in_cluster`) or in files (`in_files`).
//!
//! By its status, in which the controller records the keys that opened it; and by trying the keys, which is certain for
//! the object as the controller sees it. If no key opens it, its annotations for certificates are believed, as in `reseal`. A leaked key is tried
//! whatever the status says: it may open an entry that another certificate of the same key names, or beside the key that opened it.

pub(crate) mod object_name;

use crate::commands::common::sealed_files::{self, SealedFilesError};
use crate::commands::keys::usage::object_name::ObjectName;
use crate::error::cause::on_one_line;
use crate::files::file_update::FileUpdate;
use crate::key_store::stored_key::StoredKey;
use crate::manifest::sealed_secrets::SealedObject;
use crate::settings::flag_value::text;
use crate::terminal::escape::{shown, shown_path};
use api::annotations::{RECIPIENTS, recipients_digest};
use api::{
    Condition, ConditionStatus, ObservedSealedSecret, Scope, SealedSecretSpec, SealedSecretStatus,
    TargetStatus,
};
use envelope::Fingerprint;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt as _;
use recipients::Recipients;
use sealing::{ItemCertificates, KeyRing, Unstated, needs, recipients_in};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// SealedSecrets in files.
#[derive(Debug)]
pub(crate) struct SealedFiles {
    pub paths: Vec<PathBuf>,
    /// The namespace of SealedSecrets that have none.
    pub namespace: Option<String>,
}

impl SealedFiles {
    pub(crate) fn new(paths: Vec<PathBuf>, namespace: Option<String>) -> Self {
        Self { paths, namespace: text(namespace) }
    }
}

/// The keys that a SealedSecret needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    /// Namespace and name, or file and document, as messages show it.
    pub location: String,
    pub object: ObjectName,
    /// The file that it is in; none in the cluster.
    pub file: Option<PathBuf>,
    /// The names of its items, escaped.
    pub items: Vec<String>,
    pub keys: BTreeSet<Fingerprint>,
    /// Those of the keys that are known to open it; the others are named by an annotation or an earlier status.
    pub opened_by: BTreeSet<Fingerprint>,
    /// The keys that the annotation for the recipients names: they open it, or did so before it was resealed.
    pub named: BTreeSet<Fingerprint>,
    /// Whether it opens only once its annotations state another scope.
    pub unstated: Option<Unstated>,
    /// Whether it may need other keys as well.
    pub unknown: bool,
    /// Whether its namespace is known, or does not matter: no key opens it elsewhere.
    pub is_placed: bool,
}

/// Which keys the SealedSecrets in files need.
#[derive(Debug, Default)]
pub(crate) struct FileUsage {
    pub uses: Vec<KeyUsage>,
    /// Files that could not be read, and why.
    pub errors: Vec<String>,
    /// Whether some of the files are templates.
    pub has_templates: bool,
}

/// Every key in plain, which can be tried, whatever its label is. Wrapped ones open nothing here.
pub(crate) fn ring(keys: &[StoredKey]) -> KeyRing {
    KeyRing::new(keys.iter().filter_map(|key| key.plain().cloned()))
}

/// The keys that the SealedSecrets of the cluster need. Their status shows them; if it is missing or older than the
/// object, the keys of `ring` are tried, if there is one. Those of `leaked` are always tried.
pub(crate) fn in_cluster(
    objects: &[ObservedSealedSecret],
    ring: Option<&KeyRing>,
    leaked: &KeyRing,
) -> Vec<KeyUsage> {
    let usage = |object: &ObservedSealedSecret| {
        let mut usage = of_object(object, ring);
        if let (Ok(spec), false) = (&object.spec, leaked.is_empty()) {
            usage.keys.extend(needs(&object.metadata, spec, leaked).keys);
        }
        usage
    };
    objects.iter().map(usage).collect()
}

fn of_object(object: &ObservedSealedSecret, ring: Option<&KeyRing>) -> KeyUsage {
    let status = object.status.as_ref();
    let opened_by = status.and_then(|status| status.opened_by.as_ref());
    let keys: BTreeSet<Fingerprint> =
        opened_by.into_iter().flatten().filter_map(|key| key.parse().ok()).collect();
    let location = shown(&format!("{}/{}", object.namespace().unwrap_or_default(), object.name_any()));
    let items = object.spec.as_ref().map(items).unwrap_or_default();
    let target = status.and_then(|status| status.target.as_ref());
    // A changed annotation names other keys, and moves no generation.
    let is_of_others = target.is_some_and(|target| !is_for(target, &object.metadata));
    let unknown = opened_by.is_none() || is_of_others;
    let usage = KeyUsage {
        location,
        object: ObjectName::of(&object.metadata),
        file: None,
        items,
        opened_by: keys.clone(),
        keys,
        named: named(&object.metadata),
        unstated: None,
        unknown,
        is_placed: true,
    };
    match (ring, &object.spec) {
        (Some(_), _) if opened_by.is_some() && is_current(object, status) => usage,
        (Some(ring), Ok(spec)) => tried(usage, &object.metadata, spec, ring),
        // After a correction it may need another key.
        (Some(_), Err(_)) => KeyUsage { unknown: true, opened_by: BTreeSet::new(), ..usage },
        (None, _) => usage,
    }
}

/// Whether the status is about the present object.
fn is_current(object: &ObservedSealedSecret, status: Option<&SealedSecretStatus>) -> bool {
    let synced = |status: &SealedSecretStatus| {
        let condition = status.condition(Condition::SYNCED);
        condition.is_some_and(|condition| condition.status == ConditionStatus::True)
    };
    status.is_some_and(|status| {
        synced(status)
            && status.observed_generation == object.metadata.generation
            && status.target.as_ref().is_some_and(|target| is_for(target, &object.metadata))
    })
}

/// Whether it was unsealed with the annotations that the object has.
fn is_for(target: &TargetStatus, metadata: &ObjectMeta) -> bool {
    let annotations = metadata.annotations.as_ref();
    let recipients = annotations.and_then(|annotations| annotations.get(RECIPIENTS));
    let digest = recipients.map(|text| recipients_digest(text));
    target.is_for(Scope::of(annotations), digest.as_deref())
}

/// Adds the keys that open the object.
fn tried(known: KeyUsage, metadata: &ObjectMeta, spec: &SealedSecretSpec, ring: &KeyRing) -> KeyUsage {
    let found = needs(metadata, spec, ring);
    let mut keys = known.keys;
    let opened_by = found.keys.clone();
    keys.extend(found.keys);
    let mut unknown = false;
    if found.unopened {
        // Names that are no items count as well: a key that may be needed is not retired.
        let certificates = ItemCertificates::of(metadata.annotations.as_ref());
        keys.extend(certificates.keys());
        let is_named = |name: &String| !certificates.candidates(name).is_empty();
        let are_named = spec.data.is_none() && spec.encrypted_data.keys().all(is_named);
        unknown = !(certificates.of_all().is_some() || are_named) || !known.is_placed;
    }
    KeyUsage { keys, opened_by, unstated: found.unstated, unknown, ..known }
}

fn named(metadata: &ObjectMeta) -> BTreeSet<Fingerprint> {
    let recipients = recipients_in(metadata.annotations.as_ref()).and_then(Result::ok);
    recipients.iter().flat_map(Recipients::fingerprints).collect()
}

fn items(spec: &SealedSecretSpec) -> Vec<String> {
    let whole = spec.data.iter().map(|_| "everything in spec.data".to_owned());
    spec.encrypted_data.keys().map(|key| shown(key)).chain(whole).collect()
}

/// The keys that the SealedSecrets in these files need. Those of `leaked` are tried even if others open them.
pub(crate) fn in_files(files: &SealedFiles, ring: &KeyRing, leaked: &KeyRing) -> FileUsage {
    let (paths, not_found) = sealed_files::find(&files.paths);
    let mut found = FileUsage::default();
    for (path, error) in not_found {
        found.errors.push(format!("{}: {}", shown_path(&path), on_one_line(&error)));
    }
    for path in paths {
        match read(&path) {
            Ok(objects) => {
                let uses = objects.iter().map(|object| of_file(&path, object, files, (ring, leaked)));
                found.uses.extend(uses);
            }
            Err(error) => {
                found.has_templates |= matches!(error, SealedFilesError::Template);
                found.errors.push(format!("{}: {}", shown_path(&path), on_one_line(&error)));
            }
        }
    }
    found
}

fn read(path: &Path) -> Result<Vec<SealedObject>, SealedFilesError> {
    let sealed = sealed_files::read(&FileUpdate::read(path)?)?;
    Ok(sealed.map(|file| file.objects().to_vec()).unwrap_or_default())
}

fn of_file(
    path: &Path,
    object: &SealedObject,
    files: &SealedFiles,
    (ring, leaked): (&KeyRing, &KeyRing),
) -> KeyUsage {
    let mut metadata = object.metadata.clone();
    if metadata.namespace.is_none() {
        metadata.namespace.clone_from(&files.namespace);
    }
    let location = format!("{}: {}", shown_path(path), object.location);
    let items = items(&object.spec);
    let none = KeyUsage {
        location,
        object: ObjectName::of(&metadata),
        file: Some(path.to_owned()),
        items,
        keys: BTreeSet::new(),
        opened_by: BTreeSet::new(),
        named: named(&metadata),
        unstated: None,
        unknown: true,
        is_placed: metadata.namespace.is_some()
            || Scope::of(metadata.annotations.as_ref()) == Scope::ClusterWide,
    };
    let mut usage = tried(none, &metadata, &object.spec, ring);
    if !leaked.is_empty() {
        usage.keys.extend(needs(&metadata, &object.spec, leaked).keys);
    }
    usage
}

#[cfg(test)]
mod tests;
