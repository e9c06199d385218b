//! Which proxy the environment names for an address, by the rules of Go programs.
//!
//! Decided: computed here for the API server, because kube 5 compares `NO_PROXY` with the proxy's own address and sends
//! loopback through the proxy; and for a certificate behind a URL, because reqwest reads the same variables by rules of
//! its own.
//!
//! Decided: a value that is no address is an error, where Go and reqwest connect directly without a message: a user who
//! set it does not want that.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use std::net::IpAddr;

/// The variable does not hold the address of a proxy. The message does not show the value, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the variable {0} does not hold the address of a proxy")]
pub(crate) struct NotAProxy(&'static str);

impl NotAProxy {
    /// What to do about it.
    pub(crate) fn hint(self) -> String {
        format!(
            "write {0}=http://HOST:PORT (or https://, socks5://), or unset it; NO_PROXY lists what is reached without a proxy",
            self.0
        )
    }
}

/// The proxy for `target`, where `variable` reads the environment.
pub(crate) fn proxy_for(
    target: &Uri,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Uri>, NotAProxy> {
    let Some(host) = target.host().filter(|host| !is_loopback(host)) else { return Ok(None) };
    let first = |names: [&'static str; 2]| {
        names.into_iter().find_map(|name| Some((name, variable(name).filter(|text| !text.is_empty())?)))
    };
    let proxy = match target.scheme_str() {
        Some("https") => first(["HTTPS_PROXY", "https_proxy"]),
        _ => first(["HTTP_PROXY", "http_proxy"]),
    };
    let Some((name, text)) = proxy else { return Ok(None) };
    let exceptions = first(["NO_PROXY", "no_proxy"]).map(|(_, text)| text).unwrap_or_default();
    // NO_PROXY does not depend on which proxy it is.
    let matcher = Matcher::builder().all(format!("http://{host}")).no(exceptions).build();
    if matcher.intercept(target).is_none() {
        return Ok(None);
    }
    // A bare `host:port` is meant as one that speaks HTTP.
    let text = if text.contains("://") { text } else { format!("http://{}", text.trim()) };
    address(&text).map(Some).ok_or(NotAProxy(name))
}

/// The address of a proxy that this program supports.
pub(crate) fn address(text: &str) -> Option<Uri> {
    let is_known = |url: &Uri| matches!(url.scheme_str(), Some("http" | "https" | "socks5"));
    // Each of the two parsers accepts some ports and hosts that the other rejects.
    let is_sound = reqwest::Url::parse(text.trim()).is_ok_and(|url| url.has_host());
    text.trim().parse().ok().filter(|url| is_sound && is_known(url))
}

/// Whether the host is this machine, which no proxy can reach.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(target: &str, environment: &[(&str, &str)]) -> Result<Option<Uri>, NotAProxy> {
        proxy_for(&target.parse().unwrap(), |name| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn proxy(target: &str, environment: &[(&str, &str)]) -> Option<String> {
        let proxy = found(target, environment).unwrap();
        proxy.map(|proxy| proxy.to_string().trim_end_matches('/').to_owned())
    }

    #[test]
    fn what_is_no_address_is_an_error_that_names_the_variable() {
        for text in
            ["http://", "http://[::1", "http://joe:hunter2@p x:1", "ftp://joe:hunter2@p:1", "p:hunter2"]
        {
            let error = found("https://api:6443", &[("https_proxy", text)]).unwrap_err();
            assert_eq!(error.to_string(), "the variable https_proxy does not hold the address of a proxy");
            assert!(!format!("{error:?}{}", error.hint()).contains("hunter2"), "{text}");
            // A variable that is not used may hold anything.
            assert_eq!(found("http://api", &[("https_proxy", text)]), Ok(None));
            assert_eq!(found("https://api", &[("https_proxy", text), ("NO_PROXY", "api")]), Ok(None));
            assert_eq!(found("https://127.0.0.1", &[("https_proxy", text)]), Ok(None));
        }
        assert!(found("https://api", &[("HTTPS_PROXY", "http://joe:pw@p:1")]).unwrap().is_some());
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
