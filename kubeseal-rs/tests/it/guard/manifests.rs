//! Findings in manifests that parse, and in other text files.

use super::folder::{SECRET, directory, found, found_in, guard};
use crate::support::program::fixture;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fs;

#[test]
fn secrets_are_found_wherever_they_are() {
    assert_eq!(found_in(SECRET), ["a.yaml:5"]);
    assert_eq!(found_in(&format!("# nothing\n---\na: 1\n---\n{SECRET}")), ["a.yaml:9"]);
    assert_eq!(found_in("apiVersion: v1\nkind: Secret\ndata: {n: 5}\n"), ["a.yaml:3"]);
    assert_eq!(found_in("kind: Secret\nstringData: {a: hunter2}\n"), ["a.yaml:2"]);
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  data: {a: b}\n- apiVersion: v1\n  \
                kind: Secret\n  data: {a: aHVudGVyMg==}\n";
    assert_eq!(found_in(list), ["a.yaml:9"]);
    assert_eq!(
        found_in("apiVersion: v1\nkind: SecretList\nitems:\n- data: {a: aHVudGVyMg==}\n"),
        ["a.yaml:4"]
    );
    let inside = "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- apiVersion: v1\n  kind: Secret\n  data:\n    \
                  a: aHVudGVyMg==\n";
    assert_eq!(found_in(inside), ["a.yaml:7"]);
    let applied = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  annotations:\n    \
                   kubectl.kubernetes.io/last-applied-configuration: |\n      \
                   {\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{\"a\":\"aHVudGVyMg==\"}}\n";
    assert_eq!(found_in(applied).len(), 1);
    let template = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  template:\n    data:\n      \
                    sound: 'x {{ .a }}'\n      password: hunter2\n      host: db.example.com\n      app.ini: |\n        \
                    [db]\n        host = db\n";
    assert_eq!(found_in(template), ["a.yaml:7"]);
}

#[test]
fn a_sealing_key_is_to_be_backed_up_and_not_to_be_sealed() {
    let [key, certificate] = ["test-only.key", "test-only.crt"].map(|name| {
        let text = fs::read_to_string(fixture(name)).unwrap();
        // Without the comment before it, which is not part of a sealing key.
        BASE64_STANDARD.encode(&text[text.find("-----BEGIN ").unwrap()..])
    });
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: k\n  labels: {{sealedsecrets.bitnami.com/sealed-secrets-key: active}}\ndata:\n  \
         tls.crt: {certificate}\n  tls.key: {key}\n"
    );
    let directory = directory(&[("a.yaml", &secret)]);
    let output = guard(directory.path(), &["."]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(printed.contains("a.yaml:8: document 1: Secret k is a sealing key (tls.key): keep it out of Git; `kubeseal-rs keys backup`"), "{printed}");
}

#[test]
fn a_key_that_is_no_name_is_shown_escaped() {
    let directory = directory(&[("a.yaml", "kind: Secret\nstringData: {\"a\\e[2Jb c\": d}\n")]);
    let printed = String::from_utf8(guard(directory.path(), &["."]).stdout).unwrap();
    assert!(printed.contains("holds plaintext (\"a\\u{1b}[2Jb c\"); seal it"), "{printed}");
}

#[test]
fn what_is_no_plaintext_has_no_finding() {
    for text in [
        "apiVersion: v1\nkind: Secret\ndata:\n",
        "apiVersion: v1\nkind: Secret\ndata: {a: '', b: }\n",
        "apiVersion: v1\nkind: Secret\nstringData: {a: '{{ .Values.a }}', b: '${B}'}\n",
        "apiVersion: v1\nkind: Secret\ndata: {a: 'ENC[AES256_GCM,data:aHVu,iv:YQ==,tag:Yg==,type:str]'}\nsops: {}\n",
        "apiVersion: example.com/v1\nkind: Secret\ndata: {a: b}\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: {secretKind: Secret}\n",
        "apiVersion: v1\nkind: Pod\nspec: {ref: {kind: Secret, name: x}}\n",
        "",
    ] {
        let output = guard(directory(&[("a.yaml", text)]).path(), &[]);
        assert_eq!(found(&output), [] as [&str; 0], "{text}");
        assert!(output.stderr.is_empty(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_value_with_a_reference_in_it_is_still_one() {
    for value in [
        "postgres://admin:hunter2@{{ .host }}/db",
        "hunter2 {{",
        "{{ \"hunter2\" }}",
        "${DB_PASSWORD:-hunter2}",
        "ENC[hunter2]",
    ] {
        let text = format!("apiVersion: v1\nkind: Secret\nstringData:\n  a: '{value}'\n");
        assert_eq!(found_in(&text), ["a.yaml:4"], "{value}");
    }
    let lines = "kind: Secret\nstringData:\n  a: |\n    host: {{ .Values.host }}\n    password: hunter2\n";
    assert_eq!(found_in(lines).len(), 1);
}

#[test]
fn references_have_no_findings() {
    for value in [
        "<path:secret/data/db#password>",
        "ref+vault://secret/db#/password",
        "op://shop/db/password",
        "vault:secret/data/db#password",
    ] {
        let base64 = BASE64_STANDARD.encode(value);
        let text = format!("kind: Secret\nstringData: {{a: '{value}'}}\ndata: {{b: {base64}}}\n");
        assert_eq!(found_in(&text), [] as [&str; 0], "{value}");
    }
    let keys =
        "kind: Secret\nmetadata: {annotations: {avp.kubernetes.io/path: a/b}}\nstringData: {a: <word>}\n";
    assert_eq!(found_in(keys), [] as [&str; 0]);
    assert_eq!(found_in(&keys.replace("avp.kubernetes.io", "example.com")), ["a.yaml:3"]);
    assert_eq!(found_in("kind: Secret\nstringData: {a: 'ref+echo://hunter2'}\n"), ["a.yaml:2"]);
}

#[test]
fn charts_have_no_findings() {
    let chart = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include \"x.name\" . }}\ntype: Opaque\ndata:\n  \
                 {{- if .Values.existing }}\n  a: {{ .Values.password | b64enc | quote }}\n  {{- else }}\n  \
                 a: {{ include \"x.y\" (dict \"key\" \"a\") | b64enc }}\n  {{- end }}\n  b: {{ randAlphaNum 16 | b64enc }}\n  \
                 {{- range $k, $v := .Values.more }}\n  {{ $k }}: {{ $v | b64enc }}\n  {{- end }}\n  c: |-\n    \
                 {{ .Files.Get \"c.txt\" | b64enc }}\n";
    assert_eq!(found_in(chart), [] as [&str; 0]);
}

#[test]
fn json_and_utf16_are_read_too() {
    let json = r#"{"apiVersion": "v1", "kind": "Secret", "data": {"a": "aHVudGVyMg=="}}"#;
    let tree = directory(&[("a.json", json)]);
    let utf16: Vec<u8> =
        std::iter::once(0xfeff_u16).chain(SECRET.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(tree.path().join("b.yaml"), utf16).unwrap();
    assert_eq!(found(&guard(tree.path(), &[])), ["a.json:1", "b.yaml:5"]);
}

#[test]
fn what_is_not_utf8_is_judged_as_the_rest() {
    let tree = directory(&[]);
    let latin = [&b"kind: Secret\nstringData:\n  user: j\xfcrgen\n  password: "[..], b"hunter2\n"].concat();
    fs::write(tree.path().join("a.yaml"), &latin).unwrap();
    fs::write(tree.path().join("b.yaml"), b"kind: ConfigMap\ndata: {secretKind: Secret, a: j\xfcrgen}\n")
        .unwrap();
    fs::write(tree.path().join("c.txt"), latin).unwrap();
    assert_eq!(found(&guard(tree.path(), &[])), ["a.yaml:3", "a.yaml:4"]);
    assert_eq!(found(&guard(tree.path(), &["c.txt"])), ["c.txt:3", "c.txt:4"]);
}

#[test]
fn private_keys_are_found_in_files_of_any_kind() {
    let key = fs::read_to_string(fixture("test-only.key")).unwrap();
    let config_map =
        format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  key: |\n    {}\n", key.replace('\n', "\n    "));
    let tree = directory(&[("server.key", &key), ("a.yaml", &config_map)]);
    let begin = |text: &str| text.lines().position(|line| line.contains("-----BEGIN")).unwrap() + 1;
    let expected = [format!("a.yaml:{}", begin(&config_map)), format!("server.key:{}", begin(&key))];
    assert_eq!(found(&guard(tree.path(), &[])), expected);
}
