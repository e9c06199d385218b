//! [`ObservedMetadata`]: the metadata of an object of some kind, as any client may have written it.
//!
//! Decided: a type of our own, because kube's `PartialObjectMeta` also reads `managedFields` and fails where these are nested too deep,
//! so that one object would end the watch of all. Of these, only the name of the last editor and a digest are kept.

use crate::decode::{ContentTrace, WatchedMetadata};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::marker::PhantomData;

/// The media type by which a client requests only the metadata of objects, so that the API server sends no values.
pub const METADATA_ONLY: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/// The metadata of a `K`. A client that lists or watches this type requests nothing else.
#[derive(Debug, Clone, Default)]
pub struct ObservedMetadata<K> {
    /// Name, namespace, dates, and the owner that controls the object.
    pub metadata: ObjectMeta,
    /// The field manager, other than the controller, that last wrote something which a SealedSecret sets: data, type, labels, annotations.
    pub editor: Option<String>,
    /// What the metadata shows of the content, for the Secrets of SealedSecrets.
    pub trace: Option<Box<ContentTrace>>,
    kind: PhantomData<K>,
}

impl<'de, K> Deserialize<'de> for ObservedMetadata<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            metadata: WatchedMetadata,
        }
        let WatchedMetadata { metadata, editor, trace } = Raw::deserialize(deserializer)?.metadata;
        Ok(Self { metadata, editor, trace: trace.map(Box::new), kind: PhantomData })
    }
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
