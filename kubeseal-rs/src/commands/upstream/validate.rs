//! `validate`: checks through the controller whether SealedSecrets open. Prints nothing if they do.

use crate::commands::common::known_keys::KnownKeys;
use crate::commands::common::reason::Reason;
use crate::commands::upstream::task::Validate;
use crate::controller::Controller;
use crate::controller::error::NO_ANSWER;
use crate::error::{CommandError, Context as _, Hint};
use crate::manifest::sealed_secrets;
use sealing::Diagnosis;
use std::ops::ControlFlow;

/// The error that the controller cannot open some of the SealedSecrets.
#[derive(Debug, thiserror::Error)]
#[error("{} on {server}", .locations.iter().map(|location| format!("the SealedSecret in {location} does not open")).collect::<Vec<_>>().join("; "))]
pub(crate) struct DoesNotOpen {
    server: String,
    locations: Vec<String>,
    /// Why they do not open, as far as it is known.
    #[source]
    reasons: Option<Reasons>,
}

/// Why SealedSecrets do not open: the most important reason first.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
struct Reasons(Vec<Reason>);

impl DoesNotOpen {
    pub(crate) fn new(server: &str, locations: Vec<String>, mut reasons: Vec<Reason>) -> Self {
        // Of a leaked key, the values are to be changed, whatever else is wrong.
        reasons.sort_by_key(|reason| *reason != Reason::Diagnosed(Diagnosis::Revoked));
        reasons.dedup();
        let reasons = (!reasons.is_empty()).then_some(Reasons(reasons));
        Self { server: server.to_owned(), locations, reasons }
    }
}

pub(crate) fn validate(validate: &Validate) -> Result<(), CommandError> {
    let bytes = validate.sealed.read_text("SealedSecrets, in YAML or JSON,")?;
    let mut all = sealed_secrets::read(&validate.sealed, &bytes)?;
    let controller = Controller::find(&validate.controller).context(NO_ANSWER)?;
    for sealed in &mut all {
        sealed.default_namespace(validate.namespace.as_deref());
    }
    let objects: Vec<_> = all.iter().map(|sealed| &sealed.object).collect();
    let known = KnownKeys::default();
    let (mut locations, mut reasons, mut failure) = (Vec::new(), Vec::new(), None);
    let mut asked = all.iter();
    let _ = controller.verify_each(&objects, |answer| {
        match (answer, asked.next()) {
            (Ok(false), Some(sealed)) => {
                reasons.extend(Reason::of(&sealed.metadata, |key| known.state_of(&controller, key)));
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
        Err(DoesNotOpen::new(controller.server(), locations, reasons).into())
    }
}

impl Hint for DoesNotOpen {
    fn hint(&self) -> Option<String> {
        let unknown = "it was sealed for another cluster (choose one with --context), or renamed, moved to another namespace or given \
         another scope since, or its key is gone; `kubectl describe sealedsecret` tells more of one that is applied; \
         else seal the Secret again";
        let first = self.reasons.as_ref().and_then(|reasons| reasons.0.first());
        Some(first.map_or_else(|| unknown.into(), Reason::hint))
    }
}
