//! Wrapped keys and escrow copies in a backup open with an age identity, without any cluster.

use crate::support::key_lines::{key, list, newer};
use crate::support::program::run;
use crate::support::wrapped::{IDENTITY, STRANGER, fixture_wrapped, of_a_plugin, wrapped};
use serde_json::{Value, json};

/// Opens a SealedSecret of the fixture's key with these Secrets as the backup: exit code, standard output and error.
fn open(backup: &[Value], identity: Option<&str>) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("keys.json"), list(backup)).unwrap();
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "db", "namespace": "shop" },
        "stringData": { "password": "hunter2" },
    });
    let sealed = run(&["--cert", "test-only.crt"], secret.to_string().as_bytes()).stdout;
    let mut arguments: Vec<String> =
        ["--recovery-unseal", "--warn=always", "--recovery-private-key"].map(Into::into).into();
    arguments.push(path("keys.json"));
    if let Some(identity) = identity {
        std::fs::write(path("age.txt"), identity).unwrap();
        arguments.extend(["--identity".to_owned(), path("age.txt")]);
    }
    let output = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &sealed);
    let [printed, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), printed, error)
}

#[test]
fn the_identity_that_a_key_is_wrapped_for_opens() {
    let copy = wrapped(&key(), "copy", "escrow", "prod");
    for backup in [vec![fixture_wrapped()], vec![copy.clone()], vec![of_a_plugin(&copy), fixture_wrapped()]] {
        let (code, printed, error) = open(&backup, Some(IDENTITY));
        assert!(code == Some(0) && printed.contains("aHVudGVyMg=="), "{error}");
        assert!(error.is_empty(), "{error}");
    }
}

#[test]
fn without_it_the_recipients_and_the_flag_are_named() {
    for identity in [None, Some(STRANGER)] {
        let (code, printed, error) = open(&[fixture_wrapped()], identity);
        assert!(code == Some(1) && printed.is_empty(), "{printed}");
        for words in [
            "item 1 (Secret kube-system/sealed-secrets-keywrapped) is wrapped, and does not open",
            "hint: give the identity of age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45 with --identity FILE",
        ] {
            assert!(error.contains(words), "{error}");
        }
    }
}

#[test]
fn what_is_there_in_plain_needs_no_identity_and_what_does_not_open_keeps_no_other_from_it() {
    let copy = wrapped(&key(), "copy", "escrow", "prod");
    for backup in [vec![copy.clone(), key()], vec![key(), copy]] {
        let (code, printed, error) = open(&backup, None);
        assert!(code == Some(0) && printed.contains("aHVudGVyMg==") && error.is_empty(), "{error}");
    }
    let other = wrapped(&newer().0, "other", "wrapped", "prod");
    let (code, printed, error) = open(&[of_a_plugin(&other), key()], Some(IDENTITY));
    assert!(code == Some(0) && printed.contains("aHVudGVyMg=="), "{error}");
    assert!(
        error.contains("skipped the wrapped key in ") && error.contains("kmsv2:unix:///run/kms/kms.sock"),
        "{error}"
    );
}
