//! [`write_status`]: by one merge patch, or by what upstream's RBAC allows instead.

use api::{SealedSecret, SealedSecretStatus, WatchedSealedSecret};
use kube::api::{Patch, PatchParams, PostParams};
use kube::core::Status;
use kube::{Api, Client, Resource as _, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Once;

/// Fields as received, nested to any depth.
type Fields = BTreeMap<String, Box<RawValue>>;

/// Writes the status if the object still has this version. Else, or if another object has its name, the API server
/// answers 409. Returns the object's new version.
///
/// Decided: the version and not the UID, because a patch of the status of a custom resource ignores the UID: the API
/// server puts its own metadata over what is sent, before it compares.
pub(crate) async fn write_status(
    client: &Client,
    observed: &WatchedSealedSecret,
    status: &SealedSecretStatus,
    version: Option<&str>,
) -> Result<Option<String>, kube::Error> {
    let mut fields = serde_json::to_value(status).map_err(kube::Error::SerdeError)?;
    let written = match patch(client, observed, &mut fields, version).await {
        // Upstream's chart grants `update` and no `patch`.
        Err(kube::Error::Api(refused)) if refused.is_forbidden() => {
            match put(client, observed, fields, version).await {
                Err(kube::Error::Api(also)) if also.is_forbidden() => Err(kube::Error::Api(refused)),
                written => written,
            }
        }
        written => written,
    }?;
    if status.opened_by.is_some() && written.status.is_some_and(|status| status.opened_by.is_none()) {
        warn_of_dropped_fields();
    }
    Ok(written.metadata.resource_version)
}

/// Once, because the definition is the same for all objects.
fn warn_of_dropped_fields() {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            hint = "apply this project's definition, charts/sealed-secrets/crds, and start the controller again",
            "the CustomResourceDefinition, which may be upstream's, drops from each status which keys opened the object: \
             `keys list` cannot count, `keys retire` refuses, and each start opens every object once"
        );
    });
}

async fn patch(
    client: &Client,
    observed: &WatchedSealedSecret,
    fields: &mut Value,
    version: Option<&str>,
) -> Result<WatchedSealedSecret, kube::Error> {
    if let Value::Object(fields) = fields {
        // A merge patch keeps the fields that it does not name.
        let target = fields.entry("target").or_insert(Value::Null);
        if let Value::Object(target) = target {
            target.entry("recipients").or_insert(Value::Null);
        }
        fields.entry("openedBy").or_insert(Value::Null);
        fields.entry("unsealed").or_insert(Value::Null);
        fields.entry("compromisedBy").or_insert(Value::Null);
    }
    let patch = json!({ "metadata": { "resourceVersion": version }, "status": fields });
    let namespace = observed.namespace().unwrap_or_default();
    Api::<WatchedSealedSecret>::namespaced(client.clone(), &namespace)
        .patch_status(&observed.name_any(), &PatchParams::default(), &Patch::Merge(patch))
        .await
}

/// Replaces the status and sends the rest of the object as received, without decoding it.
async fn put(
    client: &Client,
    observed: &WatchedSealedSecret,
    mut fields: Value,
    version: Option<&str>,
) -> Result<WatchedSealedSecret, kube::Error> {
    let namespace = observed.namespace().unwrap_or_default();
    let requests = kube::core::Request::new(SealedSecret::url_path(&(), Some(&namespace)));
    let name = observed.name_any();
    let get = requests.get(&name, &kube::api::GetParams::default()).map_err(kube::Error::BuildRequest)?;
    let mut object: Fields = client.request(get).await?;
    let mut metadata: Fields = part(&object, "metadata")?;
    if part::<Option<String>>(&metadata, "uid")? != observed.uid() {
        let gone = Status::failure("another object has its name by now", "NotFound").with_code(404);
        return Err(kube::Error::Api(Box::new(gone)));
    }
    let raw = |value: &Value| to_raw_value(value).map_err(kube::Error::SerdeError);
    metadata.insert("resourceVersion".into(), raw(&version.into())?);
    object.insert("metadata".into(), to_raw_value(&metadata).map_err(kube::Error::SerdeError)?);
    if let Value::Object(fields) = &mut fields {
        fields.values_mut().for_each(drop_nulls);
    }
    drop_nulls(&mut fields);
    object.insert("status".into(), raw(&fields)?);
    let body = serde_json::to_vec(&object).map_err(kube::Error::SerdeError)?;
    let put = requests
        .replace_subresource("status", &name, &PostParams::default(), body)
        .map_err(kube::Error::BuildRequest)?;
    client.request(put).await
}

/// Removes the fields that a patch removes: a replacement does not name them.
fn drop_nulls(fields: &mut Value) {
    if let Value::Object(fields) = fields {
        fields.retain(|_, value| !value.is_null());
    }
}

/// One of the fields, decoded; the default if there is none.
fn part<T: DeserializeOwned + Default>(fields: &Fields, name: &str) -> Result<T, kube::Error> {
    let part = fields.get(name).map(|part| serde_json::from_str(part.get()));
    part.unwrap_or_else(|| Ok(T::default())).map_err(kube::Error::SerdeError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::test_server::answering;
    use http::Method;

    /// With upstream's permissions, and an object that was deleted and created again: the status does not belong to the
    /// new object.
    #[tokio::test]
    async fn a_namesake_is_not_written_to() {
        let client = answering(|request, _| {
            let (code, answer) = match request.method {
                Method::PATCH => (403, json!({ "status": "Failure", "reason": "Forbidden", "code": 403 })),
                Method::GET => (200, json!({ "metadata": { "name": "a", "uid": "another" } })),
                _ => (200, json!({ "metadata": { "name": "a", "uid": "another", "resourceVersion": "2" } })),
            };
            (code, answer.to_string())
        });
        let observed = json!({ "metadata": { "namespace": "ns", "name": "a", "uid": "u" } });
        let observed: WatchedSealedSecret = serde_json::from_value(observed).unwrap();
        let written = write_status(&client, &observed, &SealedSecretStatus::default(), Some("1")).await;
        assert!(matches!(written, Err(kube::Error::Api(status)) if status.is_not_found()));
    }

    /// The field of an annotation that is gone is removed, by a patch and, with upstream's permissions, by a replacement.
    #[tokio::test]
    async fn a_target_without_recipients_keeps_none() {
        let target = json!({ "resourceVersion": "1", "scope": "strict" });
        let status: SealedSecretStatus = serde_json::from_value(json!({ "target": target })).unwrap();
        let metadata = json!({ "namespace": "ns", "name": "a", "uid": "u", "resourceVersion": "2" });
        let observed: WatchedSealedSecret = serde_json::from_value(json!({ "metadata": metadata })).unwrap();
        for patch_code in [200, 403] {
            let (metadata, target) = (metadata.clone(), target.clone());
            let client = answering(move |request, sent| {
                let object = json!({ "metadata": metadata });
                let sent: Value = serde_json::from_str(sent).unwrap_or_default();
                let sent = &sent["status"]["target"];
                match request.method {
                    Method::PATCH => {
                        assert_eq!(sent.get("recipients"), Some(&Value::Null));
                        let refused = json!({ "status": "Failure", "reason": "Forbidden", "code": 403 });
                        (patch_code, if patch_code == 200 { object } else { refused }.to_string())
                    }
                    Method::GET => (200, object.to_string()),
                    _ => {
                        assert_eq!(sent, &target);
                        (200, object.to_string())
                    }
                }
            });
            write_status(&client, &observed, &status, Some("2")).await.unwrap();
        }
    }

    /// With upstream's permissions: an object that is nested deeper than `serde_json` decodes is sent back as received.
    #[tokio::test]
    async fn a_deep_object_is_written_to() {
        let deep = "[".repeat(20_000) + &"]".repeat(20_000);
        let metadata = format!(r#"{{"managedFields":{deep},"name":"a","resourceVersion":"1","uid":"u"}}"#);
        let object = format!(r#"{{"metadata":{metadata},"spec":{{"x":{deep}}},"status":{{}}}}"#);
        let stored = object.clone();
        let client = answering(move |request, sent| match request.method {
            Method::PATCH => {
                (403, json!({ "status": "Failure", "reason": "Forbidden", "code": 403 }).to_string())
            }
            Method::GET => (200, stored.clone()),
            // It answers with the object that it was sent.
            _ => {
                assert_eq!(sent, stored.replace(r#""resourceVersion":"1""#, r#""resourceVersion":"2""#));
                (200, sent.to_owned())
            }
        });
        let observed: WatchedSealedSecret = serde_json::from_str(&object).unwrap();
        let written = write_status(&client, &observed, &SealedSecretStatus::default(), Some("2")).await;
        assert_eq!(written.unwrap().as_deref(), Some("2"));
    }
}
