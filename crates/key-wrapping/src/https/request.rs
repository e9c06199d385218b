//! [`Request`]: a request, and which of its texts are secret.

use crate::provider::error::{ProviderError, ProviderErrorKind};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use std::fmt;
use zeroize::Zeroizing;

/// Room for the body, so that it is written into one buffer, which is wiped.
const BODY: usize = 4096;

/// A request to a service. Its Debug shows neither body nor secrets.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    /// Wiped when its last owner drops it.
    pub(crate) body: Bytes,
    /// Texts that no message shows, whatever the service says.
    pub(super) secrets: Vec<Zeroizing<String>>,
}

impl Request {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into(), Zeroizing::default())
    }

    /// A request with a body in JSON.
    pub(crate) fn post_json(path: impl Into<String>, body: &impl Serialize) -> Result<Self, ProviderError> {
        let mut text = Zeroizing::new(Vec::with_capacity(BODY));
        let failed = |_| ProviderError::new(ProviderErrorKind::Unavailable, "a request could not be encoded");
        serde_json::to_writer(&mut *text, body).map_err(failed)?;
        let mut request = Self::new(Method::POST, path.into(), text);
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    /// A request with the body of an HTML form.
    pub(crate) fn post_form(path: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let text =
            form_urlencoded::Serializer::new(String::with_capacity(BODY)).extend_pairs(fields).finish();
        let mut request = Self::new(Method::POST, path.into(), Zeroizing::new(text.into_bytes()));
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers.insert(CONTENT_TYPE, form);
        request
    }

    /// With a header whose value is no secret.
    pub(crate) fn header(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    /// With a header whose value is a secret.
    pub(crate) fn secret_header(self, name: &'static str, value: &str) -> Result<Self, ProviderError> {
        let message = "the token has characters that no token has: line breaks, spaces or others";
        let mut header = HeaderValue::from_str(value)
            .map_err(|_| ProviderError::new(ProviderErrorKind::Denied, message))?;
        header.set_sensitive(true);
        Ok(self.header(name, header).keeping_secret(value))
    }

    /// With a text of its body that is a secret.
    pub(crate) fn keeping_secret(mut self, text: &str) -> Self {
        self.secrets.push(Zeroizing::new(text.to_owned()));
        self
    }

    fn new(method: Method, path: String, body: Zeroizing<Vec<u8>>) -> Self {
        let body = Bytes::from_owner(body);
        Self { method, path, headers: HeaderMap::new(), body, secrets: Vec::new() }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method, self.path)
    }
}

/// Bytes as base64, wiped on drop.
pub(crate) fn base64(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(BASE64_STANDARD.encode(bytes))
}
