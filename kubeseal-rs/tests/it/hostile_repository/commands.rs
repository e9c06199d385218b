//! No command that a repository names is run, Git included; tracked files cannot be hidden.

use super::repository::{FINGERPRINT, Hostile, locations};
use crate::support::key_lines::{LABELLED, LEGACY, changed, key, key_lines, list, nothing_sealed};
use crate::support::program::fixture;
use crate::support::server::Server;
use rand::rngs::SysRng;
use serde_json::json;

#[test]
fn guard_runs_nothing_and_finds_what_is_tracked() {
    let hostile = Hostile::new();
    for arguments in [&["guard"][..], &["guard", "."], &["guard", "app", "deploy"], &["guard", "--staged"]] {
        let (code, printed) = hostile.run(arguments);
        assert_eq!(code, Some(1), "{printed}");
        assert_eq!(
            locations(&printed),
            ["app/secret.yaml:5", "deploy/secret.yaml:5"],
            "{arguments:?}: {printed}"
        );
    }
    let (code, printed) = hostile.run(&["guard", "--staged", "deploy"]);
    assert_eq!((code, locations(&printed)), (Some(1), vec!["deploy/secret.yaml:5".to_owned()]), "{printed}");
}

#[test]
fn reseal_and_inspect_run_nothing_and_read_what_is_tracked() {
    let hostile = Hostile::new();
    let (certificate, key) = (fixture("test-only.crt"), fixture("test-only.key"));
    let certificate = ["--cert", certificate.to_str().unwrap()];
    let (code, printed) = hostile.run(&[&["inspect", "."], &certificate[..]].concat());
    assert!(
        code == Some(0) && printed.contains("app/sealed.yaml") && printed.contains("deploy/sealed.yaml"),
        "{printed}"
    );
    let keys = ["--recovery-private-key", key.to_str().unwrap()];
    for name in ["app/sealed.yaml", "deploy/sealed.yaml"] {
        hostile.write(name, &hostile.sealed.replace(FINGERPRINT, &"0a".repeat(32)));
    }
    let (code, printed) = hostile.run(&[&["reseal", "--check"], &certificate[..], &keys, &["."]].concat());
    assert!(
        code == Some(1) && printed.contains("app/sealed.yaml") && printed.contains("deploy/sealed.yaml"),
        "{printed}"
    );
}

/// The Secret of a key that was made just now.
fn newer() -> serde_json::Value {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let certificate = envelope::issue(&mut SysRng, &private, "", start, day).unwrap();
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let mut newer = key();
    newer["metadata"]["name"] = json!("sealed-secrets-keynewer");
    newer["metadata"]["creationTimestamp"] = json!(start);
    newer["data"] = json!({ "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()) });
    newer
}

#[test]
fn keys_run_nothing_and_read_what_is_tracked() {
    let hostile = Hostile::new();
    let verbs: [&[&str]; 3] = [
        &["list", "-o", "json"],
        &["retire", FINGERPRINT, "--unserved"],
        &["revoke", FINGERPRINT, "--yes", "--no-renew"],
    ];
    for verb in verbs {
        // Only a key with a newer one beside it is retired.
        let keys = if verb[0] == "retire" {
            vec![(LABELLED, 200, list(&[newer(), key()])), (LEGACY, 200, list(&[]))]
        } else {
            key_lines()
        };
        let lines = || [keys.clone(), vec![nothing_sealed(), changed()]].concat();
        let server = Server::start([lines(), lines()].concat());
        let kubeconfig = server.kubeconfig("{}");
        let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap(), "."];
        let (_, printed) = hostile.run(&[&["keys"], verb, &connection].concat());
        let is_read = printed.contains("\"files\": 2")
            || printed.contains("app/sealed.yaml") && printed.contains("deploy/sealed.yaml");
        assert!(is_read, "{verb:?}: {printed}");
    }
}
