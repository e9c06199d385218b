//! [`Room`]: large objects that a reconciliation has in hand.
//!
//! Most of it is small, and 32 reconciliations at the same time take next to nothing. An object may have 1.5 MB, though, and the
//! work on it takes several times that: the SealedSecret as it came and decoded, its values, the Secret as it is and as
//! it is to be. So only a few reconciliations have large objects in hand. The others wait until there is room; and namespaces take turns, so
//! that one with hundreds of large objects does not keep the others from theirs.
//!
//! Room is made once and kept until the reconciliation ends. A core is waited for with room and without, but never held while room is waited
//! for. So none waits for another that waits for it.

use crate::client::api_timeout::API_TIMEOUT;
use crate::client::response_limit::{AtMost, is_too_long};
use crate::unseal::context::Context;
use crate::unseal::decide::plan::Plan;
use crate::unseal::outcome::Outcome;
use crate::unseal::queue::cpu_permits::FairPermit;
use crate::unseal::reconcile::Spec;
use api::{ObservedSealedSecret, WatchedSealedSecret};
use kube::api::GetParams;
use kube::core::{NamespaceResourceScope, Request};
use kube::{Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// In bytes of JSON: objects that take no room. Reconciliations have 32 of them in hand, and as many Secrets.
const SMALL: usize = 64 << 10;

/// Reconciliations that have large objects in hand at the same time.
pub(crate) const LARGE_AT_ONCE: usize = 4;

/// What one reconciliation has of it.
pub(crate) struct Room<'a> {
    context: &'a Context,
    namespace: String,
    permit: Option<FairPermit>,
}

/// Why an object was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The API server said no, or nothing.
    Failed(Outcome),
    /// The SealedSecret is not as the watch showed it, or is gone.
    Outdated,
    /// The end came before there was room.
    Ending,
}

impl<'a> Room<'a> {
    /// None is taken yet.
    pub(crate) fn new(observed: &WatchedSealedSecret, context: &'a Context) -> Self {
        Self { context, namespace: observed.namespace().unwrap_or_default(), permit: None }
    }

    /// Waits until there is room for the object, if it is large.
    pub(crate) async fn make_for(&mut self, observed: &WatchedSealedSecret) -> Result<(), Unread> {
        if observed.size > SMALL { self.make().await } else { Ok(()) }
    }

    /// Waits until there is room for the Secret that is to be written, if it is large: templates may make much of little.
    pub(crate) async fn make_for_secret(&mut self, plan: &Plan) -> Result<(), Unread> {
        if plan.bytes() > SMALL { self.make().await } else { Ok(()) }
    }

    async fn make(&mut self) -> Result<(), Unread> {
        if self.permit.is_none() {
            let permit = self.context.large.take(&self.namespace);
            let permit = self.context.shutdown.run_until_cancelled(permit).await.flatten();
            self.permit = Some(permit.ok_or(Unread::Ending)?);
        }
        Ok(())
    }

    /// Reads an object of this namespace. How large it is shows while it is read: then there has to be room first.
    pub(crate) async fn get<K>(&mut self, name: &str) -> Result<Option<K>, Unread>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + DeserializeOwned,
    {
        if self.permit.is_none() {
            match self.request(name, Some(AtMost(SMALL))).await {
                Some(Err(error)) if is_too_long(&error) => self.make().await?,
                answer => return read(answer),
            }
        }
        read(self.request(name, None).await)
    }

    /// None where there was no answer in time.
    async fn request<K>(&self, name: &str, most: Option<AtMost>) -> Option<Result<K, kube::Error>>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + DeserializeOwned,
    {
        let request = Request::new(K::url_path(&(), Some(&self.namespace))).get(name, &GetParams::default());
        let mut request = match request {
            Ok(request) => request,
            Err(error) => return Some(Err(kube::Error::BuildRequest(error))),
        };
        if let Some(most) = most {
            request.extensions_mut().insert(most);
        }
        timeout(API_TIMEOUT, self.context.client.request(request)).await.ok()
    }

    /// The spec, from the watch or, where that did not keep it, from the API server.
    pub(crate) async fn spec_of(&mut self, observed: &WatchedSealedSecret) -> Result<Spec, Unread> {
        if let Some(spec) = observed.spec.decoded() {
            return Ok(spec);
        }
        self.make_for(observed).await?;
        let whole = self.get::<ObservedSealedSecret>(&observed.name_any()).await?;
        whole.filter(|whole| is_same(observed, whole)).map(|whole| whole.spec).ok_or(Unread::Outdated)
    }
}

fn read<K>(answer: Option<Result<K, kube::Error>>) -> Result<Option<K>, Unread> {
    match answer {
        Some(Ok(object)) => Ok(Some(object)),
        Some(Err(kube::Error::Api(status))) if status.is_not_found() => Ok(None),
        Some(Err(error)) => Err(Unread::Failed(Outcome::from_api(error))),
        None => Err(Unread::Failed(Outcome::no_answer())),
    }
}

/// Whether everything that a decision depends on is as the watch showed it: another status is not another object.
fn is_same(watched: &WatchedSealedSecret, whole: &ObservedSealedSecret) -> bool {
    let (one, other) = (&watched.metadata, &whole.metadata);
    one.uid == other.uid
        && one.generation == other.generation
        && one.annotations == other.annotations
        && one.deletion_timestamp == other.deletion_timestamp
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn another_status_is_not_another_object() {
        let metadata = json!({ "uid": "u", "generation": 2, "resourceVersion": "7" });
        let watched: WatchedSealedSecret = serde_json::from_value(json!({ "metadata": metadata })).unwrap();
        for (change, expected) in [
            (json!({ "resourceVersion": "8" }), true),
            (json!({ "labels": { "a": "b" } }), true),
            (json!({ "uid": "v" }), false),
            (json!({ "generation": 3 }), false),
            (json!({ "annotations": { "sealedsecrets.bitnami.com/cluster-wide": "true" } }), false),
            (json!({ "deletionTimestamp": "2024-01-02T03:04:05Z" }), false),
        ] {
            let mut metadata = metadata.clone();
            metadata.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let whole = serde_json::from_value(json!({ "metadata": metadata, "spec": {} })).unwrap();
            assert_eq!(is_same(&watched, &whole), expected, "{change}");
        }
    }
}
