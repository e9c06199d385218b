//! [`check_owner`]: who owns an existing Secret, and whether a SealedSecret may change it.

use crate::unseal::cause::refusal::Refusal;
use crate::unseal::cause::transient::Transient;
use crate::unseal::outcome::Outcome;
use api::annotations::{MANAGED, PATCH, SKIP_SET_OWNER_REFERENCES};
use api::{SealedSecret, SealedSecretSpec};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::{Resource as _, ResourceExt as _};
use sealing::skips_owner;

/// Whether the Secret may be changed; the error is why not. It may be if this SealedSecret controls it, if an annotation of it invites
/// SealedSecrets, or if it was created without an owner, as the template still says.
///
/// Where `is_collector_late`, the Secret of a deleted SealedSecret of the same name counts as this SealedSecret's. Kubernetes'
/// garbage collector is known to overlook a Secret that was created at the wrong moment; and to their author, both are the same
/// SealedSecret.
pub(crate) fn check_owner(
    sealed: &ObjectMeta,
    spec: &SealedSecretSpec,
    existing: &Secret,
    is_collector_late: bool,
) -> Result<(), Outcome> {
    let name = existing.name_any();
    let controller = existing.owner_references().iter().find(|owner| owner.controller == Some(true));
    let uid = sealed.uid.as_deref().unwrap_or_default();
    let invited =
        is_true(existing, MANAGED) || is_true(existing, PATCH) || was_made_ownerless(spec, existing);
    let is_ours =
        |owner: &OwnerReference| owner.uid == uid || (is_collector_late && is_namesake(owner, sealed));
    match controller {
        Some(owner) if is_ours(owner) && existing.metadata.deletion_timestamp.is_some() => {
            Err(Transient::Terminating(name).into())
        }
        Some(owner) if is_ours(owner) => Ok(()),
        _ if invited => Ok(()),
        Some(owner) if is_namesake(owner, sealed) => Err(Transient::EarlierOwner(name).into()),
        _ => Err(Refusal::Unmanaged { namespace: existing.namespace().unwrap_or_default(), name }.into()),
    }
}

/// Whether the Secret's annotation says that it was created without its SealedSecret as owner, this SealedSecret states
/// the same, and no other object controls the Secret since.
///
/// Decided: by the annotation that the template gave to the Secret, which allows it as `managed` does, instead of by
/// the status: it outlives the SealedSecret, as the Secret is meant to, and the permission to write a status gives no
/// Secret.
fn was_made_ownerless(spec: &SealedSecretSpec, existing: &Secret) -> bool {
    let named = spec.template.metadata.as_ref().and_then(|template| template.owner_references.as_ref());
    skips_owner(spec)
        && is_true(existing, SKIP_SET_OWNER_REFERENCES)
        && controller_of(existing.owner_references()) == controller_of(named.map_or(&[], Vec::as_slice))
}

fn controller_of(owners: &[OwnerReference]) -> Option<&str> {
    owners.iter().find(|owner| owner.controller == Some(true)).map(|owner| owner.uid.as_str())
}

/// Whether the owner is a SealedSecret of this name. With another UID it can only be one that was deleted.
fn is_namesake(owner: &OwnerReference, sealed: &ObjectMeta) -> bool {
    owner.kind == SealedSecret::kind(&())
        && owner.api_version == SealedSecret::api_version(&())
        && Some(&owner.name) == sealed.name.as_ref()
}

/// Whether the Secret has this annotation with the value `true`.
pub(crate) fn is_true(secret: &Secret, annotation: &str) -> bool {
    secret.annotations().get(annotation).is_some_and(|value| value == "true")
}
