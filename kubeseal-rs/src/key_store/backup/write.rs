//! `list`: Secrets as one List in YAML, as `kubectl get -o yaml` writes it.

use crate::manifest::write::{RenderError, secret_value, to_yaml};
use sealing::UnsealedSecret;

/// Writes a List that `kubectl apply -f`, `--recovery-private-key` and `keys restore` read.
pub(crate) fn list(secrets: &[UnsealedSecret]) -> Result<String, RenderError> {
    let items = to_yaml(secrets.iter().map(secret_value).collect::<Result<_, _>>()?)?;
    Ok(format!("apiVersion: v1\nkind: List\nitems:\n{items}"))
}
