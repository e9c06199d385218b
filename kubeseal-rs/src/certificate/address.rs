//! [`Address`]: the value of `--cert`: a file, `file://`, `http://` or `https://`.

use crate::error::{Hint, Kind};
use reqwest::Url;
use std::path::PathBuf;

/// Where a certificate can be fetched from without a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    File(PathBuf),
    Url(Url),
}

/// The value of `--cert` is neither a file nor a URL that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--cert does not name a certificate")]
pub(crate) struct UnsupportedAddress(#[source] Unsupported);

/// Why a URL cannot be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unsupported {
    #[error("there is no way to fetch from \"{0}:\"")]
    Scheme(String),
    #[error("this is not a well-formed URL")]
    Malformed,
}

impl Hint for UnsupportedAddress {
    fn hint(&self) -> Option<String> {
        Some("write --cert FILE, or a URL that begins with https://, http:// or file://".into())
    }

    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl Address {
    /// Reads the value of `--cert`.
    pub(crate) fn parse(address: String) -> Result<Self, UnsupportedAddress> {
        let Some(scheme) = scheme(&address) else {
            return Ok(Self::File(PathBuf::from(address)));
        };
        let malformed = || UnsupportedAddress(Unsupported::Malformed);
        let url = || Url::parse(&address).map_err(|_| malformed());
        match scheme.as_str() {
            "http" | "https" => Ok(Self::Url(url()?)),
            "file" => url()?.to_file_path().map(Self::File).map_err(|()| malformed()),
            _ => Err(UnsupportedAddress(Unsupported::Scheme(scheme))),
        }
    }
}

/// A URL without its user name and password.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Neither fails for the schemes that get here.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.set_query(None);
    url.into()
}

/// The text before the first colon, if it can be a scheme. One letter is a Windows drive.
fn scheme(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && rest.starts_with('/');
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<Address, UnsupportedAddress> {
        Address::parse(address.into())
    }

    #[test]
    fn files() {
        for (address, path) in [
            ("cert.pem", "cert.pem"),
            ("C:\\cert.pem", "C:\\cert.pem"),
            ("C:/cert.pem", "C:/cert.pem"),
            ("odd:name.pem", "odd:name.pem"),
            ("file:///etc/cert%20a.pem", "/etc/cert a.pem"),
            ("FILE:/etc/cert.pem", "/etc/cert.pem"),
        ] {
            assert_eq!(parse(address), Ok(Address::File(path.into())));
        }
    }

    #[test]
    fn urls() {
        assert!(matches!(parse("https://example.com/cert.pem"), Ok(Address::Url(_))));
        assert!(matches!(parse("HTTP://example.com"), Ok(Address::Url(_))));
        let unsupported = |address| parse(address).map_err(|UnsupportedAddress(why)| why).err();
        assert_eq!(unsupported("s3://bucket/cert.pem"), Some(Unsupported::Scheme("s3".into())));
        assert_eq!(unsupported("https:///"), Some(Unsupported::Malformed));
    }

    #[test]
    fn credentials_are_not_shown() {
        let url = Url::parse("https://user:hunter2@example.com/cert.pem?token=hunter2").unwrap();
        assert_eq!(shown(&url), "https://example.com/cert.pem");
    }
}
