//! Which proxy the environment names for an address, by the rules that Go's programs follow.
//!
//! Decided: worked out here for the API server, because kube 5 compares `NO_PROXY` with the proxy's own address
//! and sends loopback through the proxy.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use std::net::IpAddr;

/// The proxy for `target`, where `variable` looks up the environment.
pub(crate) fn proxy_for(target: &Uri, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let host = target.host()?;
    if is_loopback(host) {
        return None;
    }
    let first =
        |names: [&str; 2]| names.into_iter().find_map(|name| variable(name).filter(|text| !text.is_empty()));
    let proxy = match target.scheme_str() {
        Some("https") => first(["HTTPS_PROXY", "https_proxy"]),
        _ => first(["HTTP_PROXY", "http_proxy"]),
    }?;
    // A bare `host:port` is meant as one that speaks HTTP.
    let proxy = if proxy.contains("://") { proxy } else { format!("http://{proxy}") };
    let exceptions = first(["NO_PROXY", "no_proxy"]).unwrap_or_default();
    let matcher = Matcher::builder().all(proxy.clone()).no(exceptions).build();
    matcher.intercept(target).map(|_| proxy)
}

/// Whether the host is this machine, which no proxy can reach.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(target: &str, environment: &[(&str, &str)]) -> Option<String> {
        proxy_for(&target.parse().unwrap(), |name| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn is_named_by_the_scheme() {
        let environment = [("HTTPS_PROXY", "http://secure:1"), ("http_proxy", "plain:2")];
        assert_eq!(proxy("https://api:6443", &environment).as_deref(), Some("http://secure:1"));
        assert_eq!(proxy("http://api", &environment).as_deref(), Some("http://plain:2"));
        assert_eq!(proxy("https://api", &[]), None);
        assert_eq!(proxy("https://api", &[("HTTPS_PROXY", "")]), None);
    }

    #[test]
    fn exceptions_are_those_of_the_target() {
        for (target, exceptions, proxied) in [
            ("https://10.1.2.3:6443", "10.0.0.0/8,", false),
            ("https://api.example.com:6443", ".example.com", false),
            ("https://api.example.com:6443", "example.org", true),
            ("https://api.example.com", "*", false),
            ("https://127.0.0.1:6443", "", false),
            ("https://[::1]:6443", "", false),
            ("https://localhost:6443", "", false),
        ] {
            let environment = [("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", exceptions)];
            assert_eq!(proxy(target, &environment).is_some(), proxied, "{target} {exceptions}");
        }
    }
}
