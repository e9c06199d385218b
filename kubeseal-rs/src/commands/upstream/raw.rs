//! `raw`: seals one bare value.

use crate::commands::upstream::task::Raw;
use crate::error::{CommandError, Context as _};
use api::Scope;
use rand::rngs::SysRng;

pub(crate) fn raw(raw: &Raw) -> Result<(), CommandError> {
    let namespace = match raw.scope {
        Scope::Strict | Scope::NamespaceWide => raw.namespace.decide(None)?,
        Scope::ClusterWide => String::new(),
    };
    let certificate = raw.certificate.certificate()?;
    let value = raw.value.read("a value")?;
    let label = raw.scope.label(&namespace, &raw.name);
    let sealed =
        sealing::seal_item(&mut SysRng, &certificate, &label, &value).context("cannot seal the value")?;
    // No newline, as upstream: the output goes into a manifest.
    Ok(raw.output.write(sealed.as_bytes())?)
}
