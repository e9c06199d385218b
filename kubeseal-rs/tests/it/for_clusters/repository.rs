//! A repository with a project file for two clusters and an identity of age, and a list of what its team trusts.

use crate::support::program::{finish, fixture, program, run};
use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;
use tempfile::TempDir;

pub(crate) const SECRET: &str =
    "metadata: {name: db, namespace: shop}\nstringData: {user: admin, password: hunter2-planted}\n";

pub(crate) const RECIPIENTS: &str = "sealedsecrets.bitnami.com/recipients";

/// `one` for all clusters, and a file for each.
const RULES: &str = "rules:
  - { path: \"apps/*/prod/**\", to: [dr, eu, us] }
  - { path: \"apps/*/dev/**\", to: [eu, us], layout: per-cluster }
  - { path: \"wide/**\", to: [eu, us], scope: namespace-wide }
  - { path: \"safe/**\", to: [dr] }
  - { path: \"eu/**\", to: [eu] }
";

pub(crate) struct Repository {
    folder: TempDir,
    pub identity: age::x25519::Identity,
}

/// The second cluster's certificate and private key. The first cluster has those of the fixtures.
fn us() -> &'static (String, String) {
    static US: OnceLock<(String, String)> = OnceLock::new();
    US.get_or_init(|| {
        let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        (certificate.pem(), key.serialize_pem())
    })
}

impl Repository {
    /// With everything trusted.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Self { folder, identity: age::x25519::Identity::generate() };
        for directory in
            [".git/objects", ".sealed-secrets", "apps/shop/prod", "apps/shop/dev", "wide", "safe", "eu"]
        {
            fs::create_dir_all(repository.path(directory)).unwrap();
        }
        repository.write(".git/HEAD", "ref: refs/heads/main\n");
        repository.write(".sealed-secrets/us.pem", &us().0);
        repository.write(".sealed-secrets/eu.pem", &fs::read_to_string(fixture("test-only.crt")).unwrap());
        fs::write(repository.outside("us.key"), &us().1).unwrap();
        repository.write_rules(RULES);
        repository.trust();
        repository
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("repo").join(path)
    }

    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn write_rules(&self, rules: &str) {
        let dr = self.identity.to_public();
        self.write(
            ".sealed-secrets.yaml",
            &format!(
                "clusters:\n  eu: {{ certificate: .sealed-secrets/eu.pem }}\n  us: {{ certificate: .sealed-secrets/us.pem }}\n  \
                 dr: {{ recipient: {dr} }}\n{rules}"
            ),
        );
    }

    /// As where no project file was accepted.
    pub(crate) fn trust_nothing(&self) {
        fs::write(self.outside("trusted"), "# nothing\n").unwrap();
    }

    /// Trusts the keys and rules as they are.
    pub(crate) fn trust(&self) {
        let mut lines = Vec::new();
        fs::write(self.outside("trusted"), "").unwrap();
        let (_, error) = self.fails(&["seal", "-w", "apps/shop/prod/db.yaml"], SECRET);
        for line in error.lines().map(str::trim) {
            let mut words = line.split([' ', ',', ':']).filter(|word| !word.is_empty());
            match (words.next(), words.next(), words.next()) {
                (Some(name), Some("certificate" | "recipient"), Some(key)) => {
                    lines.push(format!("{name} {key}"));
                }
                (Some("rules"), Some(digest), None) => lines.push(format!("rules {digest}")),
                _ => {}
            }
        }
        assert_eq!(lines.len(), 4, "{error}");
        fs::write(self.outside("trusted"), lines.join("\n")).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.current_dir(self.path("")).env("SEALED_SECRETS_TRUSTED", self.outside("trusted"));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        finish(self.command(arguments), input.as_bytes())
    }

    /// Standard output and standard error of a run that succeeds.
    pub(crate) fn succeeds(&self, arguments: &[&str], input: &str) -> (String, String) {
        let output = self.run(arguments, input);
        let printed = |bytes| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (printed(output.stdout), printed(output.stderr));
        assert!(output.status.success(), "{arguments:?}: {stderr}");
        (stdout, stderr)
    }

    /// Exit code and standard error of a run that fails. No value is printed.
    pub(crate) fn fails(&self, arguments: &[&str], input: &str) -> (Option<i32>, String) {
        let output = self.run(arguments, input);
        let printed = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}: {printed}");
        assert!(!printed.contains("hunter2"), "{printed}");
        (output.status.code(), printed)
    }

    /// Seals into this file.
    pub(crate) fn seal(&self, file: &str) {
        self.succeeds(&["seal", "-w", file], SECRET);
    }

    /// The values that the private key of a cluster opens, in base64; None if it does not open all of them.
    pub(crate) fn opened(&self, file: &str, cluster: &str) -> Option<Value> {
        let key = if cluster == "us" { self.outside("us.key") } else { fixture("test-only.key") };
        let (key, file) = (format!("--recovery-private-key={}", key.display()), self.path(file));
        let output = run(&["--recovery-unseal", &key, "-f", file.to_str().unwrap()], b"");
        let secret =
            output.status.success().then(|| serde_json::from_slice::<Value>(&output.stdout).unwrap());
        secret.map(|mut secret| secret["data"].take())
    }

    /// The annotation of the SealedSecret in a file.
    pub(crate) fn annotation(&self, file: &str) -> Option<recipients::Recipients> {
        let object = self.object(file);
        let text = object["metadata"]["annotations"][RECIPIENTS].as_str()?;
        Some(recipients::Recipients::from_text(text).unwrap())
    }

    /// The SealedSecret in a file.
    pub(crate) fn object(&self, file: &str) -> Value {
        serde_saphyr::from_str(self.read(file).trim_start_matches("---\n")).unwrap()
    }
}
