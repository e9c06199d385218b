//! `event_for`: whether an outcome is worth an event, and which. Pure.

use super::outcome::Outcome;
use super::shorten::shorten;
use api::{ConditionStatus, SealedSecretStatus};

/// An event to be recorded on a SealedSecret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Happening {
    /// Warning, else Normal.
    pub warning: bool,
    /// One word; upstream's.
    pub reason: &'static str,
    /// A sentence.
    pub message: String,
}

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
        Outcome::Synced { written, .. } => {
            let recovered = before.is_none_or(|condition| condition.status != ConditionStatus::True);
            (*written || recovered).then(|| Happening {
                warning: false,
                reason: "Unsealed",
                message: "SealedSecret unsealed successfully".into(),
            })
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
        Outcome::Hindered(hindrance) => changed.then(|| Happening {
            warning: true,
            reason: "ErrUpdateFailed",
            message: hindrance.to_string(),
        }),
    }
}
