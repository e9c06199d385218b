//! [`ApiMessage`]: why the API server did not write a Secret, once for everybody and once for the log.
//!
//! The status and the events have more readers than Secrets have. An untemplated Secret is refused in the words of a policy or
//! webhook, because those help its author, unless they quote a value. Where values were rendered from templates, those words may
//! answer a question that the templates ask about the sealed values, so that only the log has them.

use crate::unseal::apply::redact::quotes_any;
use crate::unseal::report::truncate::shorten;
use api::{server_message_unless, server_message_without_reason};
use kube::core::Status;
use sealing::UnsealedSecret;
use std::fmt;

/// What the API server answered. `Display` is the text for the status and the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiMessage {
    shown: String,
    in_log: String,
}

impl ApiMessage {
    /// The answer to a write of `secret`.
    pub(crate) fn about(status: &Status, secret: &UnsealedSecret) -> Self {
        let in_log = shorten(&server_message_unless(status, |text| quotes_any(text, &secret.data)));
        if secret.templated {
            Self { shown: shorten(&server_message_without_reason(status)), in_log }
        } else {
            in_log.into()
        }
    }

    /// The same answer, with the text for the log in both places.
    pub(crate) fn in_full(&self) -> Self {
        self.in_log.clone().into()
    }
}

/// A text that does not depend on any value.
impl From<String> for ApiMessage {
    fn from(text: String) -> Self {
        Self { shown: text.clone(), in_log: text }
    }
}

impl fmt::Display for ApiMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
