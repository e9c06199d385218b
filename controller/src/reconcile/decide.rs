//! `decide`: what should happen. Pure, and the only place that knows; the table below is its specification.

use super::outcome::Hindrance;
use super::plan::{Plan, Refusal};
use super::target::Target;
use api::annotations::{MANAGED, PATCH};
use api::{ObservedSealedSecret, SealedSecret, SealedSecretSpec, sealing_key};
use envelope::Plaintext;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::{Resource as _, ResourceExt as _};
use sealing::{Accepted, KeyRing, UnsealedSecret, unseal};
use std::collections::BTreeMap;

/// Where a Secret would count as a sealing key.
#[derive(Debug, Clone)]
pub struct KeyPlace {
    /// The controller's own namespace.
    pub namespace: String,
    /// `--key-prefix`, which is also the whole name of a legacy key.
    pub prefix: String,
}

/// Decides on one SealedSecret. Ownership comes before opening: what will not be written is not opened.
pub(crate) fn decide(
    observed: &ObservedSealedSecret,
    target: Target,
    ring: &KeyRing,
    key_place: &KeyPlace,
    accepted: Accepted,
) -> Plan {
    if observed.metadata.deletion_timestamp.is_some() {
        return Plan::Leave;
    }
    let spec = match &observed.spec {
        Ok(spec) => spec,
        Err(error) => return Plan::Refuse(Refusal::Undecodable(error.clone())),
    };
    if makes_sealing_key(&observed.metadata, spec, key_place) {
        return Plan::Refuse(Refusal::SealingKey);
    }
    if let Target::Present(existing) = &target
        && let Some(plan) = not_ours(&observed.metadata, &existing.0)
    {
        return plan;
    }
    let wanted = match unseal(&observed.metadata, spec, ring, accepted) {
        Ok(wanted) => wanted,
        Err(error) => return Plan::Refuse(Refusal::Unseal(error)),
    };
    match target {
        Target::Absent => Plan::Create(wanted),
        Target::Present(existing) => update(wanted, &existing.0),
    }
}

/// Anybody can seal. Whoever may also create SealedSecrets in the controller's namespace must not be able to hand it
/// a key of their own, which everybody would then seal with.
fn makes_sealing_key(sealed: &ObjectMeta, spec: &SealedSecretSpec, place: &KeyPlace) -> bool {
    let labels = spec.template.metadata.as_ref().and_then(|metadata| metadata.labels.as_ref());
    let labelled = labels.is_some_and(|labels| labels.contains_key(sealing_key::LABEL));
    sealed.namespace.as_ref() == Some(&place.namespace)
        && (labelled || sealed.name.as_ref() == Some(&place.prefix))
}

/// A plan for a Secret that may not be touched, or None for one that may: it is controlled by this SealedSecret, or its
/// owner has invited SealedSecrets by annotation.
fn not_ours(sealed: &ObjectMeta, existing: &Secret) -> Option<Plan> {
    let name = existing.name_any();
    let controller = existing.owner_references().iter().find(|owner| owner.controller == Some(true));
    let uid = sealed.uid.as_deref().unwrap_or_default();
    let invited = says_true(existing, MANAGED) || says_true(existing, PATCH);
    match controller {
        Some(owner) if owner.uid == uid && existing.metadata.deletion_timestamp.is_some() => {
            Some(Plan::Wait(Hindrance::Terminating(name)))
        }
        Some(owner) if owner.uid == uid => None,
        _ if invited => None,
        Some(owner) if is_namesake(owner, sealed) => Some(Plan::Wait(Hindrance::EarlierOwner(name))),
        _ => Some(Plan::Refuse(Refusal::Unmanaged { name })),
    }
}

/// Whether the owner is a SealedSecret of this name, which can only be one that was deleted.
fn is_namesake(owner: &OwnerReference, sealed: &ObjectMeta) -> bool {
    owner.kind == SealedSecret::kind(&())
        && owner.api_version == SealedSecret::api_version(&())
        && Some(&owner.name) == sealed.name.as_ref()
}

fn says_true(secret: &Secret, annotation: &str) -> bool {
    secret.annotations().get(annotation).is_some_and(|value| value == "true")
}

fn update(wanted: UnsealedSecret, existing: &Secret) -> Plan {
    let mut wanted = if says_true(existing, PATCH) { laid_over(wanted, existing) } else { wanted };
    let name = existing.name_any();
    let existing_type = existing.type_.as_deref().unwrap_or_default();
    if existing_type != wanted.effective_type() {
        return Plan::Refuse(Refusal::TypeChange {
            name,
            existing: existing_type.to_owned(),
            wanted: wanted.effective_type().to_owned(),
        });
    }
    let same_data = wanted.same_data(existing);
    let is_immutable = existing.immutable == Some(true);
    let same_immutable = is_immutable == (wanted.immutable == Some(true));
    if is_immutable && !(same_data && same_immutable) {
        return Plan::Refuse(Refusal::Immutable { name });
    }
    if same_data && same_immutable && same_metadata(&wanted.metadata, &existing.metadata) {
        return Plan::Keep { resource_version: existing.resource_version().unwrap_or_default() };
    }
    // Written on top of what was read, or not at all; and what others hold the Secret by stays.
    wanted.metadata.resource_version = existing.resource_version();
    wanted.metadata.finalizers.clone_from(&existing.metadata.finalizers);
    Plan::Replace(wanted)
}

/// What `patch` invites to: everything that is there stays, unless the SealedSecret says otherwise. Its owner stays too,
/// unless the Secret is also `managed`.
fn laid_over(mut wanted: UnsealedSecret, existing: &Secret) -> UnsealedSecret {
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
    if !says_true(existing, MANAGED) {
        wanted.metadata.owner_references.clone_from(&existing.metadata.owner_references);
    }
    if wanted.type_.as_deref().unwrap_or_default().is_empty() {
        wanted.type_.clone_from(&existing.type_);
    }
    wanted.immutable = wanted.immutable.or(existing.immutable);
    wanted
}

fn same_metadata(wanted: &ObjectMeta, existing: &ObjectMeta) -> bool {
    let same_map = |wanted: &Option<BTreeMap<_, _>>, existing: &Option<BTreeMap<_, _>>| {
        let none = BTreeMap::<String, String>::new();
        wanted.as_ref().unwrap_or(&none) == existing.as_ref().unwrap_or(&none)
    };
    let owners = |metadata: &ObjectMeta| metadata.owner_references.clone().unwrap_or_default();
    same_map(&wanted.labels, &existing.labels)
        && same_map(&wanted.annotations, &existing.annotations)
        && owners(wanted) == owners(existing)
}

#[cfg(test)]
mod tests;
