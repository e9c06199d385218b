//! The control plane's own keys and certificates: one authority, the API server, the admin, and the key that signs service
//! account tokens. Sealing keys are something else entirely.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// What is needed again after they are written.
#[derive(Debug)]
pub(super) struct Certificates {
    /// The authority's certificate, in PEM.
    pub(super) ca: String,
}

impl Certificates {
    /// Makes all of them and writes them into `dir`, where the programs read them. P-256, which takes no time to make; valid
    /// without end, because they live no longer than the folder.
    pub(super) fn write(dir: &Path) -> Result<Self> {
        let mut params = subject("sealed-secrets-test-ca", None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate()?)
            .context("cannot make the authority")?;
        fs::write(dir.join("ca.crt"), ca.pem()).context("cannot write ca.crt")?;

        let mut server = subject("kube-apiserver", None);
        let names = ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
        server.subject_alt_names = CertificateParams::new(names.map(str::to_owned))?.subject_alt_names;
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        issue(dir, "apiserver", server, &ca)?;

        let mut admin = subject("admin", Some("system:masters"));
        admin.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        issue(dir, "admin", admin, &ca)?;

        let tokens = KeyPair::generate()?;
        write_key(dir, "service-account.key", &tokens.serialize_pem())?;
        fs::write(dir.join("service-account.pub"), tokens.public_key_pem())
            .context("cannot write a public key")?;
        Ok(Self { ca: ca.pem() })
    }
}

fn subject(common_name: &str, organization: Option<&str>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    if let Some(organization) = organization {
        params.distinguished_name.push(DnType::OrganizationName, organization);
    }
    params
}

fn issue(
    dir: &Path,
    name: &str,
    mut params: CertificateParams,
    ca: &CertifiedIssuer<'_, KeyPair>,
) -> Result<()> {
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate =
        params.signed_by(&key, ca).with_context(|| format!("cannot issue the certificate of {name}"))?;
    let path = dir.join(format!("{name}.crt"));
    fs::write(&path, certificate.pem()).with_context(|| format!("cannot write {}", path.display()))?;
    write_key(dir, &format!("{name}.key"), &key.serialize_pem())
}

fn write_key(dir: &Path, name: &str, pem: &str) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(dir.join(name));
    file.and_then(|mut file| file.write_all(pem.as_bytes())).with_context(|| format!("cannot write {name}"))
}
