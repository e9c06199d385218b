//! What becomes of the kept certificate when its key is revoked, retired or renewed.

use super::laptop::{Laptop, fingerprint, newer, pem, serving};
use crate::support::key_lines::{KEY, LABELLED, LEGACY, changed, key, list, nothing_sealed};
use crate::support::program::{finish, fixture, program};
use crate::support::server::{PORTS, Server};
use serde_json::json;

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
