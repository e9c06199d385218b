//! The Secret of a new key: [`plain`], in upstream's shape, so that either controller reads it; [`wrapped`], and [`escrow`].
//!
//! Decided: the Secret is `immutable`. Names are derived, so an old backup may hold another key under the same name: applying it
//! fails, instead of replacing a key that is in use. Labels and annotations can still be changed, and the Secret deleted.

use crate::config::keys::NewKeys;
use crate::keys::renewal_request::{FULFILS, RenewalRequest};
use api::annotations::repeats_object;
use api::sealing_key::{
    ACTIVE, BACKED_UP, CERTIFICATE, ESCROW, ESCROW_PROOF, LABEL, OF_FORM, PRIVATE_KEY, RENEW, REPLACES,
    SECRET_TYPE, UNBOUND, WRAPPED, WRAPPED_KEY, WRAPPED_TYPE,
};
use envelope::{Certificate, KeyPair, PrivateKeyError};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use key_wrapping::{KeyProof, WrapError, WrappedKey};
use std::collections::BTreeMap;

/// The Secret of a key in plain.
pub(crate) fn plain(metadata: ObjectMeta, pair: &KeyPair) -> Result<Secret, PrivateKeyError> {
    let private = pair.private().to_pkcs1_pem()?;
    let data = [(PRIVATE_KEY, private.as_bytes().to_vec()), certificate(pair.certificate())];
    Ok(secret(metadata, ACTIVE, SECRET_TYPE, data))
}

/// The Secret of a wrapped key. `unbound` are the providers that decrypt in any context.
pub(crate) fn wrapped(
    mut metadata: ObjectMeta,
    (public, key): (&Certificate, &WrappedKey),
    unbound: &[String],
) -> Secret {
    if !unbound.is_empty() {
        metadata.annotations.get_or_insert_default().insert(UNBOUND.into(), unbound.join(" "));
    }
    secret(metadata, WRAPPED, WRAPPED_TYPE, [(WRAPPED_KEY, key.to_json()), certificate(public)])
}

/// The labels and annotations of a wrapped key's Secret that replaces the one with this `uid`.
pub(crate) fn replacing(
    mut metadata: ObjectMeta,
    (pair, key): (&KeyPair, &WrappedKey),
    replaced: &str,
) -> Result<ObjectMeta, WrapError> {
    let proof = KeyProof::of_replacement(pair.certificate().fingerprint(), key, replaced);
    metadata.annotations.get_or_insert_default().insert(REPLACES.into(), proof.made_with(pair.private())?);
    Ok(metadata)
}

/// The Secret of an escrow copy.
pub(crate) fn escrow(
    mut metadata: ObjectMeta,
    pair: &KeyPair,
    key: &WrappedKey,
) -> Result<Secret, WrapError> {
    let (public, document) = (pair.certificate(), key.to_json());
    let proof = KeyProof::of_escrow_copy(public.fingerprint(), &document).made_with(pair.private())?;
    metadata.annotations.get_or_insert_default().insert(ESCROW_PROOF.into(), proof);
    Ok(secret(metadata, ESCROW, WRAPPED_TYPE, [(WRAPPED_KEY, document), certificate(public)]))
}

/// The labels and annotations of a new key's Secret.
pub(crate) fn metadata(name: &str, settings: &NewKeys, fulfils: &[RenewalRequest]) -> ObjectMeta {
    // The annotations of the flags may not request anything of the controller.
    let mut annotations = settings.annotations.clone();
    annotations.retain(|name, _| ![RENEW, FULFILS].contains(&&**name) && !OF_FORM.contains(&&**name));
    annotations.extend(RenewalRequest::annotation(fulfils).map(|requests| (FULFILS.to_owned(), requests)));
    ObjectMeta {
        name: Some(name.into()),
        annotations: Some(annotations),
        labels: Some(settings.labels.clone()),
        ..ObjectMeta::default()
    }
}

/// The labels and annotations of a Secret, for another one that holds the same key in another form. A key that is wrapped anew counts as not
/// backed up: its backups open with the providers of before.
pub(crate) fn copied_metadata(name: String, of: &ObjectMeta, is_wrapped_anew: bool) -> ObjectMeta {
    let mut annotations = of.annotations.clone().unwrap_or_default();
    // What `kubectl apply` left there holds the whole Secret, with its private key.
    annotations.retain(|name, _| !repeats_object(name) && !OF_FORM.contains(&name.as_str()));
    if is_wrapped_anew {
        annotations.remove(BACKED_UP);
    }
    ObjectMeta {
        name: Some(name),
        annotations: Some(annotations),
        labels: of.labels.clone(),
        ..ObjectMeta::default()
    }
}

fn certificate(certificate: &Certificate) -> (&'static str, Vec<u8>) {
    (CERTIFICATE, certificate.to_pem().into_bytes())
}

fn secret<const N: usize>(
    mut metadata: ObjectMeta,
    label: &str,
    type_: &str,
    data: [(&str, Vec<u8>); N],
) -> Secret {
    // Labels of the flags may not take the key out of use.
    metadata.labels.get_or_insert_default().insert(LABEL.into(), label.into());
    let data: BTreeMap<_, _> =
        data.into_iter().map(|(name, value)| (name.to_owned(), ByteString(value))).collect();
    Secret {
        metadata,
        type_: Some(type_.into()),
        immutable: Some(true),
        data: Some(data),
        ..Secret::default()
    }
}
