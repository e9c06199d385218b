//! Plaintext where a sealed value belongs, and keys in lists without kinds.

use super::folder::{directory, found, found_in, guard};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// A SealedSecret with this value on line 6.
fn sealed(value: &str) -> String {
    format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {{name: db, namespace: shop}}\nspec:\n  encryptedData:\n    \
         password: {value}\n"
    )
}

#[test]
fn what_was_never_sealed_is_found() {
    let base64 = BASE64_STANDARD.encode("hunter2");
    for value in [
        "hunter2",
        &base64,
        "5",
        "\"hunter2\"",
        "'postgres://a:hunter2@{{ .host }}'",
        "Admin123",
        "Build2026x",
        "Best password",
        "Admin123...",
        "Build2026…",
        &format!("AgBy{} my password here", "x".repeat(100)),
    ] {
        assert_eq!(found_in(&sealed(value)), ["a.yaml:6"], "{value}");
    }
    let directory = directory(&[("a.yaml", &sealed("hunter2"))]);
    let printed = String::from_utf8(guard(directory.path(), &["."]).stdout).unwrap();
    assert_eq!(
        printed,
        "a.yaml:6: document 1: encryptedData of SealedSecret shop/db holds plaintext (password), which was never sealed; put in its place what \
         kubeseal-rs --raw makes of it\n"
    );
}

#[test]
fn sealed_values_and_what_stands_for_them_have_no_finding() {
    let value = BASE64_STANDARD.encode([&[2, 0][..], &[7; 512 + 16 + 5]].concat());
    let folded = format!(">-\n      {}\n      {}", &value[..100], &value[100..]);
    for value in [
        value.as_str(),
        &folded,
        &value[..100],
        "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq.....",
        "'{{ .Values.sealed }}'",
        "{{ .Values.sealed }}",
        "${SEALED}",
        "''",
    ] {
        assert_eq!(found_in(&sealed(value)), [] as [&str; 0], "{value}");
        let chart = format!("{{{{- if .Values.a }}}}\n{}{{{{- end }}}}\n", sealed(value));
        assert_eq!(found_in(&chart), [] as [&str; 0], "{value}");
    }
}

#[test]
fn in_a_chart_plaintext_is_found_too() {
    let chart = format!("{{{{- if .Values.a }}}}\n{}{{{{- end }}}}\n", sealed("hunter2"));
    assert_eq!(found_in(&chart), ["a.yaml:7"]);
}

/// As client-go writes a list, and `keys restore` reads it.
#[test]
fn keys_without_a_kind_are_kept_out_of_git() {
    let key = BASE64_STANDARD
        .encode("-----BEGIN RSA PRIVATE KEY-----\n".to_owned() + &"MIIEpAIBAAKCAQEA".repeat(40));
    let label = "{sealedsecrets.bitnami.com/sealed-secrets-key: active}";
    for (top, implied) in [("", ""), ("kind: List\napiVersion: v1\n", "  kind: Secret\n  apiVersion: v1\n")] {
        let list = format!(
            "{top}items:\n- metadata: {{name: k, namespace: kube-system, labels: {label}}}\n{implied}  data:\n    tls.key: {key}\n"
        );
        let directory = directory(&[("backup.yaml", &list)]);
        let output = guard(directory.path(), &[]);
        assert_eq!(found(&output).len(), 1, "{list}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(
            printed.contains("Secret kube-system/k is a sealing key (tls.key): keep it out of Git;"),
            "{printed}"
        );
        assert!(!printed.contains("seal it"), "{printed}");
    }
}
