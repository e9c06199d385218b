//! [`Identity`]: whether two transient errors have the same cause, though their texts differ. Pure.
//!
//! Decided: by what failed and not by how, because the text about a webhook or an API server that is down has ports, durations and the
//! error of the moment: by its text, each retry would be news, and be written and reported. A denial counts by its whole text, which a person
//! wrote: two policies may differ in a number. Only in memory: after a restart the status is all that is known, its text counts, and one
//! write at most is one too many.

use crate::unseal::cause::api_message::{ApiMessage, Unavailable};

/// What failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    Unavailable(Unavailable),
    /// Anything else, by its whole text.
    Text(String),
}

impl Identity {
    pub(crate) fn unavailable(message: &ApiMessage) -> Option<Self> {
        message.unavailable().cloned().map(Self::Unavailable)
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
            ("no answer at all", late(), Transient::NoAnswer, false),
            ("now it is known which", Transient::NoAnswer, late(), false),
            (
                "an outage",
                answered(500, "etcdserver: leader changed"),
                answered(500, "etcdserver: request timed out"),
                true,
            ),
            ("another code", answered(429, "too many requests"), answered(503, "shutting down"), false),
            ("the webhook works, and etcd does not", refused(), answered(500, "etcdserver: no space"), false),
            ("a missing right", answered(503, "x"), right("create"), false),
            ("another right", right("create"), right("update"), false),
            ("the same right", right("create"), right("create"), true),
            (
                "a policy that differs in a number",
                denied("policy p1: at least 8 characters"),
                denied("policy p2: at least 16 characters"),
                false,
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
            assert_eq!(before.identity() == later.identity(), expected, "{name}");
        }
    }
}
