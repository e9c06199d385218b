//! [`Endpoint`]: scheme, host and port of a service.

use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use http::Uri;
use http::uri::Authority;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The form of the text, for messages.
const FORM: &str =
    "write https://HOST[:PORT]; http is for an address of this machine alone, as http://127.0.0.1:8080";

/// Where a service listens: by HTTPS, or by HTTP at an address of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    scheme: &'static str,
    /// In lower case, and without the port that the scheme has anyway, so that equal endpoints compare as equal.
    authority: Authority,
}

/// The text is no endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoEndpoint;

impl Endpoint {
    /// By HTTPS, at `HOST[:PORT]`.
    pub(crate) fn https(authority: &str) -> Result<Self, NoEndpoint> {
        Self::new("https", authority, ":443")
    }

    /// The endpoint that an option names.
    pub(crate) fn option(spec: &ProviderSpec, name: &'static str) -> Result<Option<Self>, ProviderSpecError> {
        let value = |_| ProviderSpecError::Value(name, FORM.to_owned());
        spec.option(name).map(str::parse).transpose().map_err(value)
    }

    /// By HTTP, at an address of this machine or one of `also`, which no network routes.
    pub(crate) fn http(authority: &str, also: &[IpAddr]) -> Result<Self, NoEndpoint> {
        let plain = Self::new("http", authority, ":80")?;
        let host = plain.authority.host().trim_start_matches('[').trim_end_matches(']');
        let address: IpAddr = host.parse().map_err(|_| NoEndpoint)?;
        (address.is_loopback() || also.contains(&address)).then_some(plain).ok_or(NoEndpoint)
    }

    /// The address of a path, which begins with `/`.
    pub(crate) fn at(&self, path: &str) -> Result<Uri, http::Error> {
        Uri::builder().scheme(self.scheme).authority(self.authority.clone()).path_and_query(path).build()
    }

    fn new(scheme: &'static str, authority: &str, default_port: &str) -> Result<Self, NoEndpoint> {
        let authority = authority.to_ascii_lowercase();
        let authority = authority.strip_suffix(default_port).unwrap_or(&authority);
        let authority: Authority = authority.parse().map_err(|_| NoEndpoint)?;
        let has_user = authority.as_str().contains('@');
        let has_port = authority.port().is_some() || !authority.as_str().ends_with(':');
        let is_host = !authority.host().is_empty() && !has_user && has_port;
        is_host.then_some(Self { scheme, authority }).ok_or(NoEndpoint)
    }
}

impl FromStr for Endpoint {
    type Err = NoEndpoint;

    fn from_str(text: &str) -> Result<Self, NoEndpoint> {
        let text = text.strip_suffix('/').unwrap_or(text);
        if let Some(authority) = text.strip_prefix("https://") {
            return Self::https(authority);
        }
        Self::http(text.strip_prefix("http://").ok_or(NoEndpoint)?, &[])
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_endpoints_have_one_text() {
        let cases = [
            ("https://bao.example", "https://bao.example"),
            ("https://BAO.example:443/", "https://bao.example"),
            ("https://bao.example:8200", "https://bao.example:8200"),
            ("https://[::1]:8200", "https://[::1]:8200"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:80", "http://[::1]"),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), expected, "{text}");
        }
        let uri = Endpoint::https("bao:8200").unwrap().at("/v1/a?b=c").unwrap();
        assert_eq!(uri.to_string(), "https://bao:8200/v1/a?b=c");
    }

    #[test]
    fn http_is_for_this_machine_alone() {
        let texts = [
            "http://bao.example",
            "http://localhost:8080",
            "http://10.0.0.1",
            "http://127.0.0.1@evil.example",
            "http://127.0.0.1.evil.example",
            "https://user@bao.example",
            "https://bao.example/path",
            "https://bao.example?x",
            "https://",
            "https://:443",
            "https://bao:",
            "bao.example",
            "ftp://127.0.0.1",
        ];
        for text in texts {
            assert_eq!(text.parse::<Endpoint>(), Err(NoEndpoint), "{text}");
        }
    }
}
