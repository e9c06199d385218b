//! [`ObjectReader`]: reads objects from the API server, and bounds how many reconciliations hold large ones in memory.
//!
//! Most objects are small, and 40 reconciliations of them at the same time take little memory. An object may have 1.5
//! MB, though, and the work on it takes several times that: the SealedSecret as received and decoded, its values, the
//! existing Secret and the new one. So only a few reconciliations may hold large objects, and the others wait for a
//! permit. Permits are shared among the namespaces, so that one with hundreds of large objects does not delay the
//! others.
//!
//! A reconciliation takes one permit at most, and keeps it to its end. It may wait for a processor while it has the
//! permit, but never waits for the permit while it has a processor. So there is no deadlock.

use crate::client::response_limit::{AtMost, is_too_long};
use crate::unseal::cause::transient::Transient;
use crate::unseal::context::Context;
use crate::unseal::queue::cpu_permits::FairPermit;
use api::{DecodeError, ObservedSealedSecret, SealedSecretSpec, WatchedSealedSecret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::GetParams;
use kube::core::{NamespaceResourceScope, Request};
use kube::{Resource, ResourceExt as _};
use serde::de::DeserializeOwned;

/// In bytes of JSON: objects up to this size need no permit.
const SMALL: usize = 64 << 10;

/// Number of reconciliations that hold large objects at the same time.
pub(crate) const LARGE_OBJECT_PERMITS: usize = 5;

/// Those of them that only a namespace without any may take: one whose webhook does not answer must not hold all.
pub(crate) const KEPT_LARGE_OBJECT_PERMITS: usize = 1;

/// Reads the objects of one reconciliation.
pub(crate) struct ObjectReader<'a> {
    context: &'a Context,
    namespace: String,
    permit: Option<FairPermit>,
}

/// A spec, or its error.
pub(crate) type Spec = Result<SealedSecretSpec, DecodeError>;

/// Why an object was not read, or why its work ended early.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The request failed.
    Failed(Transient),
    /// The SealedSecret has changed since the watch showed it, or is gone.
    Outdated,
    /// This replica ends its work: the next leader does it.
    Shutdown,
}

impl<'a> ObjectReader<'a> {
    /// A reader without a permit.
    pub(crate) fn new(observed: &WatchedSealedSecret, context: &'a Context) -> Self {
        Self { context, namespace: observed.namespace().unwrap_or_default(), permit: None }
    }

    /// Waits for the permit, if an object of this size is large.
    pub(crate) async fn reserve(&mut self, bytes: usize) -> Result<(), Unread> {
        if bytes > SMALL { self.acquire().await } else { Ok(()) }
    }

    async fn acquire(&mut self) -> Result<(), Unread> {
        if self.permit.is_none() {
            let permit = self.context.large_object_permits.acquire(&self.namespace);
            let permit = self.context.shutdown.run_until_cancelled(permit).await.flatten();
            self.permit = Some(permit.ok_or(Unread::Shutdown)?);
        }
        Ok(())
    }

    /// Reads an object of the namespace; None if there is none. One that turns out to be large is read again with the permit.
    pub(crate) async fn get<K>(&mut self, name: &str) -> Result<Option<K>, Unread>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + DeserializeOwned,
    {
        if self.permit.is_none() {
            match self.request(name, Some(AtMost(SMALL))).await {
                Err(error) if is_too_long(&error) => self.acquire().await?,
                answer => return read(answer),
            }
        }
        read(self.request(name, None).await)
    }

    async fn request<K>(&self, name: &str, most: Option<AtMost>) -> kube::Result<K>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + DeserializeOwned,
    {
        let request = Request::new(K::url_path(&(), Some(&self.namespace))).get(name, &GetParams::default());
        let mut request = request.map_err(kube::Error::BuildRequest)?;
        if let Some(most) = most {
            request.extensions_mut().insert(most);
        }
        self.context.client.request(request).await
    }

    /// The metadata with all annotations that are read, and the spec: from the watch or, where that did not keep a long one, from the API
    /// server.
    pub(crate) async fn sealed(
        &mut self,
        observed: &WatchedSealedSecret,
    ) -> Result<(ObjectMeta, Spec), Unread> {
        if let Some(spec) = observed.spec.decoded() {
            return Ok((observed.annotated_metadata(), spec));
        }
        self.reserve(observed.size).await?;
        let whole = self.get::<ObservedSealedSecret>(&observed.name_any()).await?;
        let whole = whole.filter(|whole| is_same(observed, whole)).ok_or(Unread::Outdated)?;
        Ok((whole.metadata, whole.spec))
    }
}

fn read<K>(answer: kube::Result<K>) -> Result<Option<K>, Unread> {
    match answer {
        Ok(object) => Ok(Some(object)),
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(None),
        Err(error) => Err(Unread::Failed(Transient::from_api(error))),
    }
}

/// Whether everything that a decision depends on is as the watch showed it. The status is not.
fn is_same(watched: &WatchedSealedSecret, whole: &ObservedSealedSecret) -> bool {
    let (one, other) = (&watched.metadata, &whole.metadata);
    one.uid == other.uid
        && one.generation == other.generation
        && watched.has_annotations_of(other)
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
