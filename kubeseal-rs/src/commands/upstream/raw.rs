//! `raw`: seals one bare value.

use crate::commands::upstream::task::Raw;
use crate::error::{CommandError, Hint};
use api::Scope;
use envelope::SealError;
use rand::rngs::SysRng;

/// The value was not sealed.
#[derive(Debug, thiserror::Error)]
#[error("cannot seal the value")]
struct CannotSeal {
    source: SealError,
}

impl Hint for CannotSeal {}

pub(crate) fn raw(raw: &Raw) -> Result<(), CommandError> {
    let namespace = match raw.scope {
        Scope::Strict | Scope::NamespaceWide => raw.namespace.decide(None)?,
        Scope::ClusterWide => String::new(),
    };
    let certificate = raw.certificate.certificate()?;
    let value = raw.value.read("a value")?;
    let label = raw.scope.label(&namespace, &raw.name);
    let sealed = sealing::seal_item(&mut SysRng, &certificate, &label, &value)
        .map_err(|source| CannotSeal { source })?;
    // No newline, as upstream: it goes into a manifest.
    Ok(raw.output.write(sealed.as_bytes())?)
}
