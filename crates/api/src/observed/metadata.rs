//! [`ObservedMetadata`]: the metadata of an object of some kind, as any client may have written it.
//!
//! Instead of kube's `PartialObjectMeta`, which reads `managedFields` too and fails where these are nested too deep: one
//! object of anybody's would end the watch of all.

use crate::metadata::of_watched_object;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::Deserialize;
use std::borrow::Cow;
use std::marker::PhantomData;

/// What to accept, of an answer that would be the whole object: its metadata alone. Values need not travel.
pub const METADATA_ONLY: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/// Asks the API server for the metadata of a `K`, and for no more of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(bound = "")]
pub struct ObservedMetadata<K> {
    /// What names and dates the object, and who controls it.
    #[serde(deserialize_with = "of_watched_object")]
    pub metadata: ObjectMeta,
    #[serde(skip)]
    kind: PhantomData<K>,
}

impl<K: Resource> Resource for ObservedMetadata<K> {
    type DynamicType = K::DynamicType;
    type Scope = K::Scope;

    fn metadata_api() -> bool {
        true
    }

    fn kind(dynamic: &K::DynamicType) -> Cow<'_, str> {
        K::kind(dynamic)
    }

    fn group(dynamic: &K::DynamicType) -> Cow<'_, str> {
        K::group(dynamic)
    }

    fn version(dynamic: &K::DynamicType) -> Cow<'_, str> {
        K::version(dynamic)
    }

    fn plural(dynamic: &K::DynamicType) -> Cow<'_, str> {
        K::plural(dynamic)
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
