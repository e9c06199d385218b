//! Reads the value of `--cert`: a file, `file://`, `http://` or `https://`.

use crate::certificate::CertificateSource;
use crate::controller::address::ControllerAddress;
use reqwest::Url;
use std::path::PathBuf;

/// The text looks like a URL of a kind that is not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnsupportedAddress {
    #[error("there is no way to fetch from \"{0}:\"")]
    Scheme(String),
    #[error("this is not a well-formed URL")]
    Malformed,
}

impl CertificateSource {
    /// The place that `--cert` names, or the controller where it names none.
    pub(crate) fn named(
        address: Option<String>,
        controller: ControllerAddress,
    ) -> Result<Self, UnsupportedAddress> {
        let Some(address) = address else {
            return Ok(Self::Cluster(controller));
        };
        let Some(scheme) = scheme(&address) else {
            return Ok(Self::File(PathBuf::from(address)));
        };
        let parse = || Url::parse(&address).map_err(|_| UnsupportedAddress::Malformed);
        match scheme.as_str() {
            "http" | "https" => Ok(Self::Url(parse()?)),
            "file" => parse()?.to_file_path().map(Self::File).map_err(|()| UnsupportedAddress::Malformed),
            _ => Err(UnsupportedAddress::Scheme(scheme)),
        }
    }
}

/// A URL without what it may hold to log in with.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Neither fails for the schemes that get here.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.set_query(None);
    url.into()
}

/// What stands before the first colon, if it can be a scheme. One letter is a Windows drive.
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
    use std::path::Path;

    fn named(address: &str) -> Result<CertificateSource, UnsupportedAddress> {
        CertificateSource::named(Some(address.into()), ControllerAddress::default())
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
            let file = named(address);
            assert!(
                matches!(&file, Ok(CertificateSource::File(found)) if found == Path::new(path)),
                "{file:?}"
            );
        }
    }

    #[test]
    fn urls() {
        assert!(matches!(named("https://example.com/cert.pem"), Ok(CertificateSource::Url(_))));
        assert!(matches!(named("HTTP://example.com"), Ok(CertificateSource::Url(_))));
        assert_eq!(named("s3://bucket/cert.pem").err(), Some(UnsupportedAddress::Scheme("s3".into())));
        assert_eq!(named("https:///").err(), Some(UnsupportedAddress::Malformed));
    }

    #[test]
    fn credentials_are_not_shown() {
        let url = Url::parse("https://user:hunter2@example.com/cert.pem?token=hunter2").unwrap();
        assert_eq!(shown(&url), "https://example.com/cert.pem");
    }
}
