//! The certificate that is kept for `--offline`: which one, and how it came.

use super::laptop::{Laptop, fingerprint, newer, pem, serving};
use crate::support::server::Server;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

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
