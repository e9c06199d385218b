//! [`ApiRequest`]: verb and resource of a request to the API server, as in RBAC. Pure.

use http::{Method, Uri};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiRequest {
    /// `get`, `list`, `watch`, `create`, `update`, `patch` or `delete`.
    pub(crate) verb: &'static str,
    /// As in `secrets` or `sealedsecrets/status`; empty if the path is no resource.
    pub(crate) resource: String,
    /// The path, and the selectors. Equal for each request of one watch.
    pub(crate) target: String,
}

impl ApiRequest {
    pub(crate) fn by(method: &Method, uri: &Uri) -> Self {
        let segments: Vec<&str> = uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
        let rest = match segments.as_slice() {
            ["api", _, rest @ ..] | ["apis", _, _, rest @ ..] => rest,
            _ => &[],
        };
        let rest = match rest {
            ["namespaces", _, rest @ ..] if !rest.is_empty() => rest,
            rest => rest,
        };
        let (resource, named) = match rest {
            [] => (String::new(), false),
            [resource] => ((*resource).to_owned(), false),
            [resource, _] => ((*resource).to_owned(), true),
            [resource, _, sub @ ..] => (format!("{resource}/{}", sub.join("/")), true),
        };
        let pairs = || uri.query().unwrap_or_default().split('&');
        let watch = pairs().any(|pair| pair == "watch=true");
        let selectors = pairs().filter(|pair| pair.contains("Selector="));
        let target = [uri.path()].into_iter().chain(selectors).collect::<Vec<_>>().join("&");
        let verb = match *method {
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE => "delete",
            _ if watch => "watch",
            _ if named => "get",
            _ => "list",
        };
        Self { verb, resource, target }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_words_of_rbac() {
        for (method, uri, verb, resource) in [
            (Method::GET, "/api/v1/namespaces/a/secrets/b", "get", "secrets"),
            (Method::GET, "/api/v1/secrets?watch=true&x=y", "watch", "secrets"),
            (Method::GET, "/api/v1/namespaces/a/secrets?limit=5", "list", "secrets"),
            (Method::POST, "/api/v1/namespaces/a/events?", "create", "events"),
            (
                Method::PATCH,
                "/apis/bitnami.com/v1alpha1/namespaces/a/sealedsecrets/b/status",
                "patch",
                "sealedsecrets/status",
            ),
            (Method::GET, "/api/v1/namespaces/a", "get", "namespaces"),
            (Method::GET, "/version", "list", ""),
        ] {
            let api_request = ApiRequest::by(&method, &Uri::from_static(uri));
            assert_eq!((api_request.verb, api_request.resource.as_str()), (verb, resource), "{uri}");
        }
    }

    #[test]
    fn a_watch_is_the_same_watch_when_it_goes_on() {
        let target = |uri| ApiRequest::by(&Method::GET, &Uri::from_static(uri)).target;
        let first = target("/api/v1/secrets?watch=true&labelSelector=a&resourceVersion=1");
        assert_eq!(first, target("/api/v1/secrets?watch=true&labelSelector=a&resourceVersion=2"));
        assert_ne!(first, target("/api/v1/secrets?watch=true&resourceVersion=1"));
    }
}
