//! [`ApiMessage`]: why the API server did not write a Secret: a text for the status and the event, and one for the log.
//!
//! The status and the events have more readers than Secrets have. The message of a policy or webhook helps the author of a Secret,
//! so that both texts have it, unless it quotes a value. Where values were rendered from templates, the message may depend on a
//! condition that the templates test on the sealed values: then the log alone has it.

use crate::unseal::cause::redact::quotes_any;
use crate::unseal::cause::truncate::truncate;
use api::{failed_webhook, server_message_unless, server_message_without_reason};
use kube::core::Status;
use sealing::UnsealedSecret;
use std::fmt;

/// The API server's response. `Display` is the text for the status and the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiMessage {
    shown: String,
    in_log: String,
    unavailable: Option<Unavailable>,
}

/// The answer says nothing about the Secret: the API server is unavailable, or the webhook of this name, for which the API server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unavailable {
    webhook: Option<String>,
    /// None if there was no answer.
    code: Option<u16>,
}

impl Unavailable {
    pub(crate) fn unanswered() -> Self {
        Self { webhook: None, code: None }
    }
}

impl ApiMessage {
    /// The response to a write of `secret`.
    pub(crate) fn about(status: &Status, secret: &UnsealedSecret) -> Self {
        let in_log = truncate(&server_message_unless(status, |text| quotes_any(text, &secret.data)));
        let shown =
            if secret.templated { truncate(&server_message_without_reason(status)) } else { in_log.clone() };
        Self { shown, in_log, unavailable: unavailable(status) }
    }

    /// A response with this text for both.
    pub(crate) fn answered(status: &Status, text: String) -> Self {
        Self { unavailable: unavailable(status), ..text.into() }
    }

    /// No response, for the reason in this text.
    pub(crate) fn unanswered(text: String) -> Self {
        Self { unavailable: Some(Unavailable::unanswered()), ..text.into() }
    }

    /// What is unavailable, if that is why.
    pub(crate) fn unavailable(&self) -> Option<&Unavailable> {
        self.unavailable.as_ref()
    }

    /// The response with the text for the log in both places.
    pub(crate) fn in_full(&self) -> Self {
        self.in_log.clone().into()
    }
}

/// A text that does not depend on any value.
impl From<String> for ApiMessage {
    fn from(text: String) -> Self {
        Self { shown: text.clone(), in_log: text, unavailable: None }
    }
}

/// By the code: the API server's own failures, and its refusals of more requests than it can answer.
fn unavailable(status: &Status) -> Option<Unavailable> {
    let is_unavailable = status.code >= 500 || [408, 429].contains(&status.code);
    let webhook = || failed_webhook(status).map(ToOwned::to_owned);
    is_unavailable.then(|| Unavailable { webhook: webhook(), code: Some(status.code) })
}

impl fmt::Display for ApiMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
