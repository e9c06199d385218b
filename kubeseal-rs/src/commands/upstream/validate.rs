//! `validate`: checks through the controller whether SealedSecrets open. Prints nothing if they do.

use crate::commands::common::known_keys::KnownKeys;
use crate::commands::common::reason::Reason;
use crate::commands::upstream::does_not_open::{DoesNotOpen, Unopened};
use crate::commands::upstream::task::Validate;
use crate::controller::Controller;
use crate::controller::error::NO_ANSWER;
use crate::error::{CommandError, Context as _};
use crate::manifest::sealed_secrets;
use std::ops::ControlFlow;

pub(crate) fn validate(validate: &Validate) -> Result<(), CommandError> {
    let bytes = validate.sealed.read_text("SealedSecrets, in YAML or JSON,")?;
    let mut all = sealed_secrets::read(&validate.sealed, &bytes)?;
    let controller = Controller::find(&validate.controller).context(NO_ANSWER)?;
    for sealed in &mut all {
        sealed.default_namespace(validate.namespace.as_deref());
    }
    let objects: Vec<_> = all.iter().map(|sealed| &sealed.object).collect();
    let known = KnownKeys::default();
    let (mut unopened, mut failure) = (Vec::new(), None);
    let mut asked = all.iter();
    let _ = controller.verify_each(&objects, |answer| {
        match (answer, asked.next()) {
            (Ok(false), Some(sealed)) => {
                let reason = Reason::of(sealed, |key| known.state_of(&controller, key));
                unopened.push(Unopened { location: sealed.location.to_string(), reason });
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
    DoesNotOpen::of(controller.server(), unopened, all.len()).map_or(Ok(()), |error| Err(error.into()))
}
