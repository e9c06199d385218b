//! `validate`: checks through the controller whether SealedSecrets open. Prints nothing if they do.

use crate::commands::common::reason::Reason;
use crate::commands::upstream::task::Validate;
use crate::controller::Controller;
use crate::controller::error::NO_ANSWER;
use crate::error::{CommandError, Context as _, Hint};
use crate::manifest::sealed_secrets;
use std::ops::ControlFlow;

/// The error that the controller cannot open some of the SealedSecrets.
#[derive(Debug, thiserror::Error)]
#[error("{} on {server}", .locations.iter().map(|location| format!("the SealedSecret in {location} does not open")).collect::<Vec<_>>().join("; "))]
pub(crate) struct DoesNotOpen {
    pub(crate) server: String,
    pub(crate) locations: Vec<String>,
    /// The most important of the reasons why they do not open.
    pub(crate) reason: Option<Reason>,
}

pub(crate) fn validate(validate: &Validate) -> Result<(), CommandError> {
    let bytes = validate.sealed.read_text("SealedSecrets, in YAML or JSON,")?;
    let mut all = sealed_secrets::read(&validate.sealed, &bytes)?;
    let controller = Controller::find(&validate.controller).context(NO_ANSWER)?;
    for sealed in &mut all {
        sealed.default_namespace(validate.namespace.as_deref());
    }
    let objects: Vec<_> = all.iter().map(|sealed| &sealed.object).collect();
    let (mut locations, mut reason, mut failure) = (Vec::new(), None, None);
    let mut asked = all.iter();
    let _ = controller.verify_each(&objects, |answer| {
        match (answer, asked.next()) {
            (Ok(false), Some(sealed)) => {
                reason = reason.max(Reason::of(&sealed.metadata));
                locations.push(sealed.location.to_string());
            }
            (Ok(_), _) => {}
            (Err(error), _) => {
                failure = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    failure.map_or(Ok(()), Err).context(NO_ANSWER)?;
    if locations.is_empty() {
        Ok(())
    } else {
        Err(DoesNotOpen { server: controller.server().to_owned(), locations, reason }.into())
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
