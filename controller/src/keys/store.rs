//! `store`: keeps a new sealing key as a Secret, shaped as upstream's so that either controller reads it.

use crate::config::NewKeys;
use api::sealing_key::{ACTIVE, CERTIFICATE, LABEL, PRIVATE_KEY, SECRET_TYPE};
use envelope::{KeyPair, PrivateKeyError};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, PostParams};
use kube::{Client, ResourceExt as _};
use sealing::SealingKey;
use std::collections::BTreeMap;
use zeroize::Zeroize as _;

/// Why a key could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key cannot be written as PEM.
    #[error("encoding the sealing key failed")]
    Encode(#[from] PrivateKeyError),
    /// The API server did not take it.
    #[error("storing the sealing key in namespace {namespace} failed")]
    Create {
        /// Where it was to be stored.
        namespace: String,
        /// What the API server said.
        source: Box<kube::Error>,
    },
}

/// Creates the key's Secret under a generated name. Nothing may be sealed with a key before this has returned.
pub async fn store(
    client: &Client,
    namespace: &str,
    settings: &NewKeys,
    pair: KeyPair,
) -> Result<SealingKey, StoreError> {
    let mut secret = to_secret(namespace, settings, &pair)?;
    let created = Api::<Secret>::namespaced(client.clone(), namespace)
        .create(&PostParams::default(), &secret)
        .await
        .map_err(|source| StoreError::Create { namespace: namespace.into(), source: Box::new(source) });
    wipe(&mut secret);
    let mut created = created?;
    let name = created.name_any();
    wipe(&mut created);
    Ok(SealingKey::new(name, pair))
}

/// Wipes the values of a Secret that held a private key.
pub(super) fn wipe(secret: &mut Secret) {
    for value in secret.data.iter_mut().flat_map(BTreeMap::values_mut) {
        value.0.zeroize();
    }
}

fn to_secret(namespace: &str, settings: &NewKeys, pair: &KeyPair) -> Result<Secret, PrivateKeyError> {
    let private = pair.private().to_pkcs1_pem()?;
    let mut labels = settings.labels.clone();
    // Whatever labels were asked for, a key is a key.
    labels.insert(LABEL.into(), ACTIVE.into());
    Ok(Secret {
        metadata: ObjectMeta {
            namespace: Some(namespace.into()),
            generate_name: Some(settings.prefix.clone()),
            annotations: Some(settings.annotations.clone()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        type_: Some(SECRET_TYPE.into()),
        data: Some(BTreeMap::from([
            (PRIVATE_KEY.into(), ByteString(private.as_bytes().to_vec())),
            (CERTIFICATE.into(), ByteString(pair.certificate().to_pem().into_bytes())),
        ])),
        ..Secret::default()
    })
}
