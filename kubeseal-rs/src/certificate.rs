//! [`CertificateSource`]: where the certificate comes from, and the two things wanted of it: to seal with it, and
//! to print it. How it is fetched is in `file`, `url` and `cluster`.

mod address;
mod cluster;
mod file;
mod online;
mod url;

pub(crate) use address::UnsupportedAddress;
pub(crate) use cluster::{ClusterError, ControllerAddress};
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
    Cluster(#[source] Box<ClusterError>),
    #[error("cannot use the certificate {from}")]
    Unusable {
        from: String,
        #[source]
        source: CertificateError,
    },
    #[error("will not seal with the certificate {from}")]
    Expired {
        from: String,
        #[source]
        source: Expired,
    },
}

impl CertificateSource {
    /// The certificate, valid now.
    pub(crate) fn certificate(&self) -> Result<Certificate, SourceError> {
        let text = self.text()?;
        let certificate = self.parse(&text)?;
        certificate
            .check_unexpired(Timestamp::now())
            .map_err(|source| SourceError::Expired { from: self.described(), source })?;
        Ok(certificate)
    }

    /// The certificate as PEM, expired or not: looking at it harms nobody. Several stay several; whatever else
    /// stands beside them, such as the private key in a bundle, is left out.
    pub(crate) fn pem(&self) -> Result<String, SourceError> {
        let text = self.text()?;
        let first = self.parse(&text)?.to_pem();
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
            Self::Cluster(controller) => {
                cluster::fetch(controller).map_err(|error| SourceError::Cluster(Box::new(error)))
            }
        }
    }

    fn parse(&self, text: &str) -> Result<Certificate, SourceError> {
        Certificate::from_pem(text).map_err(|source| SourceError::Unusable { from: self.described(), source })
    }

    fn described(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Url(url) => address::shown(url),
            Self::Cluster(controller) => format!("of {}/{}", controller.namespace, controller.name),
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
            Self::Cluster(error) => error.hint(),
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
            Self::Expired { .. } => {
                "fetch the present one with --fetch-cert; the controller makes a new one every 30 days".into()
            }
        }
    }
}
