//! [`Response`]: what a service answered.

use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::words::shown;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Deserializer};
use std::fmt;
use zeroize::Zeroizing;

/// A response, of any status. Its Debug shows no body.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(super) body: Zeroizing<Vec<u8>>,
    /// What the request had that no message shows.
    pub(super) secrets: Vec<Zeroizing<String>>,
}

impl Response {
    /// The body as JSON. The error names the member that is wrong, and shows no value.
    pub(crate) fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ProviderError> {
        let garbage = |problem: strict_json::Problem| {
            ProviderError::new(ProviderErrorKind::Garbage, format!("its answer cannot be used: {problem}"))
        };
        strict_json::from_slice(&self.body, &[]).map_err(garbage)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Result<&str, ProviderError> {
        let garbage =
            |_| ProviderError::new(ProviderErrorKind::Garbage, "its answer cannot be used: it is no text");
        str::from_utf8(&self.body).map_err(garbage)
    }

    /// Words of this response for a message: one line, cut, and without what the request had as a secret.
    pub(crate) fn words(&self, text: &str) -> String {
        shown(text, &self.secrets)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({})", self.status)
    }
}

/// For `deserialize_with`: a text that is wiped on drop.
pub(crate) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}
