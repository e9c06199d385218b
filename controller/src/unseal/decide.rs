//! `decide`: what should happen. Pure, and the only place that knows; the table below is its specification.

use crate::unseal::apply::spec_digest::{digest, is_from};
use crate::unseal::decide::plan::{Plan, Refusal};
use crate::unseal::outcome::Hindrance;
use crate::unseal::read::target::Target;
use api::annotations::{MANAGED, PATCH, SKIP_SET_OWNER_REFERENCES, UNSEALED_FROM};
use api::{DecodeError, SealedSecret, SealedSecretSpec, sealing_key};
use envelope::Plaintext;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::{Resource as _, ResourceExt as _};
use sealing::{Accepted, KeyRing, Outside, UnsealError, UnsealedSecret, skips_owner, templated, unseal};
use std::collections::BTreeMap;

/// What a decision goes by, beside the objects.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all combinations occur")]
pub(crate) struct Rules {
    /// Where no SealedSecret may put its Secret.
    pub key_place: KeyPlace,
    /// What is unsealed beside the usual.
    pub accepted: Accepted,
    /// The SealedSecret was unsealed before as it is now: another client made what differs.
    pub drift: bool,
    /// As far as can be told, it was sealed with a key that leaked: if it does not open, that is why.
    pub revoked: bool,
    /// Its Secret is known to have been unsealed from this very spec, by this controller or upstream's. Rendered values that are
    /// another each time stay as they are: a password must not change because something beside it did.
    pub unsealed: bool,
    /// It was this controller that left the Secret so, and wrote from which spec.
    pub left_by_us: bool,
    /// Each Secret says from which spec it was unsealed, because no status does.
    pub marks_all: bool,
    /// Templates are rendered.
    pub templates: bool,
    /// Kubernetes is still given time to collect the Secret of an earlier SealedSecret of this name. It is known to overlook one
    /// that was made anew at the wrong moment; and a namesake is the same object to the author of both.
    pub patient: bool,
}

/// Where this controller keeps its sealing keys.
#[derive(Debug, Clone)]
pub(crate) struct KeyPlace {
    /// The controller's own namespace.
    pub namespace: String,
    /// `--key-prefix`, which is also the whole name of a legacy key.
    pub prefix: String,
}

/// Decides on one SealedSecret. Ownership comes before opening: what will not be written is not opened.
///
/// Templates may ask for the time and randomness; both come with `outside`.
pub(crate) fn decide(
    metadata: &ObjectMeta,
    spec: &Result<SealedSecretSpec, DecodeError>,
    target: Target,
    ring: &KeyRing,
    rules: &Rules,
    outside: Outside<'_>,
) -> Plan {
    if metadata.deletion_timestamp.is_some() {
        return Plan::Leave;
    }
    let spec = match spec {
        Ok(spec) => spec,
        Err(error) => return Plan::Refuse(Refusal::Undecodable(error.clone())),
    };
    if let Target::Cut(_, too_many) = &target {
        let name = name_of(metadata);
        return Plan::Refuse(Refusal::TooManyEntries { name, too_many: *too_many });
    }
    if let Target::Present(existing) = &target
        && let Some(plan) = not_ours(metadata, spec, &existing.0, rules.patient)
    {
        return plan;
    }
    if let Target::Present(existing) = &target
        && is_sealing_key(&existing.0.metadata, type_of(&existing.0), &rules.key_place)
    {
        return Plan::Refuse(Refusal::SealingKey);
    }
    if !rules.templates {
        let names: Vec<String> = templated(spec).map(ToOwned::to_owned).collect();
        if !names.is_empty() {
            return Plan::Refuse(Refusal::TemplatesOff(names));
        }
    }
    let source = digest(spec);
    let mut wanted = match unseal(metadata, spec, ring, rules.accepted, outside) {
        Ok(wanted) => wanted,
        Err(error) if error.depends_on_values() && is_immutable(&target) => {
            let name = name_of(metadata);
            return Plan::Refuse(Refusal::Immutable { name, rendering: Some(error) });
        }
        Err(UnsealError::NoKeys) => return Plan::Wait(Hindrance::NoKeys),
        Err(error) if rules.revoked => return Plan::Refuse(Refusal::Unseal(error.blaming_revocation())),
        Err(error) => return Plan::Refuse(Refusal::Unseal(error)),
    };
    match target {
        Target::Absent if is_sealing_key(&wanted.metadata, wanted.effective_type(), &rules.key_place) => {
            Plan::Refuse(Refusal::SealingKey)
        }
        Target::Absent => {
            if wanted.templated || rules.marks_all {
                mark(&mut wanted, source);
            }
            Plan::Create(wanted)
        }
        Target::Present(existing) => update(wanted, source, &existing.0, rules),
        Target::Cut(_, too_many) => {
            Plan::Refuse(Refusal::TooManyEntries { name: name_of(metadata), too_many })
        }
    }
}

fn name_of(metadata: &ObjectMeta) -> String {
    metadata.name.clone().unwrap_or_default()
}

fn is_immutable(target: &Target) -> bool {
    matches!(target, Target::Present(existing) if existing.0.immutable == Some(true))
}

/// Has the Secret say from which spec it was unsealed.
fn mark(wanted: &mut UnsealedSecret, source: String) {
    wanted.metadata.annotations.get_or_insert_default().insert(UNSEALED_FROM.into(), source);
}

/// Whether a Secret counts as a sealing key of some controller, or as what the names of its first keys are made from.
///
/// Everybody can seal, so a user who may only create SealedSecrets could otherwise install a key of their own in a namespace where
/// a controller keeps its keys, and everybody would then seal with it; or mark the key in use as compromised. This holds for every
/// namespace: another controller may keep its keys in any of them, and this one cannot know where.
///
/// Looks at a Secret as it stands, and as it would be written, wherever its labels come from. A legacy key has no label and counts
/// by its name: this controller's prefix or the default one. In other namespaces that takes the type of a key as well, because
/// there such a name alone is no key. The prefix of another controller that is neither of the two is not known here.
fn is_sealing_key(secret: &ObjectMeta, type_: &str, place: &KeyPlace) -> bool {
    let labelled = secret.labels.as_ref().is_some_and(|labels| labels.contains_key(sealing_key::LABEL));
    let is_home = secret.namespace.as_ref() == Some(&place.namespace);
    let named = |prefix: &str| {
        let name = secret.name.as_deref().unwrap_or_default();
        let is_legacy_key = name == prefix && (is_home || type_ == sealing_key::SECRET_TYPE);
        is_legacy_key || name == sealing_key::origin_name(prefix)
    };
    labelled
        || type_.starts_with(sealing_key::RESERVED_TYPES)
        || named(&place.prefix)
        || named(sealing_key::DEFAULT_PREFIX)
}

/// A plan for a Secret that may not be touched, or None for one that may: it is controlled by this SealedSecret, its owner has
/// invited SealedSecrets by annotation, or it was made without this owner as is still asked for.
fn not_ours(sealed: &ObjectMeta, spec: &SealedSecretSpec, existing: &Secret, patient: bool) -> Option<Plan> {
    let name = existing.name_any();
    let controller = existing.owner_references().iter().find(|owner| owner.controller == Some(true));
    let uid = sealed.uid.as_deref().unwrap_or_default();
    let invited =
        says_true(existing, MANAGED) || says_true(existing, PATCH) || was_made_ownerless(spec, existing);
    let is_ours = |owner: &OwnerReference| owner.uid == uid || (!patient && is_namesake(owner, sealed));
    match controller {
        Some(owner) if is_ours(owner) && existing.metadata.deletion_timestamp.is_some() => {
            Some(Plan::Wait(Hindrance::Terminating(name)))
        }
        Some(owner) if is_ours(owner) => None,
        _ if invited => None,
        Some(owner) if is_namesake(owner, sealed) => Some(Plan::Wait(Hindrance::EarlierOwner(name))),
        _ => Some(Plan::Refuse(Refusal::Unmanaged { name })),
    }
}

/// Whether the Secret bears the mark of one that was made without its SealedSecret as owner, this SealedSecret asks for just
/// that, and no other object has come to control it.
///
/// Decided: by the annotation that went from the template to the Secret, which is as good an invitation as `managed`, instead of
/// by what the status remembers: it outlives the SealedSecret, as the Secret is meant to, and the right to write a status gives
/// no Secret.
fn was_made_ownerless(spec: &SealedSecretSpec, existing: &Secret) -> bool {
    let named = spec.template.metadata.as_ref().and_then(|template| template.owner_references.as_ref());
    skips_owner(spec)
        && says_true(existing, SKIP_SET_OWNER_REFERENCES)
        && controller_of(existing.owner_references()) == controller_of(named.map_or(&[], Vec::as_slice))
}

fn controller_of(owners: &[OwnerReference]) -> Option<&str> {
    owners.iter().find(|owner| owner.controller == Some(true)).map(|owner| owner.uid.as_str())
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

fn type_of(secret: &Secret) -> &str {
    secret.type_.as_deref().unwrap_or_default()
}

/// A type whose values the cluster adds to.
const SERVICE_ACCOUNT_TOKEN: &str = "kubernetes.io/service-account-token";

/// Decided: a spec that is new is always written, also where it gives what is there already. A person who may edit a SealedSecret
/// but not read Secrets could seal a guess, or ask with a template, and see in the status, the events or the cluster's revision
/// whether the Secret was written. For the API server to count a write, something has to change: then it is the annotation
/// `unsealed-from`. A Secret has it from the first edit on, and not always: upstream's controller would take it away from each Secret
/// when it comes back.
fn update(mut wanted: UnsealedSecret, source: String, existing: &Secret, rules: &Rules) -> Plan {
    let marked = is_from(&existing.metadata, &source);
    let unsealed = rules.unsealed || marked;
    if unsealed {
        wanted.keep_varying(existing);
    }
    let mut wanted = if says_true(existing, PATCH) { laid_over(wanted, existing) } else { wanted };
    if is_sealing_key(&wanted.metadata, wanted.effective_type(), &rules.key_place) {
        return Plan::Refuse(Refusal::SealingKey);
    }
    let name = existing.name_any();
    let existing_type = type_of(existing);
    if existing_type != wanted.effective_type() {
        return Plan::Refuse(Refusal::TypeChange {
            name,
            existing: existing_type.to_owned(),
            wanted: wanted.effective_type().to_owned(),
        });
    }
    let same_data = if existing_type == SERVICE_ACCOUNT_TOKEN {
        // Kubernetes fills these in; taking its values out again would never end.
        wanted.data_within(existing)
    } else {
        wanted.same_data(existing)
    };
    // A SealedSecret that says nothing of it leaves it to others: that cannot be undone, and is no fault.
    let is_immutable = existing.immutable == Some(true);
    wanted.immutable = wanted.immutable.or(existing.immutable);
    let same_immutable = is_immutable == (wanted.immutable == Some(true));
    if is_immutable && !(same_data && same_immutable) {
        return Plan::Refuse(Refusal::Immutable { name, rendering: None });
    }
    let same =
        same_data && same_immutable && same_metadata(&wanted.metadata, &existing.metadata, rules.drift);
    // It was taken away since.
    let mark_is_due = wanted.templated && rules.left_by_us && !marked;
    if same && unsealed && !mark_is_due {
        return Plan::Keep {
            resource_version: existing.resource_version().unwrap_or_default(),
            opened_by: wanted.opened_by,
        };
    }
    // Each write of another spec, and not only those that the API server would take for none: what the mark says is then known from
    // the specs alone, whatever values they opened to. A new owner makes it a write as well, and leaves a Secret that was taken over
    // as the template has it.
    let new_spec = !unsealed && owners(&wanted.metadata) == owners(&existing.metadata);
    if new_spec || marked || wanted.templated || rules.marks_all {
        mark(&mut wanted, source);
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
    // That of an earlier spec is not to be kept.
    wanted.metadata.annotations.get_or_insert_default().remove(UNSEALED_FROM);
    // As upstream has it: the template may state `managed` as well.
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

/// As drift, only what we set counts: labels and annotations that others add (Argo CD's, a reloader's) are theirs. Where
/// the SealedSecret itself has changed, what it does not name any more has to go. From which spec it was unsealed is no part of it.
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

pub(crate) mod compromise;
pub(crate) mod plan;
pub(crate) mod render_rate;
pub(crate) mod settled;
#[cfg(test)]
mod tests;
