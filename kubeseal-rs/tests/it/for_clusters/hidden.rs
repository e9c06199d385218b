//! A SealedSecret with a recipient that no rule names, written so that a reader could miss it. `guard` and `reseal --check` find it, beside a file
//! that is right.

use super::repository::{RECIPIENTS, Repository};
use serde_json::{Value, json};

const DB: &str = "apps/shop/prod/db.yaml";

/// The SealedSecret of `DB`, and the same one with a recipient that no rule names.
fn good_and_stranger(repository: &Repository) -> [Value; 2] {
    repository.seal(DB);
    let good = repository.object(DB);
    let mut stranger = good.clone();
    let annotation = &mut stranger["metadata"]["annotations"][RECIPIENTS];
    let key = age::x25519::Identity::generate().to_public().to_string();
    *annotation =
        annotation.as_str().unwrap().replace(&repository.identity.to_public().to_string(), &key).into();
    assert_ne!(good, stranger);
    [good, stranger]
}

/// YAML with this kind; its fields are JSON.
fn yaml(object: &Value, kind: &str) -> String {
    format!(
        "apiVersion: bitnami.com/v1alpha1\n{kind}\nmetadata: {}\nspec: {}\n",
        object["metadata"], object["spec"]
    )
}

fn list(object: &Value, kind: &str) -> Value {
    json!({ "apiVersion": "bitnami.com/v1alpha1", "kind": kind, "items": [object] })
}

/// The exit codes of `guard` and `reseal --check`.
fn exit_codes(repository: &Repository, extension: &str, text: &str) -> [Option<i32>; 2] {
    let file = format!("apps/shop/prod/other.{extension}");
    repository.write(&file, text);
    let codes = [&["guard", "apps"][..], &["reseal", "--check", "apps"]]
        .map(|it| repository.run(it, "").status.code());
    std::fs::remove_file(repository.path(&file)).unwrap();
    codes
}

type Disguise = fn(&Value) -> String;

#[test]
fn a_recipient_in_a_list_or_behind_escapes() {
    let repository = Repository::new();
    let [good, stranger] = good_and_stranger(&repository);
    let disguises: [(&str, Disguise); 8] = [
        ("json", |object| {
            let mut item = object.clone();
            let fields = item.as_object_mut().unwrap();
            fields.remove("kind").and(fields.remove("apiVersion")).unwrap();
            list(&item, "SealedSecretList").to_string()
        }),
        ("json", |object| list(object, "ConfigMapList").to_string()),
        ("json", |object| object.to_string().replace("ecret", "\\u0065cret")),
        ("yaml", |object| {
            yaml(object, "kind: !!binary U2VhbGVkU2VjcmV0").replace("sealedsecrets", "\\x73ealeds\\x65crets")
        }),
        ("yaml", |object| {
            yaml(object, "kind: \"Sealed\\x53ecret\"").replace("sealedsecrets", "sealeds\\x65crets")
        }),
        ("yaml", |object| yaml(object, "kind: \"Sealed\\U00000053ecret\"")),
        ("yaml", |object| yaml(object, "kind: \"Sealed\\\n  Secret\"")),
        ("yaml", |object| yaml(object, "\"k\\x69nd\": \"Sealed\\\n  Secret\"")),
    ];
    for (extension, disguise) in disguises {
        let text = disguise(&stranger);
        assert_eq!(exit_codes(&repository, extension, &text), [Some(1); 2], "{text}");
        let text = disguise(&good);
        assert_eq!(exit_codes(&repository, extension, &text), [Some(0); 2], "{text}");
    }
}

/// kubectl takes the last one.
#[test]
fn a_recipient_behind_a_key_that_occurs_twice() {
    let repository = Repository::new();
    let [_, stranger] = good_and_stranger(&repository);
    let disguises: [(&str, Disguise); 6] = [
        ("json", |object| object.to_string().replacen('{', "{\"kind\":\"ConfigMap\",", 1)),
        ("json", |object| {
            object.to_string().replacen("\"metadata\":{", "\"metadata\":{\"annotations\":{},", 1)
        }),
        ("yaml", |object| yaml(object, "kind: ConfigMap\nkind: SealedSecret")),
        ("yaml", |object| yaml(object, "# {{\nkind: ConfigMap\nkind: SealedSecret")),
        ("yaml", |object| {
            yaml(object, "# {{\nkind: ConfigMap\nkind: \"Sealed\\x53ecret\"")
                .replace("/recipients", "\\/r\\u0065cipients")
        }),
        ("yaml", |object| format!("a: {{{{ .Values.a }}}}\n{}", yaml(object, "kind: SealedSecret"))),
    ];
    for (extension, disguise) in disguises {
        let text = disguise(&stranger);
        assert_eq!(exit_codes(&repository, extension, &text), [Some(1); 2], "{text}");
    }
}

/// Read as far as they parse without their actions; the rest is for what they render to.
#[test]
fn the_recipients_of_a_template_are_compared_too() {
    let repository = Repository::new();
    let [good, stranger] = good_and_stranger(&repository);
    let templates: [Disguise; 3] = [
        |object| format!("{{{{- if .Values.a }}}}\n{}{{{{- end }}}}\n", yaml(object, "kind: SealedSecret")),
        |object| format!("a: {{{{ .Values.a }}}}\n{}", yaml(object, "kind: SealedSecret")),
        |object| format!("{}---\na: {{{{ .Values.a }}}}\n", yaml(object, "kind: SealedSecret")),
    ];
    for template in templates {
        let text = template(&good);
        assert_eq!(exit_codes(&repository, "yaml", &text)[0], Some(0), "{text}");
        let text = template(&stranger);
        assert_eq!(exit_codes(&repository, "yaml", &text), [Some(1); 2], "{text}");
    }
    let text = templates[0](&good);
    assert_eq!(exit_codes(&repository, "yaml", &text), [Some(0); 2], "{text}");
    for text in [
        format!(
            "kind: SealedSecret\nmetadata:\n  annotations:\n    {RECIPIENTS}: {{{{ .Values.a | quote }}}}\n"
        ),
        // The two branches have the same keys.
        format!(
            "{{{{ if .a }}}}\n{0}{{{{ else }}}}\n{0}{{{{ end }}}}\n",
            yaml(&stranger, "kind: SealedSecret")
        ),
    ] {
        assert_eq!(exit_codes(&repository, "yaml", &text), [Some(0); 2], "{text}");
        repository.write("apps/shop/prod/other.yaml", &text);
        let warned = repository.run(&["guard", "apps"], "").stderr;
        let warned = String::from_utf8(warned).unwrap();
        assert!(
            warned.contains("the recipients in a template are not compared with the project file"),
            "{warned}"
        );
    }
}

#[test]
fn templates_and_other_files_pass() {
    let repository = Repository::new();
    repository.seal(DB);
    for (extension, text) in [
        (
            "yaml",
            "# {{ .Values.a }}\nkind: SealedSecret\nspec:\n  encryptedData:\n    a: {{ .Values.sealed }}\n",
        ),
        ("yaml", "{{- if .Values.a }}\nkind: ConfigMap\ndata:\n  a: \"\\u0065 \\x53\"\n{{- end }}\n"),
        ("yaml", "kind: ConfigMap\ndata: {a: \"\\u0065cret\", b: 'C:\\users'}\n"),
        ("yaml", "a: Secret\n1.1: a\n1.2: b\nyes: a\nno: b\n"),
        ("json", "{\"a\": \"\\u0053\"} {\"a\": 1}\n"),
    ] {
        assert_eq!(exit_codes(&repository, extension, text), [Some(0); 2], "{text}");
    }
}
