//! `event_for`: whether an outcome is worth an event, and which. Pure.

use crate::events::happening::Happening;
use crate::unseal::outcome::{Act, Hindrance, Outcome};
use crate::unseal::report::truncate::shorten;
use api::{Condition, ConditionStatus, SealedSecretStatus};

/// Events tell of transitions: a Secret written, a fault appeared or changed. A fault that stays is not news.
pub(crate) fn event_for(
    previous: Option<&SealedSecretStatus>,
    next: &SealedSecretStatus,
    outcome: &Outcome,
) -> Option<Happening> {
    let before = previous.and_then(|status| status.conditions.first());
    let after = next.conditions.first();
    let changed = match (before, after) {
        (Some(before), Some(after)) => !before.says_the_same(after),
        _ => true,
    };
    match outcome {
        Outcome::Synced { act, .. } => {
            let recovered = before.is_none_or(|condition| condition.status != ConditionStatus::True);
            let message = match act {
                Act::Found if !recovered => return None,
                Act::Found | Act::Written => "SealedSecret unsealed successfully",
                Act::Mended => {
                    "SealedSecret unsealed successfully: the Secret had been edited, which was corrected"
                }
                Act::Remade => {
                    "SealedSecret unsealed successfully: the Secret had been deleted, and was made again"
                }
            };
            // One reason for all of them, upstream's: a filter by it goes on showing every Secret that is written.
            Some(Happening { warning: false, reason: "Unsealed", message: message.into() })
        }
        Outcome::Refused(refusal) => changed.then(|| Happening {
            warning: true,
            reason: if refusal.is_unseal_failure() { "ErrUnsealFailed" } else { "ErrUpdateFailed" },
            message: if refusal.is_unseal_failure() {
                shorten(&format!("Failed to unseal: {refusal}"))
            } else {
                shorten(&refusal.to_string())
            },
        }),
        // The event comes when its turn has come.
        Outcome::Hindered(Hindrance::TooManyQuestions { .. }) => None,
        Outcome::Hindered(hindrance) => changed.then(|| Happening {
            warning: true,
            reason: "ErrUpdateFailed",
            message: shorten(&hindrance.to_string()),
        }),
    }
}

/// The news that a key which opened the object leaked; or another one, beside it.
pub(crate) fn leak_event(
    previous: Option<&SealedSecretStatus>,
    next: &SealedSecretStatus,
) -> Option<Happening> {
    let said = |status: &SealedSecretStatus| {
        status.condition(Condition::COMPROMISED).and_then(|condition| condition.message.clone())
    };
    let message = said(next)?;
    let is_known = previous.is_some_and(|previous| {
        let mut keys = next.compromised_by.iter().flatten();
        said(previous).as_ref() == Some(&message) && keys.all(|key| previous.says_leaked(key))
    });
    (!is_known).then_some(Happening { warning: true, reason: "KeyCompromised", message })
}
