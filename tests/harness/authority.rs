//! [`Authority`]: a certificate authority for one control plane or one server of a test, and the certificates that it issues. It has
//! nothing to do with sealing keys.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose,
};

/// Its key is P-256, which is quick to make, as are all that it issues for. No certificate expires, because all are deleted with the
/// folder that they are in.
pub(crate) struct Authority {
    /// Its certificate, in PEM.
    pub(crate) pem: String,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new(common_name: &str) -> Result<Self> {
        let mut params = subject(common_name, None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)
            .context("cannot make the authority")?;
        Ok(Self { pem: issuer.pem(), issuer })
    }

    /// Writes the certificate of a server with these names and addresses into `dir`, as `NAME.crt`, and its key as `NAME.key`.
    pub(crate) fn issue_server(
        &self,
        dir: &Path,
        name: &str,
        common_name: &str,
        names: &[&str],
    ) -> Result<()> {
        let mut params = subject(common_name, None);
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.issue(dir, name, params)
    }

    /// Writes a client's certificate into `dir`, for the user `user` in `group`: `NAME.crt` and `NAME.key`.
    pub(crate) fn issue_client(&self, dir: &Path, name: &str, user: &str, group: Option<&str>) -> Result<()> {
        let mut params = subject(user, group);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(dir, name, params)
    }

    fn issue(&self, dir: &Path, name: &str, mut params: CertificateParams) -> Result<()> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .with_context(|| format!("cannot issue the certificate of {name}"))?;
        let path = dir.join(format!("{name}.crt"));
        fs::write(&path, certificate.pem()).with_context(|| format!("cannot write {}", path.display()))?;
        write_key(dir, &format!("{name}.key"), key.serialize_pem().as_bytes())
    }
}

/// Writes a new file into `dir` that no other user can read.
pub(crate) fn write_key(dir: &Path, name: &str, key: &[u8]) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(dir.join(name));
    file.and_then(|mut file| file.write_all(key)).with_context(|| format!("cannot write {name}"))
}

fn subject(common_name: &str, organization: Option<&str>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    if let Some(organization) = organization {
        params.distinguished_name.push(DnType::OrganizationName, organization);
    }
    params
}
