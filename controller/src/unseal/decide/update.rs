//! [`update`]: what to do about an existing Secret that the SealedSecret may change.

use crate::unseal::cause::refusal::Refusal;
use crate::unseal::decide::ownership::is_true;
use crate::unseal::decide::plan::Plan;
use crate::unseal::decide::sealing_key::check_no_sealing_key;
use crate::unseal::decide::settings::Settings;
use crate::unseal::decide::spec_digest::{annotate, is_from};
use crate::unseal::outcome::{Act, Outcome};
use crate::unseal::read::facts::History;
use api::annotations::{MANAGED, PATCH, UNSEALED_FROM};
use envelope::Plaintext;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::ResourceExt as _;
use sealing::UnsealedSecret;
use std::collections::BTreeMap;

/// A type to whose data Kubernetes adds items.
const SERVICE_ACCOUNT_TOKEN: &str = "kubernetes.io/service-account-token";

/// What to do about an existing Secret that may be changed, for the wanted Secret and the digest of its spec.
///
/// Decided: a new spec is always written, even if the Secret has its values already. A user who may edit a SealedSecret
/// but not read Secrets could seal a guess, or probe with a template, and see in the status, the events or the
/// cluster's revision whether the Secret was written. The API server counts a write only if something changes: here the
/// annotation `unsealed-from`. A Secret has it from its first edit on, and not from its creation: upstream's
/// controller, if it comes back, would remove it from each Secret.
pub(crate) fn update(
    mut wanted: UnsealedSecret,
    source: String,
    existing: &Secret,
    history: History,
    settings: &Settings,
) -> Result<Plan, Outcome> {
    let annotated = is_from(&existing.metadata, &source);
    let unsealed = history.unsealed || annotated;
    if unsealed {
        wanted.keep_varying(existing);
    }
    let mut wanted = if is_true(existing, PATCH) { patched(wanted, existing) } else { wanted };
    check_no_sealing_key(&wanted.metadata, wanted.effective_type(), &settings.key_place)?;
    let name = existing.name_any();
    let existing_type = type_of(existing);
    if existing_type != wanted.effective_type() {
        let (existing, wanted) = (existing_type.to_owned(), wanted.effective_type().to_owned());
        return Err(Refusal::TypeChange { name, existing, wanted }.into());
    }
    let same_data = if existing_type == SERVICE_ACCOUNT_TOKEN {
        // Kubernetes fills in its items again as soon as they are removed.
        wanted.data_within(existing)
    } else {
        wanted.same_data(existing)
    };
    // A SealedSecret that does not set `immutable` leaves it to other clients: it cannot be undone, and is no error.
    let is_immutable = existing.immutable == Some(true);
    wanted.immutable = wanted.immutable.or(existing.immutable);
    let same_immutable = is_immutable == (wanted.immutable == Some(true));
    if is_immutable && !(same_data && same_immutable) {
        return Err(Refusal::Immutable { name, rendering: None }.into());
    }
    let same =
        same_data && same_immutable && same_metadata(&wanted.metadata, &existing.metadata, history.drift);
    // Another client removed the annotation.
    let annotation_is_due = wanted.templated && history.left_by_us && !annotated;
    if same && unsealed && !annotation_is_due {
        let version = existing.resource_version().unwrap_or_default();
        return Ok(Plan::Leave(Outcome::synced(version, &wanted.opened_by, Act::Found)));
    }
    // On each write of a new spec, and not only on those that would change nothing else: so the annotation depends on
    // the specs only, and not on the opened values. A new owner is a change, too: a Secret that is taken over is
    // written as the template says.
    let new_spec = !unsealed && owners(&wanted.metadata) == owners(&existing.metadata);
    if new_spec || annotated || wanted.templated || settings.annotates_all {
        annotate(&mut wanted, source);
    }
    // The API server refuses the write if the Secret has changed since it was read. Finalizers of other clients stay.
    wanted.metadata.resource_version = existing.resource_version();
    wanted.metadata.finalizers.clone_from(&existing.metadata.finalizers);
    Ok(Plan::Replace { secret: wanted, corrects: history.drift })
}

/// The Secret for the annotation `patch`: the existing Secret's fields stay, unless the SealedSecret sets them. The
/// owner stays too, unless the Secret is also `managed`.
fn patched(mut wanted: UnsealedSecret, existing: &Secret) -> UnsealedSecret {
    for (key, value) in existing.data.iter().flatten() {
        wanted.data.entry(key.clone()).or_insert_with(|| Plaintext::new(value.0.clone()));
    }
    let over = |wanted: &mut Option<BTreeMap<String, String>>, existing: &BTreeMap<String, String>| {
        let wanted = wanted.get_or_insert_default();
        for (key, value) in existing {
            wanted.entry(key.clone()).or_insert_with(|| value.clone());
        }
    };
    over(&mut wanted.metadata.labels, existing.labels());
    over(&mut wanted.metadata.annotations, existing.annotations());
    // The annotation of an earlier spec does not stay.
    wanted.metadata.annotations.get_or_insert_default().remove(UNSEALED_FROM);
    // The template may set `managed` as well, as with upstream.
    let managed = wanted.metadata.annotations.as_ref().and_then(|all| all.get(MANAGED));
    if managed.is_none_or(|value| value != "true") {
        wanted.metadata.owner_references.clone_from(&existing.metadata.owner_references);
    }
    if wanted.type_.as_deref().unwrap_or_default().is_empty() {
        wanted.type_.clone_from(&existing.type_);
    }
    wanted.immutable = existing.immutable;
    wanted
}

/// Whether the existing metadata is as wanted. As drift, only what the SealedSecret sets counts: labels and annotations
/// that other clients add (Argo CD, a reloader) are theirs. If the SealedSecret itself has changed, what it does not
/// set any more is removed. The annotation `unsealed-from` never counts.
fn same_metadata(wanted: &ObjectMeta, existing: &ObjectMeta, drift: bool) -> bool {
    let same_map = |wanted: &Option<BTreeMap<_, _>>, existing: &Option<BTreeMap<_, _>>| {
        let none = BTreeMap::<String, String>::new();
        let (wanted, existing) = (wanted.as_ref().unwrap_or(&none), existing.as_ref().unwrap_or(&none));
        let others = existing.keys().any(|name| !wanted.contains_key(name) && name != UNSEALED_FROM);
        (drift || !others) && wanted.iter().all(|(name, value)| existing.get(name) == Some(value))
    };
    same_map(&wanted.labels, &existing.labels)
        && same_map(&wanted.annotations, &existing.annotations)
        && owners(wanted) == owners(existing)
}

fn owners(metadata: &ObjectMeta) -> &[OwnerReference] {
    metadata.owner_references.as_deref().unwrap_or_default()
}

pub(crate) fn type_of(secret: &Secret) -> &str {
    secret.type_.as_deref().unwrap_or_default()
}
