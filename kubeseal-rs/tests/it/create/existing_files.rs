//! `create` over an existing file: nothing in the file is lost.

use super::outcome::{PLANTED, assert_fails};
use crate::support::program::{fixture, run};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

#[test]
fn a_file_with_something_else_in_it_is_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.yaml");
    let path = file.to_str().unwrap();
    let create = |arguments: &[&str]| {
        let all = ["create", "--cert", "test-only.crt", "--from-literal", "a=hunter2", "-w", path];
        run(&[&all, arguments].concat(), b"")
    };
    let db = ["db", "-n", "shop"];
    assert!(create(&db).status.success());
    // The file is written for the first time.
    let first = std::fs::read_to_string(&file).unwrap();
    assert!(create(&db).status.success());
    assert_ne!(std::fs::read_to_string(&file).unwrap(), first);
    for text in [
        format!("{first}---\nkind: ConfigMap\n"),
        first.replace("shop", "other"),
        first.replace("name: db", "name: cache"),
        "kind: Secret\nmetadata: {name: db, namespace: shop}\n".into(),
        "a: [\n".into(),
    ] {
        std::fs::write(&file, &text).unwrap();
        assert_fails(&create(&db), 1, &["holds something else than the SealedSecret db alone", "--force"]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
    assert!(create(&["db", "-n", "shop", "--force"]).status.success());
    std::fs::write(&file, "# nothing yet\n").unwrap();
    assert!(create(&db).status.success());
}

#[test]
fn what_is_not_given_now_is_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.yaml");
    let create = |arguments: &[&str]| {
        let all = ["create", "db", "-n", "shop", "--cert", "test-only.crt", "-w", file.to_str().unwrap()];
        run(&[&all, arguments].concat(), b"hunter2\n")
    };
    let both = ["--from-literal", "a=hunter2", "--from-literal", "b=hunter2", "--label", "app=db"];
    assert!(create(&both).status.success());
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("  template:\n", "  template:\n    data: {c: \"{{ .a }}\"}\n");
    std::fs::write(&file, &text).unwrap();
    for (arguments, lost) in [
        (&both[..], "also holds the template \"c\", which is not given now"),
        (
            &["--from-literal", "a=hunter2", "--label", "app=x"],
            "the item \"b\", the template \"c\", which are",
        ),
        (
            &["--from-literal", "a=hunter2", "--prompt", "b"],
            "the template \"c\", the label \"app\", which are",
        ),
        (&["--prompt", "token"], "the item \"a\", the item \"b\", "),
    ] {
        let output = create(arguments);
        assert_fails(&output, 1, &[lost, "--merge-into FILE", "--force"]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
    assert!(create(&["--prompt", "token", "--force"]).status.success());
    // The new item is in the file.
    assert!(create(&["--prompt", "token"]).status.success());
    let made = std::fs::read_to_string(&file).unwrap();
    for (parent, more, lost) in [
        ("metadata", json!({ "labels": { "app": "db" } }), "its own label \"app\""),
        ("metadata", json!({ "annotations": { "mine": "yes" } }), "its own annotation \"mine\""),
        ("metadata", json!({ "finalizers": ["me.example/wait"] }), "its own finalizer \"me.example/wait\""),
        (
            "template",
            json!({ "metadata": { "finalizers": ["a.example/b"] } }),
            "the finalizer \"a.example/b\"",
        ),
        ("template", json!({ "type": "kubernetes.io/basic-auth" }), "the type \"kubernetes.io/basic-auth\""),
        ("template", json!({ "immutable": true }), "that the Secret is immutable"),
    ] {
        let mut object: Value = serde_saphyr::from_str(&made).unwrap();
        let parent =
            if parent == "metadata" { &mut object["metadata"] } else { &mut object["spec"]["template"] };
        merge(parent, &more);
        std::fs::write(&file, object.to_string()).unwrap();
        assert_fails(
            &create(&["--prompt", "token"]),
            1,
            &[&format!("also holds {lost}, which is not"), "--force"],
        );
    }
    // A field with an equal value, or one that has no effect, is not reported as lost.
    let mut object: Value = serde_saphyr::from_str(&made).unwrap();
    merge(&mut object["spec"]["template"], &json!({ "type": "Opaque", "immutable": false }));
    std::fs::write(&file, object.to_string()).unwrap();
    assert!(create(&["--prompt", "token", "--type", "example.com/a", "--immutable"]).status.success());
    assert!(create(&["--prompt", "token", "--type", "example.com/a", "--immutable"]).status.success());
    assert_fails(
        &create(&["--prompt", "token", "--immutable"]),
        1,
        &["the type \"example.com/a\", which is"],
    );
}

/// Adds fields to an object, and to the objects inside it.
fn merge(object: &mut Value, more: &Value) {
    for (name, value) in more.as_object().unwrap() {
        if value.is_object() && object[name].is_object() {
            merge(&mut object[name], value);
        } else {
            object[name] = value.clone();
        }
    }
}

#[test]
fn values_are_added_to_a_sealed_secret_that_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("db.yaml");
    let file = path.to_str().unwrap();
    let write = || {
        let first = run(
            &[
                "create",
                "db",
                "--cert",
                "test-only.crt",
                "-n",
                "shop",
                "--from-literal",
                "a=hunter2",
                "-w",
                file,
            ],
            b"",
        );
        assert!(first.status.success());
        let text = format!("# Ours.\n{}", std::fs::read_to_string(&path).unwrap());
        std::fs::write(&path, &text).unwrap();
        text
    };
    let before = write();
    let merge = |arguments: &[&str]| {
        run(
            &[&["create", "--cert", "test-only.crt", "--merge-into", file], arguments].concat(),
            b"hunter2-planted\n",
        )
    };
    let output = merge(&["db", "--prompt", "token", "--label", "team=web"]);
    assert!(
        output.status.success() && output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(before.lines().all(|line| after.contains(line)) && after.contains("team: web"), "{after}");
    let key = fixture("test-only.key");
    let opened =
        run(&["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap(), "-f", file], b"").stdout;
    let opened: Value = serde_json::from_slice(&opened).unwrap();
    assert_eq!(opened["data"]["token"], BASE64_STANDARD.encode(PLANTED));
    assert_eq!(opened["data"]["a"], BASE64_STANDARD.encode("hunter2"));

    for (arguments, code, words) in [
        (&["other", "--prompt", "token"][..], 1, "no SealedSecret in "),
        (
            &["db", "-n", "elsewhere", "--prompt", "token"],
            1,
            "has the SealedSecret shop/db, and not elsewhere/db",
        ),
        (&["db", "--scope", "cluster-wide", "--prompt", "token"], 1, "has the scope strict"),
        (&["db", "--type", "x", "--prompt", "token"], 2, "--type and --merge-into exclude each other"),
        (&["db", "-w", "x.yaml", "--prompt", "token"], 2, "--merge-into FILE changes that file"),
    ] {
        assert_fails(&merge(arguments), code, &[words, "hint: "]);
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
    let output = run(
        &["create", "other", "--cert", "test-only.crt", "-n", "shop", "--from-literal", "a=b", "-w", file],
        b"",
    );
    assert_fails(&output, 1, &["with `create --merge-into FILE`"]);
}
