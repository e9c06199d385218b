//! `--recovery-unseal`: what either kubeseal sealed, opened by either, with keys in every form of a backup.

use std::sync::Arc;

use anyhow::Result;
use tests::lab::Maker;

use crate::case::Case;
use crate::families::JSON;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const KEYS: &[&str] = &[
    "pkcs1.pem",
    "pkcs8.pem",
    "backup.json",
    "backup.yaml",
    "backup-pkcs8.json",
    "list.json",
    "list.yaml",
    "both.pem",
    "several.yaml",
    "other.pem",
    "other.yaml",
    "cert.pem",
    "cert-and-key.pem",
    "key-and-cert.pem",
    "nowhere.pem",
    ".",
    "text.pem",
    "empty.pem",
    "no-key.yaml",
    "no-base64.yaml",
    "empty-list.yaml",
    "crlf.pem",
];

/// Flags that name more keys than one, or none.
const SEVERAL: &[&str] = &[
    "",
    "--recovery-private-key=",
    "--recovery-private-key other.pem,pkcs1.pem",
    "--recovery-private-key pkcs1.pem,other.pem",
    "--recovery-private-key other.pem --recovery-private-key pkcs1.pem",
    "--recovery-private-key other.pem,other.yaml",
    "--recovery-private-key pkcs1.pem,pkcs1.pem",
    "--recovery-private-key pkcs1.pem,nowhere.pem",
    "--recovery-private-key nowhere.pem,pkcs1.pem",
    "--recovery-private-key pkcs1.pem --cert cert.pem",
    "--recovery-private-key pkcs1.pem -n other",
    "--recovery-private-key pkcs1.pem --name other",
    "--recovery-private-key pkcs1.pem --scope cluster-wide",
    "--recovery-private-key pkcs1.pem -w out.yaml",
    "--recovery-private-key pkcs1.pem -w out.json",
];

/// Secrets, and how they are sealed.
const SECRETS: &[(&str, &str, &str)] = &[
    ("plain", JSON, ""),
    ("as YAML", JSON, "-o yaml"),
    ("namespace-wide", JSON, "--scope namespace-wide"),
    ("cluster-wide", JSON, "--scope cluster-wide"),
    (
        "of a type",
        "kind: Secret\ntype: kubernetes.io/basic-auth\nimmutable: true\nmetadata: {name: db, namespace: shop, \
                   labels: {a: b}, annotations: {c: d}, finalizers: [e/f]}\nstringData: {username: u, password: p}\n",
        "-o yaml",
    ),
    (
        "binary",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\ndata: {k: AP8KDQ==}\nstringData: {e: ''}\n",
        "",
    ),
    ("empty", "kind: Secret\nmetadata: {name: db, namespace: shop}\n", "--allow-empty-data"),
    (
        "unowned",
        "kind: Secret\nmetadata: {name: db, namespace: shop, annotations: \
                 {sealedsecrets.bitnami.com/skip-set-owner-references: 'true'}}\nstringData: {k: v}\n",
        "",
    ),
];

/// Types, and the items that the API server requires of a Secret of each.
const TYPES: &[(&str, &str)] = &[
    ("Opaque", "{k: v}"),
    ("kubernetes.io/tls", "{tls.crt: c, tls.key: k}"),
    ("kubernetes.io/dockerconfigjson", "{.dockerconfigjson: '{\"auths\": {}}'}"),
    ("kubernetes.io/dockercfg", "{.dockercfg: '{}'}"),
    ("kubernetes.io/basic-auth", "{username: u, password: p}"),
    ("kubernetes.io/ssh-auth", "{ssh-privatekey: k}"),
    ("kubernetes.io/service-account-token", "{extra: e}"),
    ("bootstrap.kubernetes.io/token", "{token-id: abcdef, token-secret: 0123456789abcdef}"),
    ("example.com/own", "{k: v}"),
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let sealed = stage.sealed(Maker::Upstream, "", JSON).await?;
    let mut cases = Vec::new();
    for key in KEYS {
        let case = Case::bare(format!("with {key}"), "--recovery-unseal --recovery-private-key").arg(*key);
        cases.push(with_keys(case.stdin(&sealed), &stage)?);
    }
    for args in SEVERAL {
        cases.push(Case::bare(format!("with {args}"), "--recovery-unseal").args(args).stdin(&sealed));
    }
    let listed = SECRETS.iter().map(|(name, secret, args)| (*name, (*secret).to_owned(), *args));
    for (name, secret, args) in listed.chain(TYPES.iter().map(of_type)) {
        for maker in [Maker::Ours, Maker::Upstream] {
            let sealed = stage.sealed(maker, args, &secret).await?;
            for format in ["json", "yaml"] {
                let name = format!("{name}, sealed by {maker:?}, to {format}");
                cases.push(unseal(name, &sealed).args("-o").arg(format));
            }
        }
    }
    cases.extend(spoilt(&sealed));
    cases.extend(templated(&sealed));
    judge(&stage, Family::Recovery, cases).await
}

fn unseal(name: impl Into<String>, sealed: impl AsRef<[u8]>) -> Case {
    Case::bare(name, "--recovery-unseal --recovery-private-key pkcs1.pem").stdin(sealed)
}

/// A Secret of this type without an owner, because its SealedSecret was never in a cluster. The API server accepts it.
fn of_type((kind, data): &(&'static str, &str)) -> (&'static str, String, &'static str) {
    let annotations = "{sealedsecrets.bitnami.com/skip-set-owner-references: 'true', kubernetes.io/service-account.name: default}";
    let metadata = format!("{{name: db, namespace: shop, labels: {{a: b}}, annotations: {annotations}}}");
    (
        kind,
        format!("kind: Secret\ntype: {kind}\nimmutable: true\nmetadata: {metadata}\nstringData: {data}\n"),
        "",
    )
}

fn with_keys(case: Case, stage: &Stage) -> Result<Case> {
    let pkcs1 = std::fs::read_to_string(stage.fixtures.path("pkcs1.pem"))?;
    Ok(case
        .file("text.pem", "hello\n")
        .file("empty.pem", "")
        .file("no-key.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {}\n")
        .file("no-base64.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {tls.key: '%%'}\n")
        .file("empty-list.yaml", "apiVersion: v1\nkind: List\nitems: []\n")
        .file("crlf.pem", pkcs1.replace('\n', "\r\n")))
}

/// SealedSecrets that were changed after sealing.
fn spoilt(sealed: &str) -> Vec<Case> {
    let changed = [
        ("other name", sealed.replace("\"db\"", "\"other\"")),
        ("other namespace", sealed.replace("\"shop\"", "\"other\"")),
        ("no namespace", sealed.replace("\"namespace\": \"shop\"", "\"labels\": {}")),
        ("widened", sealed.replacen(
            "\"namespace\": \"shop\"",
            "\"namespace\": \"shop\", \"annotations\": {\"sealedsecrets.bitnami.com/cluster-wide\": \"true\"}",
            1,
        )),
        ("broken value", sealed.replace("\"password\": \"A", "\"password\": \"%")),
        ("other value", sealed.replace("\"password\": \"A", "\"password\": \"B")),
        ("short value", sealed.replace("\"password\": \"", "\"password\": \"QUJD\", \"p\": \"")),
        ("a Secret", JSON.to_owned()),
        ("nothing", String::new()),
        ("text", "hello\n".to_owned()),
        ("two documents", format!("{sealed}---\n{sealed}")),
        ("separator first", format!("---\n{sealed}")),
        ("no kind", sealed.replace("\"kind\": \"SealedSecret\",", "")),
        ("unknown field", sealed.replacen("\"template\": {", "\"colour\": 1, \"template\": {", 1)),
        ("status", sealed.replacen("\"spec\"", "\"status\": {\"observedGeneration\": 3}, \"spec\"", 1)),
    ];
    changed.into_iter().map(|(name, text)| unseal(name, text)).collect()
}

/// Templates, in the JSON of `spec.template.data`.
const TEMPLATES: &[(&str, &str)] = &[
    ("of a value", r#"{"url": "db://{{ .password }}@db"}"#),
    ("of a value's name", r#"{"password": "<{{ .password }}>"}"#),
    ("in plain text", r#"{"host": "db", "password": "plain"}"#),
    ("that would fail, of a value's name", r#"{"password": "{{ fail \"no\" }}"}"#),
    ("that is none, of a value's name", r#"{"password": "{{ .password"}"#),
    ("none", "{}"),
    ("null", "null"),
    ("of a missing value", r#"{"url": "{{ .nothing }}"}"#),
    ("of another template", r#"{"a": "1", "b": "{{ .a }}", "c": "{{ template \"a\" }}"}"#),
    (
        "with functions",
        r#"{"h": "{{ .password | sha256sum | upper | trunc 9 | quote }}", "b": "{{ len .password }}"}"#,
    ),
    ("with control", r#"{"a": "{{- range $k, $v := . }}{{ $k }}={{ $v | b64enc }};{{ end -}}"}"#),
    ("cut off", r#"{"url": "{{ .password"}"#),
    ("that fails", r#"{"a": "fine", "url": "{{ fail \"no\" }}"}"#),
    ("of a function that is not there", r#"{"url": "{{ env \"HOME\" }}"}"#),
    ("of wrong arguments", r#"{"url": "{{ repeat \"x\" .password }}"}"#),
    ("of a name that no Secret may have", r#"{"a/b": "{{ .password }}"}"#),
    ("that is no text", r#"{"a": 1}"#),
];

fn templated(sealed: &str) -> impl Iterator<Item = Case> {
    TEMPLATES.iter().map(|(name, templates)| {
        let with = format!("\"template\": {{ \"data\": {templates},");
        unseal(format!("a template {name}"), sealed.replacen("\"template\": {", &with, 1))
    })
}
