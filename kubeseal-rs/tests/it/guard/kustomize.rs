//! Files that kustomize generates Secrets from.

use super::folder::{directory, found, found_in, git, guard};
use std::fs;

#[test]
fn what_kustomize_makes_a_secret_of_is_found() {
    let kustomization = "resources: [a.yaml]\nsecretGenerator:\n- name: app\n  literals:\n  - user=hunter2\n  - host=${HOST}\n  \
                         - known=hunter2 # kubeseal-rs: allow\n  envs:\n  - .env\n  files:\n  - sub/key.bin\n  - ca.crt\n";
    let tree = directory(&[
        ("base/kustomization.yaml", kustomization),
        ("base/.env", "# A=b\nA=hunter2\nB=\n# kubeseal-rs: allow\nC=hunter2\n"),
        ("base/other.env", "A=hunter2\n"),
        ("base/sub/key.bin", "\0hunter2"),
        ("base/ca.crt", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"),
    ]);
    let path = tree.path();
    let all = ["base/.env:2", "base/kustomization.yaml:5", "base/sub/key.bin:1"];
    let output = guard(path, &[]);
    assert_eq!(found(&output), all);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("2: plaintext (A), which secretGenerator app makes a Secret of"), "{stdout}");
    // A hook may get the name of this file only, or have only this file staged.
    assert_eq!(found(&guard(&path.join("base"), &[".env"])), [".env:2"]);
    git(path, &["init", "-q"]);
    git(path, &["add", "base/kustomization.yaml"]);
    git(path, &["commit", "-q", "-m", "one"]);
    git(path, &["add", "."]);
    assert_eq!(found(&guard(path, &["--staged"])), [all[0], all[2]]);
    // The recommended way: the Secret is generated from a file that is not committed.
    git(path, &["rm", "-q", "--cached", "base/.env"]);
    fs::write(path.join(".gitignore"), ".env\n").unwrap();
    assert_eq!(found(&guard(path, &[])), all[1..]);
    let alone = "apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: x}\nliterals:\n- a=hunter2\n";
    assert_eq!(found_in(alone), ["a.yaml:5"]);
}
