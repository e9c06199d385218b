//! A certificate cache that stays from one run to the next, and controllers to fill it from.

use crate::support::program::{finish, program};
use crate::support::server::Server;
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
