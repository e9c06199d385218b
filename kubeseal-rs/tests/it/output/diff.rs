//! `diff` of two files: no difference is passed over. More is in `tests/cases/diff`.

use crate::support::program::{fixture, run};
use std::fs;

/// What `diff` prints, and that it says with its exit code that something is different.
fn different(old: &str, new: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let paths = [("old.yaml", old), ("new.yaml", new)].map(|(name, text)| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    });
    let output = run(&["diff", &paths[0], &paths[1]], b"");
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    printed
}

#[test]
fn a_key_that_was_wrapped_anew_is_shown() {
    let text = fs::read_to_string(fixture("inspect/recipients.yaml")).unwrap();
    let key = "\"key\":\"";
    let at = text.find(key).unwrap() + key.len() + 9;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    let damaged = format!("{}{other}{}", &text[..at], &text[at + 1..]);
    let printed = different(&text, &damaged);
    assert!(printed.contains("  ~ recipients  wrapped anew: password"), "{printed}");
}

#[test]
fn fingerprints_that_begin_alike_are_different() {
    let text = fs::read_to_string(fixture("inspect/recipients.yaml")).unwrap();
    let fingerprint = "4a2812f090028e80e7192536418a9f068936c31f12e2720b924888f2fbe4d89d";
    let alike = format!("{}{}", &fingerprint[..63], "0");
    let printed = different(&text, &text.replacen(fingerprint, &alike, 1));
    assert!(printed.contains("4a2812f09002… -> 4a2812f09002…, another one that begins alike"), "{printed}");
}

#[test]
fn an_annotation_that_has_a_line_elsewhere_is_named() {
    let old = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, annotations: {sealedsecrets.bitnami.com/cluster-wide: 'true'}}\nspec: {encryptedData: {a: AgA=}}\n";
    let both = old.replace("'true'}", "'true', sealedsecrets.bitnami.com/namespace-wide: 'true'}");
    assert_eq!(
        different(old, &both),
        "SealedSecret db\n  + annotation sealedsecrets.bitnami.com/namespace-wide\n"
    );
    let of_secret = old.replace(
        "{encryptedData",
        "{template: {metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: hunter2}}}, encryptedData",
    );
    let printed = different(old, &of_secret);
    assert!(
        printed.contains("annotation of the Secret kubectl.kubernetes.io/last-applied")
            && !printed.contains("hunter2"),
        "{printed}"
    );
}

#[test]
fn other_fields_are_named() {
    let old = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec: {encryptedData: {a: AgA=}}\n";
    let new = old.replace("{name: db}", "{name: db, finalizers: [hunter2]}");
    assert_eq!(different(old, &new), "SealedSecret db\n  ~ other fields  metadata.finalizers\n");
}
