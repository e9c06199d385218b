//! `raw`: seals one bare value.

use crate::commands::common::written::Written;
use crate::commands::upstream::task::Raw;
use crate::error::{CommandError, Context as _, Hint};
use crate::files::input::Input;
use crate::terminal::prompt::{self, PromptError};
use api::Scope;
use rand::rngs::SysRng;
use std::io::{IsTerminal as _, stdin};

/// No value was typed.
#[derive(Debug, thiserror::Error)]
#[error("there is no value to seal")]
struct NotTyped(#[source] PromptError);

impl Hint for NotTyped {
    fn hint(&self) -> Option<String> {
        match &self.0 {
            PromptError::Nothing(_) => {
                Some("type or paste it, pipe it in, or name a file: --from-file FILE".into())
            }
            other => Some(other.hint()),
        }
    }
}

pub(crate) fn raw(raw: &Raw) -> Result<(), CommandError> {
    let namespace = match raw.scope {
        Scope::Strict | Scope::NamespaceWide => raw.namespace.decide(None)?,
        Scope::ClusterWide => String::new(),
    };
    let certificate = raw.certificate.certificate()?;
    let value = value(&raw.value)?;
    let label = raw.scope.label(&namespace, &raw.name);
    let sealed =
        sealing::seal_item(&mut SysRng, &certificate, &label, &value).context("cannot seal the value")?;
    // No newline, as upstream: the output goes into a manifest.
    raw.output.write(sealed.as_bytes())?;
    let mut written = Written::default();
    written.add_for(raw.scope, &namespace, &raw.name, 1);
    raw.output.wrote(written);
    Ok(())
}

/// The value, which is not shown while it is typed.
fn value(input: &Input) -> Result<Vec<u8>, CommandError> {
    // Other systems cannot hide it.
    if cfg!(unix) && *input == Input::Stdin && stdin().is_terminal() {
        return Ok(prompt::read("value").map_err(NotTyped)?);
    }
    Ok(input.read("a value")?)
}
