//! `create` stores a new sealing key as a Secret, in upstream's shape, so that either controller reads it; `find` reads the key
//! Secret of a name.
//!
//! Decided: the Secret is `immutable`. Names are derived, so an old backup may hold another key under the same name: applying it
//! fails, instead of replacing a key that is in use. Labels and annotations can still be changed, and the Secret deleted.

use crate::client::api_timeout::with_api_timeout;
use crate::config::keys::Keys;
use crate::events::about::About;
use crate::keys::renewal_request::{FULFILS, RenewalRequest};
use crate::keys::store::key_secret::KeySecret;
use crate::keys::store::wipe::{WipeOnDrop, wipe};
use api::ObservedSecret;
use api::sealing_key::{ACTIVE, CERTIFICATE, LABEL, PRIVATE_KEY, RENEW, SECRET_TYPE};
use envelope::{KeyPair, PrivateKeyError};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, ListParams, PostParams};
use kube::core::{ObjectList, Request};
use sealing::SealingKey;
use std::collections::BTreeMap;

/// Why a sealing key could not be stored, or the Secret of its name not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("encoding the sealing key failed")]
    Encode(#[from] PrivateKeyError),
    /// Where there was no answer, the Secret may have been created all the same: the next attempt finds it.
    #[error("creating or reading the Secret {name} failed")]
    Api { name: String, source: Box<kube::Error> },
}

/// Creates the key's Secret; None if the name is taken. Nothing may be sealed with a key before this has returned it.
pub(crate) async fn create(
    secrets: &Api<Secret>,
    name: &str,
    settings: &Keys,
    pair: KeyPair,
    fulfils: &[RenewalRequest],
) -> Result<Option<KeySecret>, StoreError> {
    let mut secret = to_secret(name, settings, &pair, fulfils)?;
    let secret = WipeOnDrop(&mut secret);
    let created = with_api_timeout(secrets.create(&PostParams::default(), secret.0)).await;
    drop(secret);
    let mut created = match created {
        Ok(created) => created,
        Err(kube::Error::Api(status)) if status.is_already_exists() => return Ok(None),
        Err(source) => return Err(StoreError::Api { name: name.into(), source: Box::new(source) }),
    };
    let about = About::secret(&created);
    let date = created.metadata.creation_timestamp.take();
    wipe(&mut created);
    let key = SealingKey::new(name.to_owned(), pair);
    let key = match date {
        Some(date) => key.stored(date.0, settings.order),
        None => key,
    };
    Ok(Some(KeySecret::stored(about, key, fulfils.to_vec())))
}

/// The Secret of this name, if there is one, as a key Secret.
pub(crate) async fn find(
    secrets: &Api<Secret>,
    name: &str,
    settings: &Keys,
) -> Result<Option<KeySecret>, StoreError> {
    let secret = with_api_timeout(read(secrets, name)).await;
    let secret = secret.map_err(|source| StoreError::Api { name: name.into(), source: Box::new(source) })?;
    Ok(secret.map(|secret| KeySecret::read_by_name(secret, settings.order)))
}

/// The Secret of this name. By a list of one, because upstream's Role allows `list` and not `get`.
pub(crate) async fn read(secrets: &Api<Secret>, name: &str) -> kube::Result<Option<ObservedSecret>> {
    let by_name = ListParams::default().fields(&format!("metadata.name={name}"));
    let list = Request::new(secrets.resource_url()).list(&by_name).map_err(kube::Error::BuildRequest)?;
    let mut list: ObjectList<ObservedSecret> = secrets.clone().into_client().request(list).await?;
    Ok(list.items.pop())
}

fn to_secret(
    name: &str,
    settings: &Keys,
    pair: &KeyPair,
    fulfils: &[RenewalRequest],
) -> Result<Secret, PrivateKeyError> {
    let private = pair.private().to_pkcs1_pem()?;
    // The labels and annotations of the flags may neither disable the key nor request its renewal.
    let mut labels = settings.new.labels.clone();
    labels.insert(LABEL.into(), ACTIVE.into());
    let mut annotations = settings.new.annotations.clone();
    annotations.remove(RENEW);
    annotations.remove(FULFILS);
    annotations.extend(RenewalRequest::annotation(fulfils).map(|requests| (FULFILS.to_owned(), requests)));
    Ok(Secret {
        metadata: ObjectMeta {
            name: Some(name.into()),
            annotations: Some(annotations),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        type_: Some(SECRET_TYPE.into()),
        immutable: Some(true),
        data: Some(BTreeMap::from([
            (PRIVATE_KEY.into(), ByteString(private.as_bytes().to_vec())),
            (CERTIFICATE.into(), ByteString(pair.certificate().to_pem().into_bytes())),
        ])),
        ..Secret::default()
    })
}
