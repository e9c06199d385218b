//! [`write_status`]: the status of a SealedSecret, by one request.

use api::{SealedSecret, SealedSecretStatus, WatchedSealedSecret};
use kube::api::PostParams;
use kube::{Client, Resource as _, ResourceExt as _};
use serde_json::json;
use std::sync::Once;

/// Replaces the status if the object still has this version. Else, or if another object has its name, the API server
/// answers 409. Returns the object's new version.
///
/// Decided: without the rest of the object, which the API server does not take from a request for the status: it keeps the spec, the metadata and
/// (since Kubernetes 1.22) who manages which fields. Instead of a patch, which upstream's permissions lack, costs the API server a sixth more of
/// its time, and keeps fields that it does not name.
pub(crate) async fn write_status(
    client: &Client,
    observed: &WatchedSealedSecret,
    status: &SealedSecretStatus,
    version: Option<&str>,
) -> Result<Option<String>, kube::Error> {
    let (name, namespace) = (observed.name_any(), observed.namespace().unwrap_or_default());
    let object = json!({
        "apiVersion": SealedSecret::api_version(&()),
        "kind": SealedSecret::kind(&()),
        "metadata": { "name": name, "namespace": namespace, "uid": observed.uid(), "resourceVersion": version },
        "status": status,
    });
    let body = serde_json::to_vec(&object).map_err(kube::Error::SerdeError)?;
    let replacing = kube::core::Request::new(SealedSecret::url_path(&(), Some(&namespace)))
        .replace_subresource("status", &name, &PostParams::default(), body)
        .map_err(kube::Error::BuildRequest)?;
    let written: WatchedSealedSecret = client.request(replacing).await?;
    if status.opened_by.is_some() && written.status.is_some_and(|status| status.decoded().opened_by.is_none())
    {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::test_server::answering;
    use http::Method;
    use serde_json::Value;

    /// Only the object that was observed, in its version, and no field that the status does not have.
    #[tokio::test]
    async fn one_request_names_the_object_and_the_whole_status() {
        let target = json!({ "resourceVersion": "1", "scope": "strict" });
        let status: SealedSecretStatus = serde_json::from_value(json!({ "target": target })).unwrap();
        let metadata = json!({ "namespace": "ns", "name": "a", "uid": "u", "resourceVersion": "2" });
        let observed: WatchedSealedSecret = serde_json::from_value(json!({ "metadata": metadata })).unwrap();
        let client = answering(move |request, sent| {
            let sent: Value = serde_json::from_str(sent).unwrap();
            assert_eq!((&request.method, &sent["metadata"]), (&Method::PUT, &metadata));
            assert_eq!(sent["status"]["target"], target);
            assert!(sent.get("spec").is_none() && sent["status"].get("openedBy").is_none(), "{sent}");
            (200, json!({ "metadata": { "name": "a", "uid": "u", "resourceVersion": "3" } }).to_string())
        });
        assert_eq!(write_status(&client, &observed, &status, Some("2")).await.unwrap().as_deref(), Some("3"));
    }
}
