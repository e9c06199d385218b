//! [`CertificateSource`]: where the certificate comes from, and the two things wanted of it: to seal with it, and
//! to print it. How it is fetched is in `file`, `url`, `cache` and, for a cluster, in `controller`; what was fetched
//! ever is in `seen`, and what is never to be sealed with again in `withdrawn`.

pub(crate) mod address;
pub(crate) mod cache;
pub(crate) mod file;
pub(crate) mod known_certificate;
pub(crate) mod store;
pub(crate) mod url;
pub(crate) mod warnings;
pub(crate) mod withdrawn;

use crate::certificate::cache::{CacheError, Cached};
use crate::certificate::known_certificate::Seen;
use crate::certificate::withdrawn::{Withdrawal, Withdrawn};
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::error::Hint;
use crate::terminal::escape::shown_path;
use envelope::{Certificate, CertificateError, Expired, Fingerprint, pem};
use jiff::Timestamp;
use std::path::PathBuf;

/// Where the certificate is.
#[derive(Debug, Clone)]
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
    #[error("will not seal with the certificate {from}")]
    Withdrawn {
        from: String,
        /// By a controller, just now.
        served: bool,
        #[source]
        source: Box<Withdrawal>,
    },
}

/// A certificate as text, and whether what gave it proved to be what was asked.
struct Fetched {
    text: String,
    is_verified: bool,
}

impl CertificateSource {
    /// The certificate, valid now.
    pub(crate) fn certificate(&self) -> Result<Certificate, SourceError> {
        let now = Timestamp::now();
        let fetched = self.fetch()?;
        let certificate = self.parse(&fetched.text)?;
        self.check_not_withdrawn(&certificate, &fetched)?;
        certificate.check_unexpired(now).map_err(|source| SourceError::Expired {
            from: self.described(),
            served: matches!(self, Self::Cluster(_)),
            source,
        })?;
        self.remember(&certificate, &fetched, now);
        warnings::of_its_end(&certificate, now);
        Ok(certificate)
    }

    /// The certificate as PEM, expired or not: to look at it does no harm. Several stay several; whatever else
    /// stands beside them, such as the private key in a bundle, is left out.
    pub(crate) fn pem(&self) -> Result<String, SourceError> {
        let fetched = self.fetch()?;
        let certificate = self.parse(&fetched.text)?;
        let now = Timestamp::now();
        match self {
            // A certificate that the user names may be looked at.
            Self::File(_) | Self::Url(_) => {}
            Self::Cluster(_) | Self::Kept(_) => self.check_not_withdrawn(&certificate, &fetched)?,
        }
        self.remember(&certificate, &fetched, now);
        warnings::of_its_end(&certificate, now);
        let first = certificate.to_pem();
        let others = pem::blocks(&fetched.text)
            .into_iter()
            .filter(|block| block.label == "CERTIFICATE")
            .skip(1)
            .map(|block| pem::encode(&block.label, &block.der).to_string());
        Ok(std::iter::once(first).chain(others).collect())
    }

    fn fetch(&self) -> Result<Fetched, SourceError> {
        let unverified = |text| Fetched { text, is_verified: false };
        match self {
            Self::File(path) => file::read(path)
                .map(unverified)
                .map_err(|source| SourceError::File { path: path.clone(), source }),
            Self::Url(url) => url::fetch(url)
                .map(unverified)
                .map_err(|source| SourceError::Url { shown: address::shown(url), source }),
            Self::Cluster(controller) => Controller::find(controller)
                .and_then(|found| {
                    Ok(Fetched { text: found.certificate()?, is_verified: found.is_verified() })
                })
                .map_err(|error| SourceError::Cluster(Box::new(error))),
            Self::Kept(controller) => Cached::of(controller)
                .map(|kept| Fetched { text: kept.certificate, is_verified: true })
                .map_err(|error| SourceError::Kept(Box::new(error))),
        }
    }

    /// A cluster may take a retired key in again, and says so by serving it.
    fn check_not_withdrawn(&self, certificate: &Certificate, fetched: &Fetched) -> Result<(), SourceError> {
        let served = matches!(self, Self::Cluster(_));
        match Withdrawal::of(certificate) {
            None => Ok(()),
            Some(known) if known.how == Withdrawn::Retired && served && fetched.is_verified => {
                Withdrawal::lift(certificate);
                Ok(())
            }
            Some(known) => {
                Err(SourceError::Withdrawn { from: self.described(), served, source: Box::new(known) })
            }
        }
    }

    /// Keeps what a cluster gave, and warns where that is not what it gave last time.
    fn remember(&self, certificate: &Certificate, fetched: &Fetched, now: Timestamp) {
        match self {
            Self::File(_) | Self::Url(_) => {}
            Self::Cluster(controller) => {
                let last = Cached::of(controller).ok();
                if let Some(last) = &last {
                    warnings::of_change(certificate, last);
                }
                if !fetched.is_verified {
                    return;
                }
                Cached::keep(controller, certificate, now);
                // The last as well: it may be from before there was a list.
                for cached in last.into_iter().chain(Cached::of(controller)) {
                    Seen::note(&cached);
                }
            }
            Self::Kept(controller) => {
                if let Ok(kept) = Cached::of(controller) {
                    warnings::of_its_age(certificate, &kept, now);
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

/// Sees to it that nothing is sealed any more with this certificate, whose key was taken out of the cluster `from`.
pub(crate) fn withdraw(certificate: &Certificate, how: Withdrawn, from: &str) {
    Withdrawal::note(certificate, how, from);
    Cached::drop_everywhere(certificate);
}

/// Whether the key of the certificate with this fingerprint was revoked from this machine: others know it, and what it opens.
pub(crate) fn is_revoked(fingerprint: Fingerprint) -> bool {
    Withdrawal::with(fingerprint).is_some_and(|known| known.how == Withdrawn::Revoked)
}

/// Lets a retired certificate be sealed with again: its key is back.
pub(crate) fn reinstate(certificate: &Certificate) {
    Withdrawal::lift(certificate);
}

/// Keeps the certificate of a new key in place of the one before it; only drops that where TLS did not prove whose it is.
pub(crate) fn replace_kept(controller: &ControllerAddress, new: &Certificate, is_verified: bool) {
    if is_verified {
        Cached::keep(controller, new, Timestamp::now());
    } else {
        Cached::drop(controller);
    }
}

impl Hint for SourceError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::File { .. } => {
                "--cert takes a file or URL; --fetch-cert gets the certificate from the cluster: --fetch-cert > \
                 cert.pem"
                    .into()
            }
            Self::Url { source, .. } => source.hint(),
            Self::Cluster(error) => return error.hint_and("or work without a cluster: --cert FILE"),
            Self::Kept(error) => match &**error {
                CacheError::Connection(error) => {
                    format!("{}; or give the certificate with --cert FILE", error.hint())
                }
                _ => "once without --offline, such as with --fetch-cert, keeps the certificate, if it comes over https and \
                      without --insecure-skip-tls-verify; or give it with --cert FILE"
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
            Self::Withdrawn { served, source, .. } => {
                let step = if *served {
                    "the controller still serves it: an older one, or upstream's, uses a key that was taken out until it is \
                     restarted"
                } else {
                    "fetch the present one with --fetch-cert"
                };
                format!("{step}. If the key is in use again on purpose, delete {}", source.file.display())
            }
        })
    }
}
