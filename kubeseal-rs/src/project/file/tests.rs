//! Tables of good and bad project files.

use super::*;
use crate::project::cluster::KeySource;
use crate::project::file::{clusters, rules};
use crate::project::rule::Layout;
use api::Scope;
use serde_json::Value;
use std::path::Path;

const AGE: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// The example of the documentation.
fn example() -> String {
    format!(
        "clusters:
  prod-eu: {{ certificate: .sealed-secrets/prod-eu.pem, context: prod-eu }}
  prod-us:
    certificate: .sealed-secrets/prod-us.pem
    url: https://sealed.example.com/v1/cert.pem
    controllerName: sealed-secrets
    controllerNamespace: sealing
  dr: {{ recipient: {AGE} }}
rules:
  - {{ path: \"apps/*/prod/**\", to: [prod-eu, prod-us, dr], scope: strict, layout: one }}
  - {{ path: \"apps/*/dev/**\", to: [prod-us], scope: namespace-wide, layout: per-cluster }}
  - path: \"**\"
    to: [prod-eu]
    layout: per-cluster
    output: overlays/{{cluster}}/{{name}}.yaml
"
    )
}

/// The text of the error, with its location.
fn error(text: &str) -> String {
    let invalid = ProjectFile::parse(text).err().map(|it| format!("{}{}", it.problem, it.location()));
    invalid.unwrap_or_else(|| panic!("accepted: {text}"))
}

fn hint(text: &str) -> String {
    ProjectFile::parse(text).unwrap_err().problem.hint().unwrap_or_default()
}

#[test]
fn the_example_is_read() {
    let file = ProjectFile::parse(&example()).unwrap();
    let names: Vec<&str> = file.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    assert_eq!(names, ["prod-eu", "prod-us", "dr"]);
    assert_eq!(file.clusters[0].key, KeySource::Certificate(".sealed-secrets/prod-eu.pem".into()));
    assert_eq!(file.clusters[2].key, KeySource::Recipient(AGE.parse().unwrap()));
    assert_eq!(
        file.clusters[1].connection.to_string(),
        "controllerName sealed-secrets, controllerNamespace sealing, url https://sealed.example.com/v1/cert.pem"
    );
    let layouts: Vec<&Layout> = file.rules.iter().map(|rule| &rule.layout).collect();
    let per_cluster = |output: &str| Layout::PerCluster { output: output.into() };
    assert_eq!(
        layouts,
        [&Layout::One, &per_cluster("{name}.{cluster}.yaml"), &per_cluster("overlays/{cluster}/{name}.yaml")]
    );
    assert_eq!(file.rules[1].scope, Scope::NamespaceWide);
    assert!(file.rules[2].matches(Path::new("a/b.yaml")));
}

#[test]
fn spelling_does_not_change_the_rules_and_their_order_does() {
    let rules = |text: &str| -> Vec<String> {
        ProjectFile::parse(text).unwrap().rules.iter().map(Rule::normalised).collect()
    };
    let clusters = "clusters: { a: { certificate: a.pem }, b: { certificate: b.pem } }\nrules:\n";
    let plain = rules(&format!("{clusters}- {{ path: x, to: [a, b] }}\n- {{ path: z, to: [a] }}\n"));
    let spelt = rules(&format!(
        "# a comment\n{clusters}- to:\n  - \"a\"\n  - b\n  layout: one\n  scope: 'strict'\n  path: x\n- {{ to: [a], path: z }}\n"
    ));
    assert_eq!(plain, spelt);
    let swapped = rules(&format!("{clusters}- {{ path: z, to: [a] }}\n- {{ path: x, to: [a, b] }}\n"));
    let other_first = rules(&format!("{clusters}- {{ path: x, to: [b, a] }}\n- {{ path: z, to: [a] }}\n"));
    assert!(plain != swapped && plain != other_first);
}

#[test]
fn what_is_wrong_in_the_whole_file() {
    for (text, expected) in [
        ("", "it names no cluster"),
        ("# nothing\n", "it names no cluster"),
        ("clusters: {}\n", "it names no cluster, line 1, column 11, field clusters"),
        ("rules: []\n", "the field \"clusters\" is missing, line 1, column 1"),
        ("- a\n", "it is a list, where a map belongs, line 1, column 1"),
        (
            "clusters: { a: { certificate: a.pem } }\n---\nb: c\n",
            "it has 2 documents, and a project file is one",
        ),
        (
            "clusters: { a: { certificate: a.pem } }\nrules: {}\n",
            "it is a map, where a list belongs, line 2, column 8, field rules",
        ),
        (
            "clusters: { a: { certificate: a.pem } }\nclusters: {}\n",
            "the key \"clusters\" occurs twice, line 2, column 1",
        ),
        (
            "{\"clusters\": {\"a\": {\"certificate\": \"a.pem\", \"certificate\": \"b.pem\"}}}",
            "the key \"certificate\" occurs twice, field clusters.a",
        ),
        (
            "clusters:\n  yes: { certificate: a.pem }\n",
            "a key is read as a boolean, not as text, line 2, column 8, field clusters",
        ),
        (
            "clusters: { a: { certificate: a.pem } }\nrule: []\n",
            "there is no field \"rule\", line 2, column 7",
        ),
        ("clusters: &a\n  b: *a\n", "it is not well-formed YAML"),
    ] {
        let error = error(text);
        assert!(error.starts_with(expected), "{text}\n{error}\n{expected}");
    }
    let many: Vec<String> = (0..1001).map(|n| format!("  c{n}: {{ certificate: c{n}.pem }}\n")).collect();
    let many = many.concat();
    assert!(error(&format!("clusters:\n{many}")).starts_with("a project does not have so many"));
}

#[test]
fn what_is_wrong_in_a_cluster() {
    for (cluster, expected) in [
        ("a: { certifcate: a.pem }", "there is no field \"certifcate\", line 2, column 20, field clusters.a"),
        ("a: {}", "it has neither a certificate nor a recipient, line 2, column 6, field clusters.a"),
        ("a:", "it is nothing, where a map belongs, line 2, column 4, field clusters.a"),
        ("a: { certificate: a.pem, recipient: age1 }", "it has both a certificate and a recipient"),
        ("A: { certificate: a.pem }", "the name of a cluster has lower-case letters"),
        ("rules: { certificate: a.pem }", "no cluster can be called \"rules\""),
        (
            "a: { certificate: 1 }",
            "it is a number, where text belongs, line 2, column 21, field clusters.a.certificate",
        ),
        (
            "a: { certificate: a.pem, context: '' }",
            "it is empty, line 2, column 37, field clusters.a.context",
        ),
        ("a: { certificate: a.pem, context: ~ }", "it is nothing, where text belongs"),
        (
            "a: { certificate: a.pem, controllerName: ../x }",
            "it cannot be the name of a Service or namespace",
        ),
        (
            &format!("a: {{ recipient: {AGE}, context: b }}"),
            "\"context\" is for clusters, and a recipient is none",
        ),
        (
            "a: { certificate: a.pem }\n  b: { certificate: ./a.pem }",
            "it is not the path of a file in this repository",
        ),
        ("a: { certificate: x/a.pem }\n  b: { certificate: x/./a.pem }", "cluster \"a\" has the same key"),
        (
            &format!("a: {{ recipient: {AGE} }}\n  b: {{ recipient: {AGE} }}"),
            "cluster \"a\" has the same key",
        ),
    ] {
        let text = format!("clusters:\n  {cluster}\n");
        let error = error(&text);
        assert!(error.starts_with(expected), "{text}{error}\n{expected}");
    }
}

#[test]
fn a_certificate_is_a_file_of_the_repository() {
    let path = |path: &str| error(&format!("clusters: {{ a: {{ certificate: '{path}' }} }}"));
    for bad in [
        "",
        "/etc/cert.pem",
        "../cert.pem",
        "a/../../cert.pem",
        "a/..",
        "https://a/cert.pem",
        "file:///a.pem",
        "C:\\cert.pem",
        "a\\b.pem",
        ".git/config",
        ".GIT/hooks/pre-commit",
        "certificates/",
        ".",
    ] {
        assert!(path(bad).starts_with("it is not the path of a file in this repository"), "{bad}");
    }
}

#[test]
fn a_recipient_is_a_native_key() {
    let identity = "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQS2ZC4PR";
    for bad in [
        identity,
        "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN",
        &AGE.replace('q', "z"),
        "",
    ] {
        let error = error(&format!("clusters: {{ a: {{ recipient: '{bad}' }} }}"));
        assert!(error.starts_with("it is not a native public key of age"), "{bad}");
        assert!(bad.is_empty() || !error.contains(bad), "{error}");
    }
}

#[test]
fn an_address_is_one_that_can_be_shown() {
    let url =
        |url: &str| ProjectFile::parse(&format!("clusters: {{ a: {{ certificate: a.pem, url: '{url}' }} }}"));
    assert!(url("https://sealed.example.com:8443/v1/cert.pem").is_ok());
    for bad in [
        "http://a/cert.pem",
        "https://joe@a/cert.pem",
        "https://joe:hunter2@a/cert.pem",
        "https://:x@a/",
        "https://a/?token=x",
        "https://a/#x",
        "file:///a.pem",
        "a.pem",
        "",
        "https://",
    ] {
        assert_eq!(url(bad).unwrap_err().problem, Problem::Url, "{bad}");
    }
}

#[test]
fn what_is_wrong_in_a_rule() {
    for (rule, expected) in [
        ("{ to: [a] }", "the field \"path\" is missing, line 2, column 9, field rules.1"),
        ("{ path: x }", "the field \"to\" is missing"),
        ("{ path: x, to: [] }", "it is empty, line 2, column 24, field rules.1.to"),
        ("{ path: x, to: a }", "it is text, where a list belongs"),
        ("{ path: x, to: [b] }", "there is no cluster \"b\", line 2, column 25, field rules.1.to.1"),
        ("{ path: x, to: [a, a] }", "\"a\" occurs twice, line 2, column 28, field rules.1.to.2"),
        ("{ path: x, to: [a], scope: wide }", "it is none of strict, namespace-wide, cluster-wide"),
        ("{ path: x, to: [a], scope: '' }", "it is none of strict"),
        ("{ path: x, to: [a], layout: both }", "it is none of one, per-cluster"),
        ("{ path: x, to: [a], output: '{cluster}.yaml' }", "output goes with layout: per-cluster only"),
        ("{ path: x, to: [a], layout: per-cluster, output: 'x.yaml' }", "it lacks {cluster}"),
        ("{ path: x, to: [a], layout: per-cluster, output: '/{cluster}' }", "it begins with /"),
        ("{ path: ../x, to: [a] }", "it has the part \"..\", and a path goes down only"),
        ("{ path: 'x[', to: [a] }", "it is not a glob: "),
        ("{ path: x, too: [a] }", "there is no field \"too\""),
        ("x", "it is text, where a map belongs, line 2, column 9, field rules.1"),
    ] {
        let text = format!("clusters: {{ a: {{ certificate: a.pem }} }}\nrules: [{rule}]\n");
        let error = error(&text);
        assert!(error.starts_with(expected), "{text}{error}\n{expected}");
    }
}

#[test]
fn a_word_that_is_almost_right_is_corrected() {
    for (text, meant) in [
        ("cluster: {}", "write clusters"),
        ("clusters: { a: { certifcate: x } }", "write certificate"),
        ("clusters: { a: { controllername: x } }", "write controllerName"),
        ("clusters: { a: { kubeconfig: x } }", "the fields are certificate, recipient, context"),
        ("clusters: { prod-eu: { certificate: x } }\nrules: [{ path: x, to: [prod-ue] }]", "write prod-eu"),
        (
            "clusters: { prod-eu: { certificate: x } }\nrules: [{ path: x, to: [dev] }]",
            "the clusters are prod-eu",
        ),
    ] {
        let hint = hint(text);
        assert!(hint.starts_with(meant), "{text}: {hint}");
    }
}

#[test]
fn the_schema_has_the_fields_of_the_parser() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let cluster = &schema["properties"]["clusters"]["additionalProperties"];
    let rule = &schema["properties"]["rules"]["items"];
    let names = |of: &Value| of["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&schema), FIELDS);
    assert_eq!(names(cluster), clusters::FIELDS);
    assert_eq!(names(rule), rules::FIELDS);
    for object in [&schema, cluster, rule] {
        let is_last = object.get("additionalProperties").is_some_and(|others| *others == Value::Bool(false));
        assert!(is_last, "{object}");
    }
    assert_eq!(rule["properties"]["scope"]["enum"], serde_json::json!(rules::SCOPES));
    assert_eq!(rule["properties"]["layout"]["enum"], serde_json::json!(rules::LAYOUTS));
    assert_eq!(rule["required"], serde_json::json!(["path", "to"]));
}
