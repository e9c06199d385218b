//! [`write_status`]: by one merge patch, or by a replacement, which is what upstream's RBAC allows instead.

use crate::unseal::state::patch_refusals::PatchRefusals;
use api::{SealedSecret, SealedSecretStatus, WatchedSealedSecret};
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client, Resource as _, ResourceExt as _};
use serde_json::{Value, json};
use std::sync::Once;
use std::time::Instant;

/// Writes the status if the object still has this version. Else, or if another object has its name, the API server
/// answers 409. Returns the object's new version.
///
/// Decided: the version and not the UID, because a patch of the status of a custom resource ignores the UID: the API
/// server puts its own metadata over what is sent, before it compares.
pub(crate) async fn write_status(
    client: &Client,
    refusals: &PatchRefusals,
    observed: &WatchedSealedSecret,
    status: &SealedSecretStatus,
    version: Option<&str>,
) -> Result<Option<String>, kube::Error> {
    let namespace = observed.namespace().unwrap_or_default();
    let fields = serde_json::to_value(status).map_err(kube::Error::SerdeError)?;
    let patch = || patch(client, observed, fields.clone(), version);
    let replace = || replace(client, observed, fields.clone(), version);
    let written = if refusals.are_known(&namespace, Instant::now()) {
        match replace().await {
            // The right to patch may have taken its place.
            Err(error) if is_forbidden(&error) => {
                refusals.forget(&namespace);
                patch().await
            }
            written => written,
        }
    } else {
        match patch().await {
            // Upstream's chart grants `update` and no `patch`.
            Err(refused) if is_forbidden(&refused) => match replace().await {
                Err(error) if is_forbidden(&error) => Err(refused),
                written => {
                    refusals.remember(&namespace, Instant::now());
                    written
                }
            },
            written => written,
        }
    }?;
    if status.opened_by.is_some() && written.status.is_some_and(|status| status.opened_by.is_none()) {
        warn_of_dropped_fields();
    }
    Ok(written.metadata.resource_version)
}

fn is_forbidden(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.is_forbidden())
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
    mut fields: Value,
    version: Option<&str>,
) -> Result<WatchedSealedSecret, kube::Error> {
    if let Value::Object(fields) = &mut fields {
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

/// Replaces the status.
///
/// Decided: without the rest of the object, which the API server does not take from a request for the status: it keeps the spec, the metadata and
/// (since Kubernetes 1.22) who manages which fields. Instead of reading the object first to send it back, which is one more request,
/// of up to 1.5 MB.
async fn replace(
    client: &Client,
    observed: &WatchedSealedSecret,
    fields: Value,
    version: Option<&str>,
) -> Result<WatchedSealedSecret, kube::Error> {
    let (name, namespace) = (observed.name_any(), observed.namespace().unwrap_or_default());
    let object = json!({
        "apiVersion": SealedSecret::api_version(&()),
        "kind": SealedSecret::kind(&()),
        "metadata": { "name": name, "namespace": namespace, "uid": observed.uid(), "resourceVersion": version },
        "status": fields,
    });
    let body = serde_json::to_vec(&object).map_err(kube::Error::SerdeError)?;
    let replacing = kube::core::Request::new(SealedSecret::url_path(&(), Some(&namespace)))
        .replace_subresource("status", &name, &PostParams::default(), body)
        .map_err(kube::Error::BuildRequest)?;
    client.request(replacing).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::test_server::answering;
    use http::Method;
    use parking_lot::Mutex;
    use std::sync::Arc;

    /// Requests, each with its body.
    type Got = Arc<Mutex<Vec<(Method, Value)>>>;

    /// What a server grants, and the requests that it got.
    fn server(granted: &'static [Method]) -> (Client, Got) {
        let got = Got::default();
        let requests = Arc::clone(&got);
        let client = answering(move |request, sent| {
            requests.lock().push((request.method.clone(), serde_json::from_str(sent).unwrap()));
            if granted.contains(&request.method) {
                (200, json!({ "metadata": { "name": "a", "uid": "u", "resourceVersion": "2" } }).to_string())
            } else {
                let message = format!("cannot {}", request.method);
                let refused =
                    json!({ "status": "Failure", "reason": "Forbidden", "code": 403, "message": message });
                (403, refused.to_string())
            }
        });
        (client, got)
    }

    /// The methods of the requests of one status, and how it ended.
    async fn write(
        granted: &'static [Method],
        refusals: &PatchRefusals,
        namespace: &str,
    ) -> (Vec<Method>, Result<Option<String>, String>) {
        let (client, got) = server(granted);
        let metadata = json!({ "namespace": namespace, "name": "a", "uid": "u" });
        let observed: WatchedSealedSecret = serde_json::from_value(json!({ "metadata": metadata })).unwrap();
        let written =
            write_status(&client, refusals, &observed, &SealedSecretStatus::default(), Some("1")).await;
        let methods = got.lock().iter().map(|(method, _)| method.clone()).collect();
        let message = |error| match error {
            kube::Error::Api(status) => status.message.clone(),
            error => error.to_string(),
        };
        (methods, written.map_err(message))
    }

    #[tokio::test]
    async fn a_refused_patch_is_remembered_in_its_namespace() {
        let (refusals, written) = (PatchRefusals::default(), Ok(Some("2".to_owned())));
        let both = vec![Method::PATCH, Method::PUT];
        assert_eq!(write(&[Method::PUT], &refusals, "one").await, (both.clone(), written.clone()));
        assert_eq!(write(&[Method::PUT], &refusals, "one").await, (vec![Method::PUT], written.clone()));
        assert_eq!(write(&[Method::PUT], &refusals, "two").await, (both, written.clone()));
        // Only the right to patch is left, and then it is used at once.
        let back = vec![Method::PUT, Method::PATCH];
        assert_eq!(write(&[Method::PATCH], &refusals, "one").await, (back.clone(), written.clone()));
        assert_eq!(write(&[Method::PATCH], &refusals, "one").await, (vec![Method::PATCH], written));
        // Without any right, the error names the one that our chart grants.
        let refused = Err("cannot PATCH".to_owned());
        assert_eq!(write(&[], &refusals, "two").await, (back, refused.clone()));
        assert_eq!(write(&[], &refusals, "two").await, (vec![Method::PATCH, Method::PUT], refused));
    }

    /// The field of an annotation that is gone is removed, by a patch and, with upstream's permissions, by a replacement.
    #[tokio::test]
    async fn a_target_without_recipients_keeps_none() {
        let target = json!({ "resourceVersion": "1", "scope": "strict" });
        let status: SealedSecretStatus = serde_json::from_value(json!({ "target": target })).unwrap();
        let metadata = json!({ "namespace": "ns", "name": "a", "uid": "u", "resourceVersion": "2" });
        let observed: WatchedSealedSecret = serde_json::from_value(json!({ "metadata": metadata })).unwrap();
        let (client, got) = server(&[Method::PUT]);
        write_status(&client, &PatchRefusals::default(), &observed, &status, Some("2")).await.unwrap();
        let got = got.lock();
        let [(Method::PATCH, patched), (Method::PUT, replaced)] = got.as_slice() else { panic!("{got:?}") };
        assert_eq!(patched["status"]["target"].get("recipients"), Some(&Value::Null));
        assert_eq!(replaced["status"]["target"], target);
        assert_eq!(replaced["metadata"], metadata, "the object that was observed, and no other of its name");
    }
}
