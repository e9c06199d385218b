//! [`check_no_sealing_key`]: the Secrets that no SealedSecret may write.

use crate::unseal::cause::refusal::Refusal;
use api::sealing_key;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Where this controller has its sealing keys.
#[derive(Debug, Clone)]
pub(crate) struct KeyPlace {
    /// The controller's own namespace.
    pub namespace: String,
    /// `--key-prefix`, which is also the whole name of a legacy key.
    pub prefix: String,
}

/// Refuses a Secret that counts as a sealing key of a controller, or as the Secret from which the names of its first keys are derived.
///
/// A SealedSecret may write neither. Every user can seal: a user who may only create SealedSecrets could otherwise put a key of
/// their own into a namespace where a controller has its keys, and all others would then seal with that key; or label the key in
/// use as compromised. This holds for every namespace: another controller may have its keys in any of them.
///
/// Applies to an existing Secret and to one that is to be written, wherever its labels come from. A legacy key has no label and counts
/// by its name, which is this controller's prefix or the default one. In other namespaces such a name is a key only with the type
/// of a key. The prefix of another controller that is neither of the two is not known here.
pub(crate) fn check_no_sealing_key(
    secret: &ObjectMeta,
    type_: &str,
    location: &KeyPlace,
) -> Result<(), Refusal> {
    let labelled = secret.labels.as_ref().is_some_and(|labels| labels.contains_key(sealing_key::LABEL));
    let is_home = secret.namespace.as_ref() == Some(&location.namespace);
    let named = |prefix: &str| {
        let name = secret.name.as_deref().unwrap_or_default();
        let is_legacy_key = name == prefix && (is_home || type_ == sealing_key::SECRET_TYPE);
        is_legacy_key || name == sealing_key::origin_name(prefix)
    };
    let is_sealing_key = labelled
        || type_.starts_with(sealing_key::RESERVED_TYPES)
        || named(&location.prefix)
        || named(sealing_key::DEFAULT_PREFIX);
    if is_sealing_key { Err(Refusal::SealingKey) } else { Ok(()) }
}
