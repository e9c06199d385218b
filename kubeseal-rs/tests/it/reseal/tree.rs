//! Folders with sealed files, and the output of `reseal` for them.

use crate::support::program::{fixture, run};
use std::fs;
use std::path::PathBuf;

pub(super) const PRESENT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";

pub(super) const SECRET: &[u8] =
    b"metadata: {name: db, namespace: shop}\nstringData: {password: hunter2, user: admin}\n";

/// A SealedSecret for the fixture's certificate, formatted by hand, with the fingerprint of another certificate.
pub(super) fn old() -> String {
    let output = run(&["--cert", "test-only.crt", "-o", "yaml"], SECRET);
    let text = String::from_utf8(output.stdout).unwrap();
    text.replace(PRESENT, &"0a".repeat(32)).replace("  encryptedData:\n", "\n  # Ours.\n  encryptedData:\n")
}

pub(super) struct Tree(pub(super) tempfile::TempDir);

impl Tree {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = tree.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        tree
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Output, with the paths as the test named them.
    pub(super) fn printed(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).replace(&format!("{}/", self.0.path().display()), "")
    }

    pub(super) fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let root = self.0.path().to_str().unwrap();
        let output = run(&[&["reseal"], arguments, &[root]].concat(), b"");
        (output.status.code(), self.printed(&output.stdout), self.printed(&output.stderr))
    }
}

pub(super) const CERT: [&str; 2] = ["--cert", "test-only.crt"];

pub(super) fn with_key() -> Vec<&'static str> {
    [&CERT[..], &["--recovery-private-key", "test-only.key"]].concat()
}

pub(super) fn opens(text: &str) -> bool {
    let key = fixture("test-only.key");
    run(&["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap()], text.as_bytes())
        .status
        .success()
}
