//! `store`: keeps a new sealing key as a Secret, shaped as upstream's so that either controller reads it; `look` reads the
//! Secret that is in the way.
//!
//! Decided: the Secret is `immutable`. Names are derived, so an old backup may hold another key under the same name: applied,
//! it is refused, instead of taking the place of a key that is in use. Labels and annotations can still be changed, and the
//! Secret deleted.

use crate::client::api_timeout::API_TIMEOUT;
use crate::config::keys::Keys;
use crate::events::about::About;
use crate::keys::renewal_request::annotation::{ANSWERS, Ask};
use crate::keys::store::key_secret::Found;
use api::ObservedSecret;
use api::sealing_key::{ACTIVE, CERTIFICATE, LABEL, PRIVATE_KEY, RENEW, SECRET_TYPE};
use envelope::{KeyPair, PrivateKeyError};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Client;
use kube::api::{Api, ListParams, PostParams};
use kube::core::{ObjectList, Request};
use sealing::SealingKey;
use std::collections::BTreeMap;
use tokio::time::timeout;
use zeroize::Zeroize as _;

/// Why a key could not be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The key cannot be written as PEM.
    #[error("encoding the sealing key failed")]
    Encode(#[from] PrivateKeyError),
    /// The API server did not take it, or did not show what is there.
    #[error("storing the sealing key {name} failed")]
    Api {
        /// Its Secret.
        name: String,
        /// What the API server said.
        source: Box<kube::Error>,
    },
    /// No answer in time. It may be there all the same: the next look shows.
    #[error("the API server did not answer in {} s when the sealing key {name} was stored", API_TIMEOUT.as_secs())]
    NoAnswer {
        /// Its Secret.
        name: String,
    },
}

/// Creates the key's Secret. None if that name is taken. Nothing may be sealed with a key before this has returned it.
pub(crate) async fn store(
    secrets: &Api<Secret>,
    name: &str,
    settings: &Keys,
    pair: KeyPair,
    answers: &[Ask],
) -> Result<Option<Found>, StoreError> {
    let mut secret = to_secret(name, settings, &pair, answers)?;
    let secret = Wiped(&mut secret);
    let created = timeout(API_TIMEOUT, secrets.create(&PostParams::default(), secret.0)).await;
    drop(secret);
    let mut created = match created.map_err(|_| StoreError::NoAnswer { name: name.into() })? {
        Ok(created) => created,
        Err(kube::Error::Api(status)) if status.is_already_exists() => return Ok(None),
        Err(error) => return Err(StoreError::Api { name: name.into(), source: Box::new(error) }),
    };
    let about = About::secret(&created);
    let date = created.metadata.creation_timestamp.take();
    wipe(&mut created);
    let key = SealingKey::new(name.to_owned(), pair);
    let key = match date {
        Some(date) => key.stored(date.0, settings.order),
        None => key,
    };
    Ok(Some(Found::stored(about, key, answers.to_vec())))
}

/// What stands under a name, if anything does. A list of one, because upstream's Role gives `list` and no `get`.
pub(crate) async fn look(
    secrets: &Api<Secret>,
    name: &str,
    settings: &Keys,
) -> Result<Option<Found>, StoreError> {
    let answer = timeout(API_TIMEOUT, read(secrets, name)).await;
    let answer = answer.map_err(|_| StoreError::NoAnswer { name: name.into() })?;
    let secret = answer.map_err(|source| StoreError::Api { name: name.into(), source: Box::new(source) })?;
    Ok(secret.map(|secret| Found::taking_a_name(secret, settings.order)))
}

/// The Secret of this name.
pub(crate) async fn read(secrets: &Api<Secret>, name: &str) -> kube::Result<Option<ObservedSecret>> {
    let named = ListParams::default().fields(&format!("metadata.name={name}"));
    let list = Request::new(secrets.resource_url()).list(&named).map_err(kube::Error::BuildRequest)?;
    let mut found: ObjectList<ObservedSecret> = secrets.clone().into_client().request(list).await?;
    Ok(found.items.pop())
}

/// The Secrets beside the controller.
pub(crate) fn secrets(client: &Client, namespace: &str) -> Api<Secret> {
    Api::namespaced(client.clone(), namespace)
}

/// Wipes the values of a Secret that held a private key.
pub(crate) fn wipe(secret: &mut Secret) {
    for value in secret.data.iter_mut().flat_map(BTreeMap::values_mut) {
        value.0.zeroize();
    }
}

/// Wipes it when it goes, by whatever way: storing may be cut off at any moment.
struct Wiped<'a>(&'a mut Secret);

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        wipe(self.0);
    }
}

fn to_secret(
    name: &str,
    settings: &Keys,
    pair: &KeyPair,
    answers: &[Ask],
) -> Result<Secret, PrivateKeyError> {
    let private = pair.private().to_pkcs1_pem()?;
    let mut labels = settings.new.labels.clone();
    // Whatever labels were asked for, a key is a key; and none asks for its own renewal, for ever.
    labels.insert(LABEL.into(), ACTIVE.into());
    let mut annotations = settings.new.annotations.clone();
    annotations.remove(RENEW);
    annotations.remove(ANSWERS);
    annotations.extend(Ask::written(answers).map(|asks| (ANSWERS.to_owned(), asks)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_whose_storing_is_cut_off_is_wiped() {
        let data = BTreeMap::from([(PRIVATE_KEY.to_owned(), ByteString(b"private".to_vec()))]);
        let mut secret = Secret { data: Some(data), ..Secret::default() };
        let storing = async {
            let _secret = Wiped(&mut secret);
            std::future::pending::<()>().await;
        };
        assert_eq!(futures::FutureExt::now_or_never(storing), None);
        assert!(secret.data.unwrap()[PRIVATE_KEY].0.is_empty());
    }
}
