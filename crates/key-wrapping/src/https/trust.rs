//! [`Trust`]: the certificate authorities that a connection trusts.
//!
//! Decided: those of a file, where an option names one, and no other; else those of the platform; else, where it has none, as in this
//! project's image, Mozilla's list of the day of the build (the crate `webpki-roots`). AWS and Google are reached by it.

use parking_lot::Mutex;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// The certificate authorities, read anew when their file has changed.
pub(crate) struct Trust {
    /// A file of PEM certificates, which alone are trusted.
    ca_file: Option<PathBuf>,
    /// The text of the file, and what was made of it.
    cached: Mutex<Option<(Vec<u8>, ClientConfig)>>,
}

impl Trust {
    pub(crate) fn new(ca_file: Option<PathBuf>) -> Self {
        Self { ca_file, cached: Mutex::new(None) }
    }

    /// The configuration of a TLS client.
    pub(crate) fn config(&self) -> Result<ClientConfig, Box<dyn Error + Send + Sync>> {
        let pem = self.ca_file.as_ref().map(std::fs::read).transpose()?;
        let text = pem.as_deref().unwrap_or_default();
        let mut cached = self.cached.lock();
        if let Some((of, config)) = &*cached
            && of == text
        {
            return Ok(config.clone());
        }
        let roots = match pem.as_deref() {
            Some(pem) => of_file(pem)?,
            None => of_platform(),
        };
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        *cached = Some((text.to_vec(), config.clone()));
        Ok(config)
    }
}

fn of_file(pem: &[u8]) -> Result<RootCertStore, Box<dyn Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| "it is not PEM")?;
        roots.add(certificate).map_err(|_| "a certificate in it is not one of a certificate authority")?;
    }
    if roots.is_empty() { Err("it has no certificate".into()) } else { Ok(roots) }
}

/// A platform's list may have certificates that cannot be read; the others count.
fn of_platform() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust").field("ca_file", &self.ca_file).finish_non_exhaustive()
    }
}
