//! The certificate that is cached for `--offline`: which one is stored, and when it is used.

use super::laptop::Laptop;
use crate::support::certificates::{fingerprint, pem, serving};
use crate::support::key_lines::newer;
use crate::support::server::Server;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

#[test]
fn the_certificate_is_cached() {
    let laptop = Laptop::new(Server::start_tls(serving(&[&pem()]), false));
    let requests = || laptop.server.requests().len();
    let (sealed, printed) = laptop.seals(&["--offline"]);
    assert!(
        !sealed && printed.contains("no certificate of kube-system/sealed-secrets-controller"),
        "{printed}"
    );
    assert_eq!(requests(), 0);
    assert_eq!(laptop.seals(&[]), (true, String::new()));
    assert_eq!(requests(), 2);
    assert_eq!(laptop.run(&["--offline"]), (true, String::new()));
    assert_eq!(requests(), 2);
    assert!(!laptop.run(&["--offline", "--controller-name", "other"]).0);

    let [file] = &laptop.cached()[..] else { panic!("{:?}", laptop.cached()) };
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(file.parent().unwrap()), mode(file)), (0o700, 0o600));
    let cached = std::fs::read_to_string(file).unwrap();
    let older = cached
        .replace(r#""fingerprint": "f5b8"#, r#""fingerprint": "0000"#)
        .replace(r#""fetched": "20"#, r#""fetched": "19"#);
    std::fs::write(file, older).unwrap();
    let (sealed, printed) = laptop.run(&["--offline"]);
    assert!(
        sealed && printed.contains("warning: the certificate f5b8ca6cdb64 was fetched on 19"),
        "{printed}"
    );
    let (sealed, printed) = laptop.seals(&[]);
    assert!(sealed && printed.contains("f5b8ca6cdb64 instead of 0000"), "{printed}");
    assert_eq!(laptop.seals(&[]), (true, String::new()));
}

#[test]
fn a_certificate_given_with_cert_is_not_cached() {
    let laptop = Laptop::new(Server::start(Vec::new()));
    let (sealed, printed) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(sealed, "{printed}");
    assert_eq!(std::fs::read_dir(laptop.home.path()).unwrap().count(), 0);
}

#[test]
fn an_unverified_certificate_is_not_cached() {
    let laptop = Laptop::new(Server::start(serving(&[&pem()])));
    assert_eq!(laptop.run(&[]), (true, String::new()));
    let (sealed, printed) = laptop.run(&["--offline"]);
    assert!(!sealed && printed.contains("if it comes over https"), "{printed}");

    let other = newer().1;
    let laptop = Laptop::new(Server::start_tls(serving(&[&pem(), &other]), false));
    assert_eq!(laptop.seals(&[]), (true, String::new()));
    let (sealed, printed) = laptop.run(&["--insecure-skip-tls-verify"]);
    assert!(sealed && printed.contains("instead of f5b8ca6cdb64"), "{printed}");
    // The verified certificate is still cached, and `--offline` uses it.
    assert_eq!(laptop.run(&["--offline"]), (true, String::new()));
    let cached = std::fs::read_to_string(&laptop.cached()[0]).unwrap();
    assert!(cached.contains(&fingerprint(&pem())), "{cached}");
}

#[test]
fn a_file_that_does_not_say_how_it_came_is_refused() {
    let laptop = Laptop::new(Server::start_tls(serving(&[&pem()]), false));
    assert!(laptop.seals(&[]).0);
    let file = &laptop.cached()[0];
    let mut cached: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(cached.as_object_mut().unwrap().remove("verified"), Some(json!(true)));
    std::fs::write(file, cached.to_string()).unwrap();
    let (sealed, printed) = laptop.run(&["--offline"]);
    assert!(!sealed && printed.contains("does not say that TLS was verified"), "{printed}");
    assert!(printed.contains("--fetch-cert") && printed.contains("--cert FILE"), "{printed}");
    assert!(laptop.seals(&[]).0);
    assert!(laptop.run(&["--offline"]).0);
}
