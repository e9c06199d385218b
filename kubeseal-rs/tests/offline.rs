//! The certificate that is kept for `--offline`: which one, how it came, and what becomes of it when its key is taken out.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/key_lines.rs"]
mod key_lines;
#[path = "support/program.rs"]
mod program;
#[path = "support/server.rs"]
mod server;

use key_lines::{KEY, LABELLED, LEGACY, changed, key, list, nothing_sealed};
use program::{finish, fixture, program};
use rand::rngs::SysRng;
use serde_json::{Value, json};
use server::{Line, PORTS, Server};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const SECRET: &[u8] = b"metadata: {name: a, namespace: shop}\nstringData: {k: v}\n";

/// A laptop: what is kept stays from one run to the next.
struct Laptop {
    server: Server,
    kubeconfig: tempfile::NamedTempFile,
    home: tempfile::TempDir,
}

impl Laptop {
    fn new(server: Server) -> Self {
        let kubeconfig = server.kubeconfig("{}");
        Self { server, kubeconfig, home: tempfile::tempdir().unwrap() }
    }

    /// Seals through TLS that is verified: whether it succeeded, and what was said.
    fn seals(&self, arguments: &[&str]) -> (bool, String) {
        self.run(&[&self.trust()[..], arguments].concat())
    }

    /// Runs with these arguments alone.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let place = ["--kubeconfig", self.kubeconfig.path().to_str().unwrap()];
        let mut command = program(&[arguments, &place, &["--warn=always"]].concat());
        command.env("XDG_CACHE_HOME", self.home.path());
        let output = finish(command, SECRET);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn trust(&self) -> [&str; 4] {
        let authority = self.server.files.as_ref().unwrap()[0].to_str().unwrap();
        ["--certificate-authority", authority, "--tls-server-name", "elsewhere.example"]
    }

    fn kept(&self) -> Vec<PathBuf> {
        let folder = std::fs::read_dir(self.home.path().join("kubeseal-rs/certificates"));
        folder.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }

    fn keys(&self, arguments: &[&str]) -> (bool, String) {
        self.run(&[&["keys"], arguments, &self.trust()].concat())
    }
}

fn pem() -> String {
    std::fs::read_to_string(fixture("test-only.crt")).unwrap()
}

fn fingerprint(pem: &str) -> String {
    envelope::Certificate::from_pem(pem).unwrap().fingerprint().to_string()
}

/// A controller that serves these certificates, one after the other.
fn serving(certificates: &[&str]) -> Vec<Line> {
    let mut lines = vec![("/services/sealed-secrets-controller", 200, PORTS.to_owned())];
    lines.extend(certificates.iter().map(|pem| ("cert.pem", 200, (*pem).to_owned())));
    lines
}

/// A key that is newer than the fixture: its Secret, and its certificate.
fn newer() -> (Value, String) {
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

#[test]
fn the_certificate_is_kept() {
    let laptop = Laptop::new(Server::start_tls(serving(&[&pem()]), false));
    let asked = || laptop.server.asked().len();
    let (sealed, told) = laptop.seals(&["--offline"]);
    assert!(!sealed && told.contains("no certificate of kube-system/sealed-secrets-controller"), "{told}");
    assert_eq!(asked(), 0);
    assert_eq!(laptop.seals(&[]), (true, String::new()));
    assert_eq!(asked(), 2);
    assert_eq!(laptop.run(&["--offline"]), (true, String::new()));
    assert_eq!(asked(), 2);
    assert!(!laptop.run(&["--offline", "--controller-name", "other"]).0);

    let [file] = &laptop.kept()[..] else { panic!("{:?}", laptop.kept()) };
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(file.parent().unwrap()), mode(file)), (0o700, 0o600));
    let kept = std::fs::read_to_string(file).unwrap();
    let older = kept
        .replace(r#""fingerprint": "f5b8"#, r#""fingerprint": "0000"#)
        .replace(r#""fetched": "20"#, r#""fetched": "19"#);
    std::fs::write(file, older).unwrap();
    let (sealed, told) = laptop.run(&["--offline"]);
    assert!(sealed && told.contains("warning: the certificate f5b8ca6cdb64 was fetched on 19"), "{told}");
    let (sealed, told) = laptop.seals(&[]);
    assert!(sealed && told.contains("f5b8ca6cdb64 instead of 0000"), "{told}");
    assert_eq!(laptop.seals(&[]), (true, String::new()));
}

#[test]
fn a_certificate_that_was_named_is_not_kept() {
    let laptop = Laptop::new(Server::start(Vec::new()));
    let (sealed, told) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(sealed, "{told}");
    assert_eq!(std::fs::read_dir(laptop.home.path()).unwrap().count(), 0);
}

#[test]
fn what_came_unverified_is_not_kept() {
    let laptop = Laptop::new(Server::start(serving(&[&pem()])));
    assert_eq!(laptop.run(&[]), (true, String::new()));
    let (sealed, told) = laptop.run(&["--offline"]);
    assert!(!sealed && told.contains("if it comes over https"), "{told}");

    let other = newer().1;
    let laptop = Laptop::new(Server::start_tls(serving(&[&pem(), &other]), false));
    assert_eq!(laptop.seals(&[]), (true, String::new()));
    let (sealed, told) = laptop.run(&["--insecure-skip-tls-verify"]);
    assert!(sealed && told.contains("instead of f5b8ca6cdb64"), "{told}");
    // The verified one is still there, and is the one.
    assert_eq!(laptop.run(&["--offline"]), (true, String::new()));
    let kept = std::fs::read_to_string(&laptop.kept()[0]).unwrap();
    assert!(kept.contains(&fingerprint(&pem())), "{kept}");
}

#[test]
fn a_file_that_does_not_say_how_it_came_is_refused() {
    let laptop = Laptop::new(Server::start_tls(serving(&[&pem()]), false));
    assert!(laptop.seals(&[]).0);
    let file = &laptop.kept()[0];
    let mut kept: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(kept.as_object_mut().unwrap().remove("verified"), Some(json!(true)));
    std::fs::write(file, kept.to_string()).unwrap();
    let (sealed, told) = laptop.run(&["--offline"]);
    assert!(!sealed && told.contains("does not say that TLS was verified"), "{told}");
    assert!(told.contains("--fetch-cert") && told.contains("--cert FILE"), "{told}");
    assert!(laptop.seals(&[]).0);
    assert!(laptop.run(&["--offline"]).0);
}

#[test]
fn nothing_is_sealed_to_a_key_that_was_revoked() {
    let mut lines = vec![(LABELLED, 200, list(&[key()])), (LEGACY, 200, list(&[])), changed()];
    lines.extend(serving(&[&pem()]));
    lines.push(nothing_sealed());
    let laptop = Laptop::new(Server::start_tls(lines, false));
    assert!(laptop.seals(&[]).0);
    let (revoked, told) = laptop.keys(&["revoke", &fingerprint(&pem()), "--yes", "--no-renew"]);
    assert!(revoked, "{told}");
    let (sealed, told) = laptop.run(&["--offline"]);
    assert!(!sealed && told.contains("no certificate of"), "{told}");
    // It comes again: from a file, and from a controller that was not restarted.
    for (sealed, told) in [laptop.run(&["--cert", "test-only.crt"]), laptop.seals(&[])] {
        assert!(!sealed && told.contains("because: its key was revoked on "), "{told}");
        assert!(told.contains("delete "), "{told}");
    }
    assert!(!laptop.seals(&["--fetch-cert"]).0);
    assert!(!laptop.run(&["--offline"]).0);
    // The way out that the hint names.
    let (_, told) = laptop.run(&["--cert", "test-only.crt"]);
    std::fs::remove_file(told.trim_end().rsplit_once("delete ").unwrap().1).unwrap();
    assert!(laptop.run(&["--cert", "test-only.crt"]).0);
}

#[test]
fn what_was_sealed_to_a_key_that_was_revoked_is_told_so() {
    let mut lines = vec![(LABELLED, 200, list(&[key()])), (LEGACY, 200, list(&[])), changed()];
    lines.extend(serving(&[&pem()]));
    lines.push(nothing_sealed());
    lines.push(("/services/sealed-secrets-controller", 200, PORTS.to_owned()));
    lines.push(("verify", 409, String::new()));
    let laptop = Laptop::new(Server::start_tls(lines, false));
    let file = laptop.home.path().join("a.yaml");
    let file = file.to_str().unwrap();
    assert!(laptop.seals(&["-w", file]).0);
    let (revoked, told) = laptop.keys(&["revoke", &fingerprint(&pem()), "--yes", "--no-renew"]);
    assert!(revoked, "{told}");

    let text = |arguments: &[&str]| {
        let mut command = program(arguments);
        command.env("XDG_CACHE_HOME", laptop.home.path());
        let output = finish(command, b"");
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, told) = text(&["inspect", file]);
    assert!(code == Some(0) && told.contains("its key was revoked\n"), "{told}");
    assert!(told.contains("COMPROMISED: ") && !told.contains("reseal it"), "{told}");
    let (_, told) = text(&["inspect", "-o", "json", file]);
    assert!(told.contains(r#""code": "compromised""#), "{told}");

    let (_, newer) = newer();
    let newer_file = laptop.home.path().join("newer.pem");
    std::fs::write(&newer_file, newer).unwrap();
    let (code, told) = text(&["reseal", "--check", "--cert", newer_file.to_str().unwrap(), file]);
    assert!(code == Some(1) && told.contains(", whose key was revoked; change its values\n"), "{told}");
    let (valid, told) = laptop.seals(&["--validate", "-f", file]);
    assert!(!valid && told.contains("hint: it was sealed with a key that leaked and was revoked"), "{told}");
    // A backup opens it still. It is up to date then, and its value known to others.
    let key = fixture("test-only.key");
    let with_key = ["--recovery-private-key", key.to_str().unwrap()];
    let (code, told) =
        text(&[&["reseal", "--cert", newer_file.to_str().unwrap()], &with_key[..], &[file]].concat());
    assert!(
        code == Some(0) && told.contains(": resealed; its old key was revoked: change its values"),
        "{told}"
    );
}

#[test]
fn a_key_that_others_revoked_is_known_from_the_list() {
    let mut leaked = key();
    leaked["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("compromised");
    let mut lines = vec![(LABELLED, 200, list(&[leaked])), (LEGACY, 200, list(&[])), nothing_sealed()];
    lines.extend(serving(&[&pem()]));
    let laptop = Laptop::new(Server::start_tls(lines, false));
    assert!(laptop.seals(&[]).0);
    let (listed, told) = laptop.keys(&["list"]);
    assert!(listed, "{told}");
    assert!(!laptop.run(&["--offline"]).0);
    let (sealed, told) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(!sealed && told.contains("its key was revoked"), "{told}");
}

/// Who may write Secrets in one cluster does not take away the certificate of another.
#[test]
fn a_certificate_without_its_key_withdraws_nothing() {
    let mut leaked = key();
    leaked["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("compromised");
    leaked["data"]["tls.key"] = newer().0["data"]["tls.key"].clone();
    let lines = vec![(LABELLED, 200, list(&[leaked])), (LEGACY, 200, list(&[])), nothing_sealed()];
    let laptop = Laptop::new(Server::start_tls(lines, false));
    let (listed, told) = laptop.keys(&["list"]);
    assert!(listed, "{told}");
    let (sealed, told) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(sealed, "{told}");
}

#[test]
fn a_retired_key_is_sealed_to_once_a_verified_controller_serves_it_again() {
    let (new, certificate) = newer();
    let mut lines = vec![(LABELLED, 200, list(&[new, key()])), (LEGACY, 200, list(&[])), changed()];
    lines.extend(serving(&[&pem(), &certificate, &pem()]));
    lines.push(nothing_sealed());
    let laptop = Laptop::new(Server::start_tls(lines, false));
    assert!(laptop.seals(&[]).0);
    let (retired, told) = laptop.keys(&["retire", &fingerprint(&pem())]);
    assert!(retired, "{told}");
    assert!(!laptop.run(&["--offline"]).0);
    let (sealed, told) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(!sealed && told.contains("its key was retired"), "{told}");
    assert!(!laptop.run(&["--insecure-skip-tls-verify"]).0);
    let (sealed, told) = laptop.seals(&[]);
    assert!(sealed, "{told}");
    assert!(laptop.run(&["--cert", "test-only.crt"]).0);
}

#[test]
fn a_renewed_key_takes_the_place_of_the_one_before_it() {
    let (new, certificate) = newer();
    for insecure in [false, true] {
        let mut lines = vec![(LABELLED, 200, list(&[key()])), (LABELLED, 200, list(&[new.clone(), key()]))];
        lines.extend([(LEGACY, 200, list(&[])), (KEY, 200, changed().2)]);
        lines.extend(serving(&[&pem()]));
        let laptop = Laptop::new(Server::start_tls(lines, false));
        assert!(laptop.seals(&[]).0);
        let (renewed, told) = if insecure {
            laptop.run(&["keys", "renew", "--insecure-skip-tls-verify"])
        } else {
            laptop.keys(&["renew"])
        };
        assert!(renewed, "{told}");
        let kept: String = laptop.kept().iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        assert_eq!(kept.contains(&fingerprint(&certificate)), !insecure, "{kept}");
        assert!(!kept.contains(&fingerprint(&pem())), "{kept}");
        assert_eq!(laptop.run(&["--offline"]).0, !insecure);
    }
}
