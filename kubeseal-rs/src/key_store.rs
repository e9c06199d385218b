//! [`KeyStore`]: the sealing keys of a cluster, and the SealedSecrets that may need them.
//!
//! It sends requests to the API server only, never to the controller, so that it works without a running controller.

pub(crate) mod age_identities;
pub(crate) mod backup;
pub(crate) mod backup_object;
pub(crate) mod error;
pub(crate) mod form_text;
pub(crate) mod key_form;
pub(crate) mod key_opener;
pub(crate) mod opening_keys;
pub(crate) mod recovery_keys;
pub(crate) mod retry;
pub(crate) mod stored_key;

use crate::cluster::session::Session;
use crate::cluster::session::request_error::RequestError;
use crate::controller::address::ControllerAddress;
use crate::key_store::error::{KeyStoreError, Operation};
use crate::key_store::stored_key::StoredKey;
use crate::manifest::names::is_name_prefix;
use api::sealing_key::{LABEL, ORIGIN, origin_name};
use api::{METADATA_ONLY, ObservedMetadata, ObservedSealedSecret, ObservedSecret, server_message};
use http::HeaderValue;
use http::header::ACCEPT;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams, Preconditions};
use kube::core::Request;
use kube::{Api, Resource as _, ResourceExt as _};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Number of SealedSecrets in one response of the API server.
const PAGE: u32 = 500;

/// A cluster's keys.
pub(crate) struct KeyStore {
    session: Session,
    address: ControllerAddress,
}

impl KeyStore {
    /// Prepares a session. No request is sent yet.
    pub(crate) fn connect(address: &ControllerAddress) -> Result<Self, KeyStoreError> {
        let prefix = &address.key_prefix;
        if !is_name_prefix(prefix) {
            return Err(KeyStoreError::Prefix(prefix.chars().take(80).collect()));
        }
        address.check().map_err(|_| KeyStoreError::Name(address.namespace.clone()))?;
        let session = Session::begin(&address.cluster)?;
        Ok(Self { session, address: address.clone() })
    }

    /// The namespace of the keys.
    pub(crate) fn namespace(&self) -> &str {
        &self.address.namespace
    }

    /// The controller whose keys these are.
    pub(crate) fn address(&self) -> &ControllerAddress {
        &self.address
    }

    /// The prefix of the keys' names.
    pub(crate) fn prefix(&self) -> &str {
        &self.address.key_prefix
    }

    /// API server and context, for messages.
    pub(crate) fn server(&self) -> &str {
        self.session.server()
    }

    /// Whether TLS verifies the API server.
    pub(crate) fn is_verified(&self) -> bool {
        self.session.is_verified()
    }

    /// Every key, newest first, with any label; also the one from before there were labels.
    pub(crate) fn keys(&self) -> Result<Vec<StoredKey>, KeyStoreError> {
        let mut secrets = self.secrets(&ListParams::default().labels(LABEL))?;
        let known: BTreeSet<String> = secrets.iter().map(kube::ResourceExt::name_any).collect();
        let legacy = self.secrets(&named(self.prefix()))?;
        secrets.extend(legacy.into_iter().filter(|secret| !known.contains(&secret.name_any())));
        let mut keys: Vec<StoredKey> = secrets.into_iter().map(StoredKey::read).collect();
        keys.sort_by_key(StoredKey::order);
        Ok(keys)
    }

    /// Whether the user may list the keys. This is a review request instead of a try: a refused request for private
    /// keys looks like an attack. If the review fails, the answer is no.
    pub(crate) fn may_list_keys(&self) -> bool {
        let attributes = ResourceAttributes {
            namespace: Some(self.namespace().to_owned()),
            verb: Some("list".into()),
            resource: Some("secrets".into()),
            ..ResourceAttributes::default()
        };
        let review = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(attributes),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        let reviewed = self.session.request(async |client| {
            Api::<SelfSubjectAccessReview>::all(client).create(&PostParams::default(), &review).await
        });
        reviewed.is_ok_and(|review| review.status.is_some_and(|status| status.allowed))
    }

    /// The text that names of first keys are derived from; none if no controller of ours has made one.
    pub(crate) fn origin(&self) -> Result<Option<String>, KeyStoreError> {
        // As a list, like the key from before there were labels: permission to list Secrets is enough.
        let found = self.secrets(&named(&origin_name(self.prefix())))?.pop();
        let text = found.and_then(|secret| Some(secret.into_known().data?.remove(ORIGIN)?.0));
        Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    }

    /// Every SealedSecret of the cluster.
    pub(crate) fn sealed_secrets(&self) -> Result<Vec<ObservedSealedSecret>, KeyStoreError> {
        let mut found = Vec::new();
        let mut params = ListParams::default().limit(PAGE);
        loop {
            let page = self
                .session
                .request(async |client| Api::<ObservedSealedSecret>::all(client).list(&params).await);
            let page = match page {
                // Without the CustomResourceDefinition there are none.
                Err(kube::Error::Api(status)) if status.code == 404 => return Ok(Vec::new()),
                page => page.map_err(|error| self.failed(Operation::ListSealedSecrets, error))?,
            };
            found.extend(page.items);
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => params = params.continue_token(&token),
                None => return Ok(found),
            }
        }
    }

    /// Sets the value of the key's label.
    pub(crate) fn label(&self, key: &StoredKey, value: &str) -> Result<(), KeyStoreError> {
        self.patch(key, Operation::Label(key.name()), json!({ "labels": { LABEL: value } }))
    }

    /// Sets an annotation on the key's Secret, or removes it.
    pub(crate) fn annotate(
        &self,
        key: &StoredKey,
        name: &str,
        value: Option<&str>,
    ) -> Result<(), KeyStoreError> {
        self.patch(key, Operation::Annotate(key.name()), json!({ "annotations": { name: value } }))
    }

    fn patch(&self, key: &StoredKey, act: Operation, mut metadata: Value) -> Result<(), KeyStoreError> {
        // Not a new Secret of the same name.
        metadata["uid"] = json!(key.uid());
        let patch = Patch::Merge(json!({ "metadata": metadata }));
        let name = key.name();
        // Only the metadata in the response: the values stay in the cluster.
        let patched = self.session.request(async |client| {
            let secrets = Api::<ObservedMetadata<Secret>>::namespaced(client, self.namespace());
            secrets.patch(&name, &PatchParams::default(), &patch).await
        });
        patched.map(drop).map_err(|error| self.failed(act, error))
    }

    /// Stores a key; returns its name. None if the name is in use.
    pub(crate) fn create(&self, secret: &Secret) -> Result<Option<String>, KeyStoreError> {
        let created = self.session.request(async |client| {
            let secrets = Api::<Secret>::namespaced(client, self.namespace());
            secrets.create(&PostParams::default(), secret).await
        });
        match created {
            Ok(created) => Ok(Some(StoredKey::read(created.into()).name())),
            Err(kube::Error::Api(status)) if status.reason == "AlreadyExists" => Ok(None),
            Err(error) => Err(self.failed(Operation::Create(secret.name_any()), error)),
        }
    }

    /// Deletes exactly the key that was read.
    pub(crate) fn delete(&self, key: &StoredKey) -> Result<(), KeyStoreError> {
        let params = DeleteParams::default()
            .preconditions(Preconditions { uid: key.uid(), resource_version: key.resource_version() });
        let name = key.name();
        // Only the metadata in the response: if a finalizer keeps the Secret, the response would hold the private key,
        // and may be nested too deep to be decoded.
        let deleted = self.session.request(async |client| {
            let request = Request::new(Secret::url_path(&(), Some(self.namespace()))).delete(&name, &params);
            let mut request = request.map_err(kube::Error::BuildRequest)?;
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static(METADATA_ONLY));
            client.request_text(request).await
        });
        deleted.map(drop).map_err(|error| self.failed(Operation::Delete(name), error))
    }

    /// The Secret of this name, if it is there. As a list, so that the permission to list Secrets is enough.
    pub(crate) fn named(&self, name: &str) -> Result<Option<StoredKey>, KeyStoreError> {
        Ok(self.secrets(&named(name))?.pop().map(StoredKey::read))
    }

    fn secrets(&self, which: &ListParams) -> Result<Vec<ObservedSecret>, KeyStoreError> {
        let listed = self.session.request(async |client| {
            Api::<ObservedSecret>::namespaced(client, self.namespace()).list(which).await
        });
        listed.map(|listed| listed.items).map_err(|error| self.failed(Operation::ListKeys, error))
    }

    /// The session, for the other objects in the namespace.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// The error of a request.
    pub(crate) fn failed(&self, act: Operation, mut error: kube::Error) -> KeyStoreError {
        // A policy or webhook may show what it refuses, which is a private key.
        if let kube::Error::Api(status) = &mut error {
            status.message = server_message(status);
        }
        KeyStoreError::Request {
            act,
            server: self.server().to_owned(),
            namespace: self.namespace().to_owned(),
            source: match RequestError::from(error) {
                // The conflict is about an object, not about the controller's response.
                RequestError::Conflict(cause) => RequestError::Changed(cause),
                other => other,
            },
        }
    }
}

/// Selects the Secret of this name.
fn named(name: &str) -> ListParams {
    ListParams::default().fields(&format!("metadata.name={name}"))
}
