//! The events on a SealedSecret: [`event_for`] an outcome, and [`leak_event`]. Pure. To add one, add a function, and call it in `report`.
//!
//! Reasons are interfaces, most of them upstream's.

use crate::events::queue::NewEvent;
use crate::unseal::cause::transient::Transient;
use crate::unseal::cause::truncate::truncate;
use crate::unseal::outcome::{Act, Outcome};
use api::{Condition, ConditionStatus, SealedSecretStatus};

/// The event for an outcome: for each Secret that was written, and for each failure that is new or has another message.
/// None if nothing has changed.
pub(crate) fn event_for(
    previous: Option<&SealedSecretStatus>,
    next: &SealedSecretStatus,
    outcome: &Outcome,
) -> Option<NewEvent> {
    let before = previous.and_then(|status| status.conditions.first());
    let after = next.conditions.first();
    let changed = match (before, after) {
        (Some(before), Some(after)) => !before.says_the_same(after),
        _ => true,
    };
    let (reason, message) = match outcome {
        Outcome::Synced { act, .. } => {
            let recovered = before.is_none_or(|condition| condition.status != ConditionStatus::True);
            let message = match act {
                Act::Settled | Act::Found if !recovered => return None,
                Act::Settled | Act::Found | Act::Written => "SealedSecret unsealed successfully",
                Act::Corrected => {
                    "SealedSecret unsealed successfully: the Secret had been edited, which was corrected"
                }
                Act::Recreated => {
                    "SealedSecret unsealed successfully: the Secret had been deleted, and was created again"
                }
            };
            // Upstream's reason for all of them: a filter by it shows every Secret that is written.
            return Some(NewEvent { warning: false, reason: "Unsealed", message: message.into() });
        }
        // The event comes when the change is processed.
        Outcome::Failed(Transient::RateLimited { .. }) => return None,
        Outcome::Refused(refusal) if refusal.is_unseal_failure() => {
            ("ErrUnsealFailed", format!("Failed to unseal: {refusal}"))
        }
        Outcome::Refused(refusal) => ("ErrUpdateFailed", refusal.to_string()),
        Outcome::Failed(error) => ("ErrUpdateFailed", error.to_string()),
    };
    changed.then(|| NewEvent { warning: true, reason, message: truncate(&message) })
}

/// The event for a leaked key that opened the SealedSecret; None where the last status has all leaked keys already.
pub(crate) fn leak_event(
    previous: Option<&SealedSecretStatus>,
    next: &SealedSecretStatus,
) -> Option<NewEvent> {
    let said = |status: &SealedSecretStatus| {
        status.condition(Condition::COMPROMISED).and_then(|condition| condition.message.clone())
    };
    let message = said(next)?;
    let is_known = previous.is_some_and(|previous| {
        let mut keys = next.compromised_by.iter().flatten();
        said(previous).as_ref() == Some(&message) && keys.all(|key| previous.says_leaked(key))
    });
    (!is_known).then_some(NewEvent { warning: true, reason: "KeyCompromised", message })
}
