//! The control plane's keys and certificates: one authority, the API server, its clients, and the key that signs
//! service account tokens. They have nothing to do with sealing keys.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// What is needed again after they are written.
pub(crate) struct Certificates {
    /// The authority's certificate, in PEM.
    pub(crate) ca: String,
    dir: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Certificates {
    /// Makes the certificates that every control plane needs and writes them into `dir`, where the programs read them.
    /// The API server's is for loopback and for `addresses`. The keys are P-256, which is quick to make; the
    /// certificates never expire, because they are deleted with the folder.
    pub(crate) fn write(dir: &Path, addresses: &[&str]) -> Result<Self> {
        let mut params = subject("sealed-secrets-test-ca", None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)
            .context("cannot make the authority")?;
        fs::write(dir.join("ca.crt"), issuer.pem()).context("cannot write ca.crt")?;
        let this = Self { ca: issuer.pem(), dir: dir.to_owned(), issuer };

        let mut server = subject("kube-apiserver", None);
        let names = ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
        let names: Vec<_> = names.iter().chain(addresses).map(|&name| name.to_owned()).collect();
        server.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        this.issue("apiserver", server)?;
        this.issue_client("admin", "admin", Some("system:masters"))?;

        let tokens = KeyPair::generate()?;
        write_key(dir, "service-account.key", &tokens.serialize_pem())?;
        fs::write(dir.join("service-account.pub"), tokens.public_key_pem())
            .context("cannot write a public key")?;
        Ok(this)
    }

    /// Makes a client's certificate: `NAME.crt` and `NAME.key`, for the user `user` in `group`.
    pub(crate) fn issue_client(&self, name: &str, user: &str, group: Option<&str>) -> Result<()> {
        let mut params = subject(user, group);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(name, params)
    }

    fn issue(&self, name: &str, mut params: CertificateParams) -> Result<()> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .with_context(|| format!("cannot issue the certificate of {name}"))?;
        let path = self.dir.join(format!("{name}.crt"));
        fs::write(&path, certificate.pem()).with_context(|| format!("cannot write {}", path.display()))?;
        write_key(&self.dir, &format!("{name}.key"), &key.serialize_pem())
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

fn write_key(dir: &Path, name: &str, pem: &str) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(dir.join(name));
    file.and_then(|mut file| file.write_all(pem.as_bytes())).with_context(|| format!("cannot write {name}"))
}
