//! [`CertificateSource`]: where the certificate comes from, and the two things wanted of it: to seal with it, and
//! to print it. How it is fetched is in `file`, `url`, `cache` and, for a cluster, in `controller`; what was fetched
//! ever is in `seen`.

mod address;
mod cache;
mod caution;
mod file;
mod seen;
mod store;
mod url;

pub(crate) use address::UnsupportedAddress;
pub(crate) use seen::Seen;

use crate::controller::{Controller, ControllerAddress, ControllerError};
use crate::shown::shown_path;
use cache::{CacheError, Cached};
use envelope::{Certificate, CertificateError, Expired, pem};
use jiff::Timestamp;
use std::path::PathBuf;

/// Where the certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CertificateSource {
    /// In a file.
    File(PathBuf),
    /// Behind a URL.
    Url(reqwest::Url),
    /// With the controller of a cluster.
    Cluster(ControllerAddress),
    /// With us, since that controller last gave it.
    Kept(ControllerAddress),
}

/// Why there is no certificate to seal with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("cannot read the certificate {}", .path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot fetch the certificate from {shown}")]
    Url {
        shown: String,
        #[source]
        source: url::FetchError,
    },
    #[error("cannot fetch the certificate from the cluster")]
    Cluster(#[source] Box<ControllerError>),
    #[error("cannot use --offline")]
    Kept(#[source] Box<CacheError>),
    #[error("cannot use the certificate {from}")]
    Unusable {
        from: String,
        #[source]
        source: CertificateError,
    },
    #[error("will not seal with the certificate {from}")]
    Expired {
        from: String,
        /// By a controller, just now.
        served: bool,
        #[source]
        source: Expired,
    },
}

impl CertificateSource {
    /// The certificate, valid now.
    pub(crate) fn certificate(&self) -> Result<Certificate, SourceError> {
        let now = Timestamp::now();
        let text = self.text()?;
        let certificate = self.parse(&text)?;
        certificate.check_unexpired(now).map_err(|source| SourceError::Expired {
            from: self.described(),
            served: matches!(self, Self::Cluster(_)),
            source,
        })?;
        self.remember(&certificate, now);
        caution::of_its_end(&certificate, now);
        Ok(certificate)
    }

    /// The certificate as PEM, expired or not: looking at it harms nobody. Several stay several; whatever else
    /// stands beside them, such as the private key in a bundle, is left out.
    pub(crate) fn pem(&self) -> Result<String, SourceError> {
        let text = self.text()?;
        let certificate = self.parse(&text)?;
        let now = Timestamp::now();
        self.remember(&certificate, now);
        caution::of_its_end(&certificate, now);
        let first = certificate.to_pem();
        let others = pem::blocks(&text)
            .into_iter()
            .filter(|block| block.label == "CERTIFICATE")
            .skip(1)
            .map(|block| pem::encode(&block.label, &block.der).to_string());
        Ok(std::iter::once(first).chain(others).collect())
    }

    fn text(&self) -> Result<String, SourceError> {
        match self {
            Self::File(path) => {
                file::read(path).map_err(|source| SourceError::File { path: path.clone(), source })
            }
            Self::Url(url) => {
                url::fetch(url).map_err(|source| SourceError::Url { shown: address::shown(url), source })
            }
            Self::Cluster(controller) => Controller::find(controller)
                .and_then(|controller| controller.certificate())
                .map_err(|error| SourceError::Cluster(Box::new(error))),
            Self::Kept(controller) => Cached::of(controller)
                .map(|kept| kept.certificate)
                .map_err(|error| SourceError::Kept(Box::new(error))),
        }
    }

    /// Keeps what a cluster gave, and warns where that is not what it gave last time.
    fn remember(&self, certificate: &Certificate, now: Timestamp) {
        match self {
            Self::File(_) | Self::Url(_) => {}
            Self::Cluster(controller) => {
                let last = Cached::of(controller).ok();
                if let Some(last) = &last {
                    caution::of_change(certificate, last);
                }
                Cached::keep(controller, certificate, now);
                // The last as well: it may be from before there was a list.
                for cached in last.into_iter().chain(Cached::of(controller)) {
                    Seen::note(&cached);
                }
            }
            Self::Kept(controller) => {
                if let Ok(kept) = Cached::of(controller) {
                    caution::of_its_age(certificate, &kept, now);
                }
            }
        }
    }

    fn parse(&self, text: &str) -> Result<Certificate, SourceError> {
        Certificate::from_pem(text).map_err(|source| SourceError::Unusable { from: self.described(), source })
    }

    fn described(&self) -> String {
        match self {
            Self::File(path) => shown_path(path),
            Self::Url(url) => address::shown(url),
            Self::Cluster(controller) => format!("of {}/{}", controller.namespace, controller.name),
            Self::Kept(controller) => format!("kept of {}/{}", controller.namespace, controller.name),
        }
    }
}

impl SourceError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::File { .. } => {
                "--cert takes a file or URL; --fetch-cert gets the certificate from the cluster: --fetch-cert > \
                 cert.pem"
                    .into()
            }
            Self::Url { source, .. } => source.hint(),
            Self::Cluster(error) => format!("{}; or work without a cluster: --cert FILE", error.hint()),
            Self::Kept(error) => match &**error {
                CacheError::Connection(error) => {
                    format!("{}; or give the certificate with --cert FILE", error.hint())
                }
                _ => "once without --offline, such as with --fetch-cert, keeps the certificate; or give it with --cert \
                      FILE"
                    .into(),
            },
            Self::Unusable { source, .. } => match source {
                CertificateError::PrivateKey => {
                    "--cert takes the certificate (PEM block \"CERTIFICATE\"), which may be public; keep the \
                     private key out of it"
                        .into()
                }
                CertificateError::NotPem | CertificateError::Malformed => {
                    "--cert takes a PEM file with a block \"CERTIFICATE\"; --fetch-cert writes one".into()
                }
                CertificateError::Key(_) => {
                    "the controller's own certificate has an RSA key; --fetch-cert writes it".into()
                }
            },
            Self::Expired { served: true, .. } => {
                "the controller has made no new one in time; its log and its --key-renew-period tell why".into()
            }
            Self::Expired { served: false, .. } => {
                "fetch the present one with --fetch-cert; the controller makes a new one every 30 days".into()
            }
        }
    }
}
