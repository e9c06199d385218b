//! A certificate cache that stays from one run to the next, and controllers to fill it from.

use crate::support::key_lines::key;
use crate::support::program::{finish, program};
use crate::support::server::Server;
use rand::rngs::SysRng;
use serde_json::{Value, json};
use std::path::PathBuf;

const SECRET: &[u8] = b"metadata: {name: a, namespace: shop}\nstringData: {k: v}\n";

/// A laptop: its certificate cache stays from one run to the next.
pub(super) struct Laptop {
    pub(super) server: Server,
    pub(super) kubeconfig: tempfile::NamedTempFile,
    pub(super) home: tempfile::TempDir,
}

impl Laptop {
    pub(super) fn new(server: Server) -> Self {
        let kubeconfig = server.kubeconfig("{}");
        Self { server, kubeconfig, home: tempfile::tempdir().unwrap() }
    }

    /// Seals through verified TLS: whether it succeeded, and standard error.
    pub(super) fn seals(&self, arguments: &[&str]) -> (bool, String) {
        self.run(&[&self.trust()[..], arguments].concat())
    }

    /// Runs the program with these arguments only.
    pub(super) fn run(&self, arguments: &[&str]) -> (bool, String) {
        let connection = ["--kubeconfig", self.kubeconfig.path().to_str().unwrap()];
        let mut command = program(&[arguments, &connection, &["--warn=always"]].concat());
        command.env("XDG_CACHE_HOME", self.home.path());
        let output = finish(command, SECRET);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    pub(super) fn trust(&self) -> [&str; 4] {
        let authority = self.server.files.as_ref().unwrap()[0].to_str().unwrap();
        ["--certificate-authority", authority, "--tls-server-name", "elsewhere.example"]
    }

    pub(super) fn cached(&self) -> Vec<PathBuf> {
        let folder = std::fs::read_dir(self.home.path().join("kubeseal-rs/certificates"));
        folder.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }

    pub(super) fn keys(&self, arguments: &[&str]) -> (bool, String) {
        self.run(&[&["keys"], arguments, &self.trust()].concat())
    }
}

/// A key that is newer than the fixture's: its Secret, and its certificate.
pub(super) fn newer() -> (Value, String) {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24 * 365));
    let certificate = envelope::issue(&mut SysRng, &private, "", start, day).unwrap();
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let mut newer = key();
    newer["metadata"]["name"] = json!("sealed-secrets-keynewer");
    newer["metadata"]["creationTimestamp"] = json!(start);
    newer["data"] = json!({
        "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()),
    });
    (newer, certificate.to_pem())
}
