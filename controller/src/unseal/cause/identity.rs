//! [`Identity`]: whether two transient errors have the same cause, though their texts differ. Pure.
//!
//! Decided: by what failed and not by how, because the text about a webhook or an API server that is down has ports, durations and the
//! error of the moment: by its text, each retry would be news, and be written and reported. Only in memory: after a restart the status is
//! all that is known, its text counts, and one write at most is one too many.

use crate::unseal::cause::api_message::{ApiMessage, Unavailable};

/// What failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    Unavailable(Unavailable),
    /// A refusal: its text is written by a person, who may change it. Numbers in it may differ each time.
    Refusal(String),
    /// Anything else, by its whole text.
    Text(String),
}

impl Identity {
    pub(crate) fn unavailable(message: &ApiMessage) -> Option<Self> {
        message.unavailable().cloned().map(Self::Unavailable)
    }

    pub(crate) fn refusal(message: &str) -> Self {
        Self::Refusal(message.chars().filter(|character| !character.is_ascii_digit()).collect())
    }

    /// Whether `later` is the same cause. A failure that does not name a webhook says no more than one that does: a webhook that does not
    /// answer is seen as either.
    pub(crate) fn covers(&self, later: &Self) -> bool {
        self == later
            || matches!(
                (self, later),
                (Self::Unavailable(_), Self::Unavailable(Unavailable { webhook: None }))
            )
    }
}

#[cfg(test)]
mod tests {
    use crate::unseal::cause::transient::Transient;
    use kube::core::Status;
    use serde_json::json;

    fn answered(code: u16, message: &str) -> Transient {
        let status =
            json!({ "status": "Failure", "code": code, "reason": "InternalError", "message": message });
        let status: Status = serde_json::from_value(status).unwrap();
        Transient::from_api(kube::Error::Api(Box::new(status)))
    }

    fn denied(message: &str) -> Transient {
        Transient::Denied(message.to_owned().into())
    }

    #[test]
    fn what_failed_counts_and_not_how() {
        let webhook = |name: &str, how: &str| {
            answered(
                500,
                &format!(
                    "Internal error occurred: failed calling webhook \"{name}\": Post \"https://x\": {how}"
                ),
            )
        };
        let refused = || webhook("w", "dial tcp 127.0.0.1:4711: connect: connection refused");
        let late = || webhook("w", "context deadline exceeded");
        let right = |verb: &str| {
            answered(403, &format!("secrets is forbidden: User \"u\" cannot {verb} resource \"secrets\""))
        };
        for (name, before, later, expected) in [
            ("the same webhook", refused(), late(), true),
            ("another webhook", refused(), webhook("v", "EOF"), false),
            ("the webhook took all the time", late(), Transient::NoAnswer, true),
            ("now it is known which", Transient::NoAnswer, late(), false),
            (
                "an outage",
                answered(503, "etcdserver: leader changed"),
                answered(500, "etcdserver: request timed out"),
                true,
            ),
            (
                "overload",
                answered(429, "too many requests"),
                answered(503, "apiserver is shutting down"),
                true,
            ),
            ("a missing right", answered(503, "x"), right("create"), false),
            ("another right", right("create"), right("update"), false),
            ("the same right", right("create"), right("create"), true),
            (
                "a policy with a number",
                denied("policy p: at most 5 MB, not 7"),
                denied("policy p: at most 5 MB, not 8"),
                true,
            ),
            (
                "a policy's other message",
                denied("policy p: ask team a"),
                denied("policy p: ask team b"),
                false,
            ),
            ("a refusal after an outage", refused(), denied("policy p: no"), false),
            (
                "an editor",
                Transient::Conflict { editor: Some("a1".into()) },
                Transient::Conflict { editor: Some("a2".into()) },
                false,
            ),
        ] {
            assert_eq!(before.identity().covers(&later.identity()), expected, "{name}");
        }
    }
}
