//! `list`: Secrets as one List in YAML, as `kubectl get -o yaml` writes it.

use crate::manifest::write::{RenderError, to_yaml};
use k8s_openapi::api::core::v1::Secret;

/// Writes a List that `kubectl apply -f`, `--recovery-private-key` and `keys restore` read.
pub(crate) fn list(secrets: &[Secret]) -> Result<String, RenderError> {
    let items = to_yaml(serde_json::to_value(secrets).map_err(RenderError::Json)?)?;
    Ok(format!("apiVersion: v1\nkind: List\nitems:\n{items}"))
}
