//! [`LiveObjects`]: the SealedSecrets of a namespace, or of the whole cluster: listed, and written back.

use crate::cluster::Cluster;
use crate::cluster::gitops::Keeper;
use crate::cluster::session::Session;
use crate::cluster::session::error::SessionError;
use crate::cluster::session::request_error::RequestError;
use crate::commands::reseal::live::error::LiveError;
use crate::commands::upstream::re_encrypt::rotated_object::Resealed;
use crate::manifest::location::Location;
use crate::manifest::sealed_secrets::SealedObject;
use crate::terminal::escape::shown;
use api::annotations::{CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES, RECIPIENTS};
use api::{
    Condition, ConditionStatus, DecodeError, ObservedMetadata, SealedSecret, SealedSecretStatus,
    server_message,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ListMeta;
use kube::api::{ListParams, Patch, PatchParams};
use kube::core::Request;
use kube::{Api, Resource as _};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Number of SealedSecrets in one response of the API server.
const PAGE: u32 = 500;

pub(crate) struct LiveObjects {
    session: Session,
    /// None for all namespaces.
    namespace: Option<String>,
}

/// A SealedSecret as the API server has it.
pub(crate) struct LiveObject {
    /// Kind, namespace and name.
    pub location: String,
    /// What would put the old values back.
    pub keeper: Option<Keeper>,
    /// Why it does not open, as its present status says.
    pub said: Option<String>,
    /// Without status and `managedFields`; or what is wrong with it.
    pub sealed: Result<SealedObject, DecodeError>,
}

#[derive(Deserialize)]
struct Page {
    metadata: ListMeta,
    items: Vec<Box<RawValue>>,
}

/// Decoded field by field: `managedFields` may be nested deeper than `serde_json` decodes.
#[derive(Default, Deserialize)]
struct Raw {
    metadata: BTreeMap<String, Box<RawValue>>,
    #[serde(default)]
    spec: Option<Box<RawValue>>,
    #[serde(default)]
    status: Option<Box<RawValue>>,
}

/// An entry of `managedFields`.
#[derive(Deserialize)]
struct ManagedFields {
    #[serde(default)]
    manager: String,
    #[serde(default)]
    operation: String,
}

impl LiveObjects {
    pub(crate) fn connect(cluster: &Cluster, namespace: Option<String>) -> Result<Self, SessionError> {
        Ok(Self { session: Session::begin(cluster)?, namespace })
    }

    /// Where they are, for messages.
    pub(crate) fn place(&self) -> String {
        let server = self.session.server();
        match &self.namespace {
            Some(namespace) => format!("namespace {namespace} of {server}"),
            None => format!("all namespaces of {server}"),
        }
    }

    pub(crate) fn list(&self) -> Result<Vec<LiveObject>, LiveError> {
        let mut found = Vec::new();
        let mut params = ListParams::default().limit(PAGE);
        let path = SealedSecret::url_path(&(), self.namespace.as_deref());
        loop {
            let page = self.session.request(async |client| {
                let request = Request::new(&path).list(&params).map_err(kube::Error::BuildRequest)?;
                client.request::<Page>(request).await
            });
            let page = page.map_err(|error| LiveError::List {
                place: self.place(),
                namespace: self.namespace.clone(),
                source: error.into(),
            })?;
            found.extend(page.items.iter().map(|item| read(item)));
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => params = params.continue_token(&token),
                None => return Ok(found),
            }
        }
    }

    /// Writes the new items, if the object is still as it was read.
    pub(crate) fn write(&self, sealed: &SealedObject, resealed: Resealed) -> Result<(), LiveError> {
        let metadata = &sealed.metadata;
        let (namespace, name) =
            (metadata.namespace.as_deref().unwrap_or_default(), metadata.name.as_deref().unwrap_or_default());
        let mut annotations = Map::from_iter([
            (CERTIFICATE_FINGERPRINT.to_owned(), json!(resealed.hint)),
            (ITEM_CERTIFICATES.to_owned(), json!(resealed.item_certificates)),
        ]);
        annotations
            .extend(resealed.recipients.map(|recipients| (RECIPIENTS.to_owned(), Value::String(recipients))));
        let patch = Patch::Merge(json!({
            "metadata": {
                // Not a new SealedSecret of the same name, and not one with other values than those that were resealed.
                "uid": metadata.uid,
                "resourceVersion": metadata.resource_version,
                "annotations": annotations,
            },
            "spec": { "encryptedData": resealed.items },
        }));
        let patched = self.session.request(async |client| {
            let objects = Api::<ObservedMetadata<SealedSecret>>::namespaced(client, namespace);
            objects.patch(name, &PatchParams::default(), &patch).await
        });
        patched.map(drop).map_err(|mut error| {
            // A policy or webhook may show what it refuses.
            if let kube::Error::Api(status) = &mut error {
                status.message = server_message(status);
            }
            let source = match RequestError::from(error) {
                // The conflict is about the object, not about the controller's response.
                RequestError::Conflict(cause) => RequestError::Changed(cause),
                other => other,
            };
            LiveError::Write { namespace: namespace.to_owned(), source }
        })
    }
}

fn read(item: &RawValue) -> LiveObject {
    let Raw { mut metadata, spec, status } = serde_json::from_str(item.get()).unwrap_or_default();
    let managed = metadata.remove("managedFields");
    let managed: Vec<ManagedFields> =
        managed.and_then(|managed| serde_json::from_str(managed.get()).ok()).unwrap_or_default();
    let metadata: Map<String, Value> =
        metadata.into_iter().map(|(field, raw)| (field, value(&raw))).collect();
    let text = |field: &str| metadata.get(field).and_then(Value::as_str);
    let location = Location::in_cluster(SealedSecret::kind(&()).as_ref(), text("namespace"), text("name"));
    let generation = metadata.get("generation").and_then(Value::as_i64);
    let sealed = SealedObject::decode(
        &location,
        json!({
            "apiVersion": SealedSecret::api_version(&()),
            "kind": SealedSecret::kind(&()),
            "metadata": metadata,
            "spec": spec.as_deref().map_or(Value::Null, value),
        }),
    );
    let managers = managed.iter().map(|entry| (entry.manager.as_str(), entry.operation.as_str()));
    let keeper = sealed.as_ref().ok().and_then(|sealed| Keeper::of(&sealed.metadata, managers));
    let said = status.and_then(|status| not_synced(&serde_json::from_str(status.get()).ok()?, generation));
    LiveObject { location: location.to_string(), keeper, said, sealed }
}

/// The reasons of a condition that say why an object does not open. Others, such as that its Secret is not managed, come after that.
const DOES_NOT_OPEN: [&str; 4] = ["InvalidSpec", "KeyRevoked", "NoKeyOpens", "UnsealFailed"];

/// What the controller says of the present object, if it did not open it.
fn not_synced(status: &SealedSecretStatus, generation: Option<i64>) -> Option<String> {
    let synced = status.condition(Condition::SYNCED)?;
    let is_present = synced.status == ConditionStatus::False && status.observed_generation == generation;
    let is_cause = synced.reason.as_deref().is_some_and(|reason| DOES_NOT_OPEN.contains(&reason));
    Some(shown(synced.message.as_ref().filter(|_| is_present && is_cause)?))
}

/// What is nested too deep is null, which is a wrong shape.
fn value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(metadata: &str, spec: &str) -> LiveObject {
        let text =
            format!(r#"{{"metadata": {{"name": "db", "namespace": "shop", {metadata}}}, "spec": {spec}}}"#);
        read(&RawValue::from_string(text).unwrap())
    }

    const SPEC: &str = r#"{"encryptedData": {"a": "AgA="}}"#;

    #[test]
    fn fields_that_are_nested_too_deep_hide_no_object() {
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let fields = format!(r#"{{"manager": "kustomize-controller", "fieldsV1": {deep}}}"#);
        let read = object(&format!(r#""managedFields": [{fields}]"#), SPEC);
        assert_eq!(read.location, "SealedSecret shop/db");
        assert_eq!(read.keeper, Some(Keeper::Tool("kustomize-controller".into())));
        let sealed = read.sealed.unwrap();
        assert_eq!(sealed.spec.encrypted_data.len(), 1);
        assert!(!sealed.object.to_string().contains("managedFields"));
        let broken = object(r#""generation": 1"#, &format!(r#"{{"encryptedData": {deep}}}"#));
        assert_eq!(broken.sealed.unwrap_err().path, "spec");
    }

    #[test]
    fn the_tool_that_applies_it_is_known_by_its_marks() {
        let keeper = |metadata| object(metadata, SPEC).keeper;
        let tool = |mark: &str| Some(Keeper::Tool(mark.to_owned()));
        assert_eq!(
            keeper(r#""labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}"#),
            tool("kustomize.toolkit.fluxcd.io/name")
        );
        assert_eq!(
            keeper(r#""annotations": {"argocd.argoproj.io/tracking-id": "a"}"#),
            tool("argocd.argoproj.io/tracking-id")
        );
        assert_eq!(
            keeper(r#""managedFields": [{"manager": "kubectl"}, {"manager": "argocd-controller"}]"#),
            tool("argocd-controller")
        );
        assert_eq!(keeper(r#""labels": {"team": "a"}, "managedFields": [{"manager": "kubectl"}]"#), None);
    }

    #[test]
    fn what_was_applied_with_kubectl_is_known() {
        let keeper = |metadata: &str| object(metadata, SPEC).keeper;
        let manager = |name: &str, operation: &str| {
            keeper(&format!(r#""managedFields": [{{"manager": "{name}", "operation": "{operation}"}}]"#))
        };
        for applied in [
            keeper(r#""annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}"#),
            manager("kubectl-client-side-apply", "Update"),
            manager("kubectl", "Apply"),
        ] {
            assert_eq!(applied, Some(Keeper::Kubectl));
        }
        // `kubectl annotate` leaves no file behind, and Argo CD also applies as kubectl does.
        assert_eq!(manager("kubectl", "Update"), None);
        let by_both = keeper(
            r#""annotations": {"argocd.argoproj.io/tracking-id": "a", "kubectl.kubernetes.io/last-applied-configuration": "{}"}"#,
        );
        assert!(matches!(by_both, Some(Keeper::Tool(_))), "{by_both:?}");
    }
}
