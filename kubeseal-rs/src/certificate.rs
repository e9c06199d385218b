//! [`CertificateSource`]: where the certificate comes from; commands seal with it, or print it. How it is fetched is in
//! `file`, `url`, `cache` and, for a cluster, in `controller`. `known_certificate` stores every certificate that was
//! fetched, `withdrawn` those whose keys were retired or revoked. To add a source: a variant here, and a file beside
//! `url`.

pub(crate) mod address;
pub(crate) mod cache;
pub(crate) mod file;
pub(crate) mod key_states;
pub(crate) mod known_certificate;
pub(crate) mod url;
pub(crate) mod warnings;
pub(crate) mod withdrawn;

use crate::certificate::address::{Address, UnsupportedAddress};
use crate::certificate::cache::{CacheError, Cached};
use crate::certificate::key_states::is_in_use;
use crate::certificate::known_certificate::KnownCertificate;
use crate::certificate::url::Redirects;
use crate::certificate::withdrawn::{Withdrawal, Withdrawn};
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::error::Hint;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use envelope::{Certificate, CertificateError, Expired, Fingerprint, pem};
use jiff::Timestamp;
use std::path::PathBuf;
use std::time::Duration;

/// How often, and after which delay, the certificate of a new key is asked for. A controller serves it as soon as it has seen the Secret.
const TRIES_AFTER_RENEWAL: usize = 8;
const INTERVAL_AFTER_RENEWAL: Duration = Duration::from_millis(250);

/// The source of the certificate.
///
/// Decided: an enum, because the four sources are all there will be, and `inspect` tells the user which one it was.
#[derive(Debug, Clone)]
pub(crate) enum CertificateSource {
    File(PathBuf),
    Url(reqwest::Url),
    /// The controller of a cluster.
    Controller(ControllerAddress),
    /// The cache of this machine: the certificate that this controller served last.
    Cache(ControllerAddress),
    /// A file or URL, and the controller whose keys decide, if the certificate would be refused because its key was retired.
    Named(Box<Self>, Box<ControllerAddress>),
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
    Controller(#[source] Box<ControllerError>),
    #[error("cannot use --offline")]
    Cache(#[source] Box<CacheError>),
    #[error("cannot use the certificate {from}")]
    Unusable {
        from: String,
        #[source]
        source: CertificateError,
    },
    #[error("will not seal with the certificate {from}")]
    Expired {
        from: String,
        /// A controller served it just now.
        served: bool,
        #[source]
        source: Expired,
    },
    #[error("will not seal with the certificate {from}")]
    Withdrawn {
        from: String,
        /// A controller served it just now.
        served: bool,
        #[source]
        source: Box<Withdrawal>,
    },
}

/// The result of a source.
struct Fetched {
    certificate: Certificate,
    /// The PEM text, which may hold more certificates.
    text: String,
    trust: Trust,
    /// Where it came from, for messages.
    from: String,
}

/// Why a certificate is trusted to be the controller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The user names it, as a file or URL.
    Named,
    /// A controller served it, and TLS verified the API server.
    Verified,
    /// A controller served it, over plain http or without a check of TLS.
    Insecure,
    /// A controller served it earlier, and TLS verified the API server.
    Cached,
}

impl Trust {
    /// Whether a controller served the certificate just now.
    const fn is_served(self) -> bool {
        matches!(self, Self::Verified | Self::Insecure)
    }
}

impl CertificateSource {
    /// The file or URL of `--cert`.
    pub(crate) fn named(address: String) -> Result<Self, UnsupportedAddress> {
        Ok(match Address::parse(address)? {
            Address::File(path) => Self::File(path),
            Address::Url(url) => Self::Url(url),
        })
    }

    /// The certificate, if it is valid now and was not withdrawn.
    pub(crate) fn certificate(&self) -> Result<Certificate, SourceError> {
        self.certificate_and_trust().map(|(certificate, _)| certificate)
    }

    /// The certificate, if it is valid now and was not withdrawn, and why it is trusted to be the controller's.
    pub(crate) fn certificate_and_trust(&self) -> Result<(Certificate, Trust), SourceError> {
        let now = Timestamp::now();
        let fetched = self.fetch()?;
        self.check_not_withdrawn(&fetched)?;
        fetched.certificate.check_unexpired(now).map_err(|source| SourceError::Expired {
            from: fetched.from.clone(),
            served: fetched.trust.is_served(),
            source,
        })?;
        self.remember(&fetched, now);
        Ok((fetched.certificate, fetched.trust))
    }

    /// The certificate as PEM, expired or not: printing it does no harm. Several certificates stay several; other
    /// blocks, such as the private key in a bundle, are left out.
    pub(crate) fn pem(&self) -> Result<String, SourceError> {
        let fetched = self.fetch()?;
        // A certificate that the user names may be printed.
        if fetched.trust != Trust::Named {
            self.check_not_withdrawn(&fetched)?;
        }
        self.remember(&fetched, Timestamp::now());
        let others = pem::blocks(&fetched.text)
            .into_iter()
            .filter(|block| block.label == "CERTIFICATE")
            .skip(1)
            .map(|block| pem::encode(&block.label, &block.der).to_string());
        Ok(std::iter::once(fetched.certificate.to_pem()).chain(others).collect())
    }

    /// The file or URL itself; that of a controller or the cache as it is.
    pub(crate) fn plain(&self) -> &Self {
        match self {
            Self::Named(source, _) => source,
            other => other,
        }
    }

    fn fetch(&self) -> Result<Fetched, SourceError> {
        let mut from = self.described();
        let (text, trust) = match self {
            Self::File(path) => {
                let text = file::read(path);
                let text = text.map_err(|source| SourceError::File { path: path.clone(), source })?;
                (text, Trust::Named)
            }
            Self::Url(url) => {
                let text = url::fetch(url, Redirects::Followed);
                let text = text.map_err(|source| SourceError::Url { shown: address::shown(url), source })?;
                (text, Trust::Named)
            }
            Self::Controller(controller) => Controller::find(controller)
                .and_then(|found| {
                    let trust = if found.is_verified() { Trust::Verified } else { Trust::Insecure };
                    from = format!("of {}", found.service());
                    Ok((found.certificate()?, trust))
                })
                .map_err(|error| SourceError::Controller(Box::new(error)))?,
            Self::Cache(controller) => {
                let cached = Cached::of(controller).map_err(|error| SourceError::Cache(Box::new(error)))?;
                (cached.certificate, Trust::Cached)
            }
            Self::Named(source, _) => return source.fetch(),
        };
        let certificate = Certificate::from_pem(&text)
            .map_err(|source| SourceError::Unusable { from: from.clone(), source })?;
        Ok(Fetched { certificate, text, trust, from })
    }

    /// A cluster that serves a retired key over verified TLS uses it again, as one does that has it among its active keys.
    fn check_not_withdrawn(&self, fetched: &Fetched) -> Result<(), SourceError> {
        let is_used = || match self {
            Self::Named(_, controller) => is_in_use(controller, &fetched.certificate),
            _ => fetched.trust == Trust::Verified,
        };
        match Withdrawal::of(&fetched.certificate) {
            None => Ok(()),
            Some(known) if known.how == Withdrawn::Retired && is_used() => {
                Withdrawal::lift(&fetched.certificate);
                Ok(())
            }
            Some(known) => Err(SourceError::Withdrawn {
                from: fetched.from.clone(),
                served: fetched.trust.is_served(),
                source: Box::new(known),
            }),
        }
    }

    /// Caches what a controller served over verified TLS. Warns if the certificate changed, was fetched long ago, or expires soon.
    fn remember(&self, fetched: &Fetched, now: Timestamp) {
        let certificate = &fetched.certificate;
        match self {
            Self::File(_) | Self::Url(_) | Self::Named(..) => {}
            Self::Controller(controller) => {
                let last = Cached::of(controller).ok();
                if let Some(last) = &last {
                    warnings::of_change(certificate, last);
                }
                if fetched.trust == Trust::Verified {
                    Cached::keep(controller, certificate, now);
                    // The last one too: earlier versions stored no list of known certificates.
                    for cached in last.into_iter().chain(Cached::of(controller)) {
                        KnownCertificate::note(&cached);
                    }
                }
            }
            Self::Cache(controller) => {
                if let Ok(cached) = Cached::of(controller) {
                    warnings::of_its_age(certificate, &cached, now);
                }
            }
        }
        warnings::of_its_end(certificate, now);
    }

    fn described(&self) -> String {
        match self {
            Self::File(path) => shown_path(path),
            Self::Url(url) => address::shown(url),
            Self::Controller(controller) => format!("of {}", controller.service()),
            Self::Cache(controller) => format!("cached from {}", controller.service()),
            Self::Named(source, _) => source.described(),
        }
    }
}

/// Records that the key of this certificate was revoked or retired in the cluster `from`, so that this machine seals
/// nothing with it again.
pub(crate) fn withdraw(certificate: &Certificate, how: Withdrawn, from: &str) {
    Withdrawal::note(certificate, how, from);
    Cached::drop_everywhere(certificate);
}

/// Whether the key of the certificate with this fingerprint was revoked from this machine: it leaked.
pub(crate) fn is_revoked(fingerprint: Fingerprint) -> bool {
    Withdrawal::with(fingerprint).is_some_and(|known| known.how == Withdrawn::Revoked)
}

/// Allows sealing with a retired certificate again, because its key is in use again.
pub(crate) fn reinstate(certificate: &Certificate) {
    Withdrawal::lift(certificate);
}

/// After a new key was made: caches what the controller serves, which may be an older certificate, as with --key-publish-delay. If that is not known over
/// verified TLS, or was withdrawn, the cached one is removed.
///
/// Decided: never the certificate in the key's Secret, which users may store who do not have the private half.
pub(crate) fn cache_served(controller: &ControllerAddress, new: &Certificate) {
    match served_after_renewal(controller, new) {
        Some(served) if Withdrawal::of(&served).is_none() => {
            Cached::keep(controller, &served, Timestamp::now());
        }
        _ => Cached::drop(controller),
    }
}

/// The certificate that the controller serves, which gets a moment to serve that of its new key. None if it is not known over verified TLS.
fn served_after_renewal(address: &ControllerAddress, new: &Certificate) -> Option<Certificate> {
    let controller = Controller::find(address).ok().filter(Controller::is_verified)?;
    let fetch = || Certificate::from_pem(&controller.certificate().ok()?).ok();
    for _ in 0..TRIES_AFTER_RENEWAL {
        let served = fetch()?;
        if served.fingerprint() == new.fingerprint() {
            return Some(served);
        }
        std::thread::sleep(INTERVAL_AFTER_RENEWAL);
    }
    fetch()
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
            Self::Controller(error) => return error.hint_and("or work without a cluster: --cert FILE"),
            Self::Cache(error) => match &**error {
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
                "the controller has made no new one in time; its log and its --key-renew-period show why".into()
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
                let file = source.file.display();
                match source.how {
                    Withdrawn::Retired => format!(
                        "{step}. If the key is in use again, `{} keys list` on its cluster finds that out, by a user who may list the keys; \
                         else delete {file}",
                        name()
                    ),
                    Withdrawn::Revoked => {
                        format!("{step}. If the key is in use again on purpose, delete {file}")
                    }
                }
            }
        })
    }
}
