//! The control plane's keys and certificates: one authority, the API server, its clients, and the key that signs
//! service account tokens. They have nothing to do with sealing keys.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rcgen::KeyPair;

use crate::authority::{Authority, write_key};

/// What is needed again after they are written.
pub(crate) struct Certificates {
    authority: Authority,
    dir: PathBuf,
}

impl Certificates {
    /// Makes the certificates that every control plane needs and writes them into `dir`, where the programs read them.
    /// The API server's is for loopback and for `addresses`.
    pub(crate) fn write(dir: &Path, addresses: &[&str]) -> Result<Self> {
        let authority = Authority::new("sealed-secrets-test-ca")?;
        fs::write(dir.join("ca.crt"), &authority.pem).context("cannot write ca.crt")?;
        let names = ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
        authority.issue_server(
            dir,
            "apiserver",
            "kube-apiserver",
            &[names.as_slice(), addresses].concat(),
        )?;
        let this = Self { authority, dir: dir.to_owned() };
        this.issue_client("admin", "admin", Some("system:masters"))?;

        let tokens = KeyPair::generate()?;
        write_key(dir, "service-account.key", tokens.serialize_pem().as_bytes())?;
        fs::write(dir.join("service-account.pub"), tokens.public_key_pem())
            .context("cannot write a public key")?;
        Ok(this)
    }

    /// The authority's certificate, in PEM.
    pub(crate) fn ca(&self) -> &str {
        &self.authority.pem
    }

    /// Makes a client's certificate: `NAME.crt` and `NAME.key`, for the user `user` in `group`.
    pub(crate) fn issue_client(&self, name: &str, user: &str, group: Option<&str>) -> Result<()> {
        self.authority.issue_client(&self.dir, name, user, group)
    }
}
