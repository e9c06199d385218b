//! [`ApiMessage`]: why the API server did not write a Secret: a text for the status and the event, and one for the log.
//!
//! The status and the events have more readers than Secrets have. The message of a policy or webhook helps the author of a Secret,
//! so that both texts have it, unless it quotes a value. Where values were rendered from templates, the message may depend on a
//! condition that the templates test on the sealed values: then the log alone has it.

use crate::unseal::cause::redact::quotes_any;
use crate::unseal::cause::truncate::truncate;
use api::{server_message_unless, server_message_without_reason};
use kube::core::Status;
use sealing::UnsealedSecret;
use std::fmt;

/// The API server's response. `Display` is the text for the status and the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiMessage {
    shown: String,
    in_log: String,
}

impl ApiMessage {
    /// The response to a write of `secret`.
    pub(crate) fn about(status: &Status, secret: &UnsealedSecret) -> Self {
        let in_log = truncate(&server_message_unless(status, |text| quotes_any(text, &secret.data)));
        if secret.templated {
            Self { shown: truncate(&server_message_without_reason(status)), in_log }
        } else {
            in_log.into()
        }
    }

    /// The response with the text for the log in both places.
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
