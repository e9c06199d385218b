//! `own_connection_for_keys`: each request for Secrets that may be sealing keys has a connection of its own, closed once it is answered.
//!
//! Decided: a new connection for each such request, because the buffers of a connection (TLS, HTTP) keep what went through them last, a
//! private key in base64 for example, until something else overwrites it. When the connection closes, its buffers are freed, and the
//! program's allocator wipes them. Instead of a second client for keys, which a later request may forget to use. A connection takes a
//! millisecond or two, and requests for keys are rare.

use http::header::{ACCEPT, CONNECTION};
use http::{HeaderValue, Request};

/// Changes requests for the Secrets of the namespace of keys. Requests for metadata alone stay as they are.
pub(crate) fn own_connection_for_keys<B>(
    namespace: &str,
) -> impl Fn(Request<B>) -> Request<B> + Clone + use<B> {
    let secrets = format!("/api/v1/namespaces/{namespace}/secrets");
    move |mut request| {
        let rest = request.uri().path().strip_prefix(&secrets);
        let is_for_secrets = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let accept =
            request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        // Of one Secret or of a list.
        let is_for_metadata = accept.contains("as=PartialObjectMetadata");
        if is_for_secrets && !is_for_metadata {
            request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::METADATA_ONLY;

    #[test]
    fn what_may_carry_a_key_is_closed() {
        let closes = |path: &str, accept: Option<&str>| {
            let mut request = Request::get(path);
            if let Some(accept) = accept {
                request = request.header(ACCEPT, accept);
            }
            let changed = own_connection_for_keys("keys")(request.body(()).unwrap());
            changed.headers().get(CONNECTION).is_some_and(|connection| connection == "close")
        };
        for path in ["/api/v1/namespaces/keys/secrets", "/api/v1/namespaces/keys/secrets/a?x=y"] {
            assert!(closes(path, None), "{path}");
            assert!(closes(path, Some("application/json")), "{path}");
            assert!(!closes(path, Some(METADATA_ONLY)), "{path}");
        }
        for path in
            ["/api/v1/namespaces/keys2/secrets", "/api/v1/namespaces/keys/secretsx", "/api/v1/secrets"]
        {
            assert!(!closes(path, None), "{path}");
        }
    }
}
