//! `reseal` over a folder with a file for each cluster (`layout: per-cluster`): those of other clusters are skipped, and counted.

use super::repository::{Repository, SECRET};
use crate::support::program::fixture;
use std::fs;

const EU: &str = "apps/shop/dev/db.eu.yaml";
const US: &str = "apps/shop/dev/db.us.yaml";

#[test]
fn files_of_other_clusters_are_skipped_and_counted() {
    let repository = Repository::new();
    repository.succeeds(&["seal", "-w", "apps/shop/dev/db.yaml"], SECRET);
    let (eu, us) = (repository.read(EU), repository.read(US));
    let certificate = ["--cert", ".sealed-secrets/eu.pem"];
    let check = [&["reseal", "--check"][..], &certificate, &["apps"]].concat();
    let (stdout, _) = repository.succeeds(&check, "");
    assert_eq!(
        stdout,
        "0 of 1 SealedSecret in 1 file not sealed to the present certificate; 1 file of other clusters skipped\n"
    );
    let key = fixture("test-only.key");
    let keys = ["--recovery-private-key", key.to_str().unwrap()];
    let reseal = [&["reseal", "--all"][..], &certificate, &keys, &["apps"]].concat();
    let (stdout, _) = repository.succeeds(&reseal, "");
    assert!(stdout.ends_with("1 resealed, 0 up to date; 1 file of other clusters skipped\n"), "{stdout}");
    assert!(repository.read(EU) != eu && repository.read(US) == us);

    // A file that the user names is not skipped.
    let named = [&["reseal", "--check"][..], &certificate, &[US]].concat();
    let (code, stderr) = repository.fails(&named, "");
    assert!(code == Some(1) && stderr.contains("not sealed to the present certificate"), "{stderr}");
}

/// A pull request can change the rules, and with them what is skipped.
#[test]
fn rules_that_were_not_accepted_skip_nothing() {
    let repository = Repository::new();
    repository.succeeds(&["seal", "-w", "apps/shop/dev/db.yaml"], SECRET);
    repository.write_rules("rules:\n  - { path: \"apps/*/dev/**\", to: [eu, us], layout: per-cluster }\n");
    let check = ["reseal", "--check", "--cert", ".sealed-secrets/eu.pem", "apps"];
    let (code, stderr) = repository.fails(&check, "");
    assert!(
        code == Some(1)
            && stderr.contains("were not accepted, so that no file is skipped")
            && stderr.contains("1 SealedSecret is not sealed"),
        "{stderr}"
    );
}

#[test]
fn a_check_that_skips_everything_fails() {
    let repository = Repository::new();
    repository.succeeds(&["seal", "-w", "apps/shop/dev/db.yaml"], SECRET);
    fs::remove_file(repository.path(EU)).unwrap();
    let check = ["reseal", "--check", "--cert", ".sealed-secrets/eu.pem", "apps"];
    let (code, stderr) = repository.fails(&check, "");
    assert_eq!(code, Some(1));
    assert!(
        stderr.starts_with("error: nothing was checked: 1 file of other clusters skipped\nhint: "),
        "{stderr}"
    );
}

#[test]
fn a_certificate_of_no_cluster_skips_nothing() {
    let repository = Repository::new();
    repository.succeeds(&["seal", "-w", "apps/shop/dev/db.yaml"], SECRET);
    repository.trust_nothing();
    let (code, stderr) =
        repository.fails(&["reseal", "--check", "--cert", ".sealed-secrets/eu.pem", "apps"], "");
    assert!(code == Some(1) && stderr.contains("1 SealedSecret is not sealed"), "{stderr}");
}
