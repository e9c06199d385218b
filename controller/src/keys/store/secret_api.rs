//! Requests for the key Secrets: `create`, `read`, `delete`.
//!
//! Decided: what was created is read back from the API server before it counts, and compared. A webhook may have changed it, and with a
//! wrapped key nothing else would notice before the key is needed.

use crate::events::about::About;
use crate::keys::store::key_secret::KeySecret;
use crate::keys::store::wipe::{WipeOnDrop, wipe};
use api::ObservedSecret;
use api::sealing_key::LABEL;
use envelope::PrivateKeyError;
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{UnwrapError, WrapError};
use kube::api::{Api, DeleteParams, ListParams, PostParams, Preconditions};
use kube::core::{ObjectList, Request};
use sealing::KeyOrder;

/// Why a sealing key could not be stored, or the Secret of its name not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("encoding the sealing key failed")]
    Encode(#[from] PrivateKeyError),
    #[error("wrapping the sealing key failed")]
    Wrap(#[from] WrapError),
    /// Where there was no answer, the Secret may have been created all the same: the next attempt finds it.
    #[error("creating or reading the Secret {name} failed")]
    Api { name: String, source: Box<kube::Error> },
    #[error("the wrapped sealing key that was stored does not open")]
    Unwrap(#[source] Box<UnwrapError>),
    #[error("another Secret has the name {0} already")]
    Taken(String),
    #[error("the Secret {0} is gone")]
    Gone(String),
    #[error("the Secret {0} was created, and the API server has another content than was sent")]
    ReadBack(String),
}

impl StoreError {
    pub(crate) fn api(name: &str) -> impl FnOnce(kube::Error) -> Self {
        move |source| Self::Api { name: name.into(), source: Box::new(source) }
    }
}

/// Creates the Secret of a key, and reads it back; None if the name is taken. Nothing may be sealed with a key before this has returned it. The
/// Secret is wiped.
pub(crate) async fn create(
    secrets: &Api<Secret>,
    mut secret: Secret,
    order: KeyOrder,
) -> Result<Option<KeySecret>, StoreError> {
    let name = secret.metadata.name.clone().unwrap_or_default();
    let secret = WipeOnDrop(&mut secret);
    match secrets.create(&PostParams::default(), secret.0).await {
        Ok(mut created) => wipe(&mut created),
        Err(kube::Error::Api(status)) if status.is_already_exists() => return Ok(None),
        Err(source) => return Err(StoreError::api(&name)(source)),
    }
    let stored = read(secrets, &name).await.map_err(StoreError::api(&name))?;
    let mut stored = stored.ok_or_else(|| StoreError::ReadBack(name.clone()))?;
    let label =
        |secret: &Secret| secret.metadata.labels.as_ref().and_then(|labels| labels.get(LABEL).cloned());
    let (stored_secret, sent) = (stored.known(), &*secret.0);
    // By the label too: else a Secret that a webhook takes out of use would be taken for another replica's, and one more be made.
    let is_same = stored_secret.data == sent.data
        && stored_secret.type_ == sent.type_
        && label(stored_secret) == label(sent);
    if !is_same {
        wipe(stored.known_mut());
        return Err(StoreError::ReadBack(name));
    }
    Ok(Some(KeySecret::read(stored, order)))
}

/// The Secret of this name, if there is one, as a key Secret.
pub(crate) async fn find(
    secrets: &Api<Secret>,
    name: &str,
    order: KeyOrder,
) -> Result<Option<KeySecret>, StoreError> {
    let secret = read(secrets, name).await.map_err(StoreError::api(name))?;
    Ok(secret.map(|secret| KeySecret::read_by_name(secret, order)))
}

/// The Secret of this name. By a list of one, because upstream's Role allows `list` and not `get`.
pub(crate) async fn read(secrets: &Api<Secret>, name: &str) -> kube::Result<Option<ObservedSecret>> {
    let by_name = ListParams::default().fields(&format!("metadata.name={name}"));
    let list = Request::new(secrets.resource_url()).list(&by_name).map_err(kube::Error::BuildRequest)?;
    let mut list: ObjectList<ObservedSecret> = secrets.clone().into_client().request(list).await?;
    Ok(list.items.pop())
}

/// Deletes this version of a Secret. False where it was changed since, or is gone.
pub(crate) async fn delete(secrets: &Api<Secret>, about: &About) -> Result<bool, StoreError> {
    let version = Preconditions { uid: about.uid.clone(), resource_version: about.resource_version.clone() };
    let parameters = DeleteParams { preconditions: Some(version), ..DeleteParams::default() };
    match secrets.delete(&about.name, &parameters).await {
        Ok(deleted) => {
            // The answer may be the Secret itself.
            deleted.left().iter_mut().for_each(wipe);
            Ok(true)
        }
        Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(false),
        Err(source) => Err(StoreError::api(&about.name)(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::test_server::answering;
    use crate::keys::store::ring::tests::a_key;
    use serde_json::{Value, json};

    /// Else it would be taken for another replica's, and one more be made under the next name, without end.
    #[tokio::test]
    async fn a_secret_that_a_webhook_changed_is_not_taken_for_what_was_sent() {
        let changes: [(&str, &str, Value); 3] = [
            ("/metadata/labels/team", "shop", json!(true)),
            ("/metadata/labels/sealedsecrets.bitnami.com~1sealed-secrets-key", "retired", json!(false)),
            ("/type", "Opaque", json!(false)),
        ];
        for (member, value, accepted) in changes {
            let mut stored = serde_json::to_value(a_key()).unwrap();
            let (parent, name) = member.rsplit_once('/').unwrap();
            let parent = if parent.is_empty() { &mut stored } else { stored.pointer_mut(parent).unwrap() };
            parent[name.replace("~1", "/")] = json!(value);
            let client = answering(move |request, _| {
                let list = json!({ "metadata": {}, "items": [stored] });
                let answer = if request.method == "POST" { &stored } else { &list };
                (200, answer.to_string())
            });
            let created = create(&Api::namespaced(client, "kube-system"), a_key(), KeyOrder::default()).await;
            assert_eq!(json!(created.is_ok()), accepted, "{member}");
            assert!(
                created.is_ok() || matches!(created, Err(StoreError::ReadBack(_))),
                "{member}: {created:?}"
            );
        }
    }
}
