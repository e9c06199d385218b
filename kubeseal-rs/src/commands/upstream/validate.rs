//! `validate`: asks the controller whether it can open SealedSecrets. Prints nothing if it can.

use crate::commands::common::reason::Reason;
use crate::commands::upstream::task::Validate;
use crate::controller::Controller;
use crate::controller::error::CANNOT_ASK;
use crate::error::{CommandError, Context as _, Hint};
use crate::manifest::sealed_secrets;

/// The controller cannot open some of them.
#[derive(Debug, thiserror::Error)]
#[error("{} on {server}", .places.iter().map(|place| format!("the SealedSecret in {place} does not open")).collect::<Vec<_>>().join("; "))]
pub(crate) struct DoesNotOpen {
    pub(crate) server: String,
    pub(crate) places: Vec<String>,
    /// The most important reason of any of them.
    pub(crate) reason: Option<Reason>,
}

pub(crate) fn validate(validate: &Validate) -> Result<(), CommandError> {
    let bytes = validate.sealed.read_text("SealedSecrets, in YAML or JSON,")?;
    let all = sealed_secrets::read(&validate.sealed, &bytes)?;
    let controller = Controller::find(&validate.controller).context(CANNOT_ASK)?;
    let mut places = Vec::new();
    let mut reason = None;
    for mut sealed in all {
        sealed.default_namespace(validate.namespace.as_deref());
        if !controller.verify(&sealed.object).context(CANNOT_ASK)? {
            reason = reason.max(Reason::of(&sealed.metadata));
            places.push(sealed.location.to_string());
        }
    }
    if places.is_empty() {
        Ok(())
    } else {
        Err(DoesNotOpen { server: controller.server().to_owned(), places, reason }.into())
    }
}

impl Hint for DoesNotOpen {
    fn hint(&self) -> Option<String> {
        let unknown = "it was sealed for another cluster (choose one with --context), or renamed, moved to another namespace or given \
         another scope since, or its key is gone; `kubectl describe sealedsecret` tells more of one that is applied; \
         else seal the Secret again";
        Some(self.reason.map_or_else(|| unknown.into(), Reason::hint))
    }
}
