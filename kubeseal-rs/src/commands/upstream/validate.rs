//! `validate`: whether SealedSecrets open in the cluster. Says nothing where they do.

use crate::commands::reason::Reason;
use crate::controller::Controller;
use crate::error::Failure;
use crate::manifest::{read_sealed, unplaced};
use crate::settings::Validate;

/// The controller says that some do not open.
#[derive(Debug, thiserror::Error)]
#[error("{} on {server}", .places.iter().map(|place| format!("the SealedSecret in {place} does not open")).collect::<Vec<_>>().join("; "))]
pub(crate) struct DoesNotOpen {
    pub(crate) server: String,
    pub(crate) places: Vec<String>,
    /// The gravest that one of them tells.
    pub(crate) reason: Option<Reason>,
}

pub(crate) fn validate(validate: &Validate) -> Result<(), Failure> {
    let bytes = validate.sealed.read_text("SealedSecrets, in YAML or JSON,")?;
    let all = read_sealed::read_sealed(&validate.sealed, &bytes)?;
    let controller = Controller::find(&validate.controller)?;
    let mut places = Vec::new();
    let mut reason = None;
    for mut sealed in all {
        unplaced::place(&mut sealed.metadata, &mut sealed.object, validate.namespace.as_deref());
        if !controller.verify(&sealed.object)? {
            places.push(sealed.place.to_string());
            reason = reason.max(Reason::of(&sealed.metadata));
        }
    }
    if places.is_empty() {
        Ok(())
    } else {
        Err(DoesNotOpen { server: controller.server().to_owned(), places, reason }.into())
    }
}

impl DoesNotOpen {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        if let Some(reason) = self.reason {
            return reason.hint();
        }
        "it was sealed for another cluster (choose one with --context), or renamed, moved to another namespace or given \
         another scope since, or its key is gone; `kubectl describe sealedsecret` tells more of one that is applied; \
         else seal the Secret again"
            .into()
    }
}
