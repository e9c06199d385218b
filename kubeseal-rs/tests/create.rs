//! `create`: what is built is what kubectl would have built, from every place that values come from.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/program.rs"]
mod program;

use api::{Scope, SealedSecret};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{PrivateKey, open};
use program::{fixture, run};
use rcgen::{CertificateParams, KeyPair, SigningKey as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

const PLANTED: &str = "hunter2-planted";

fn create(arguments: &[&str], input: &[u8]) -> Output {
    let all = [&["create", "--cert", "test-only.crt", "-n", "shop", "-o", "json"], arguments].concat();
    run(&all, input)
}

fn sealed(output: &Output) -> SealedSecret {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2") && !stderr.contains("hunter2"));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every value, opened under the scope that the SealedSecret states.
fn values(output: &Output) -> BTreeMap<String, String> {
    let sealed = sealed(output);
    let key = PrivateKey::from_pem(&std::fs::read_to_string(fixture("test-only.key")).unwrap()).unwrap();
    let label = Scope::of(sealed.metadata.annotations.as_ref()).label(
        sealed.metadata.namespace.as_deref().unwrap_or_default(),
        sealed.metadata.name.as_deref().unwrap_or_default(),
    );
    let value = |(name, text): (&String, &String)| {
        let envelope = BASE64_STANDARD.decode(text).unwrap();
        let value = open(&key, &label, &envelope).unwrap().expose().to_vec();
        (name.clone(), String::from_utf8(value).unwrap())
    };
    sealed.spec.encrypted_data.iter().map(value).collect()
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
}

fn assert_fails(output: &Output, code: i32, words: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(output.stdout.is_empty() && !stderr.contains("hunter2"), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "no {word:?} in:\n{stderr}");
    }
}

#[test]
fn literals_are_taken_as_they_stand() {
    let output = create(
        &["db", "--from-literal", "a=b=c", "--from-literal=quoted=\"'x'\"", "--from-literal", "empty="],
        b"",
    );
    assert_eq!(values(&output), map(&[("a", "b=c"), ("quoted", "\"'x'\""), ("empty", "")]));
}

#[test]
fn files_give_their_names_and_directories_their_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::create_dir(path("conf.d")).unwrap();
    std::fs::create_dir(path("conf.d/deeper")).unwrap();
    for (name, value) in
        [("one", "1"), ("conf.d/two", "2\n"), ("conf.d/.three", "3"), ("conf.d/deeper/no", "0")]
    {
        std::fs::write(path(name), value).unwrap();
    }
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    let output = create(
        &[
            "db",
            "--from-file",
            &text("one"),
            "--from-file",
            &format!("other={}", text("one")),
            "--from-file",
            &text("conf.d"),
        ],
        b"",
    );
    assert_eq!(values(&output), map(&[("one", "1"), ("other", "1"), ("two", "2\n"), (".three", "3")]));

    let output = create(&["db", "--from-file", &format!("key={}", text("conf.d"))], b"");
    assert_fails(&output, 1, &["gives one key to a directory", "--from-file"]);
    std::fs::write(path("conf.d/two words"), PLANTED).unwrap();
    assert_fails(
        &create(&["db", "--from-file", &text("conf.d")], b""),
        1,
        &["two words", "a key has letters"],
    );
    assert_fails(
        &create(&["db", "--from-file", &text("none")], b""),
        1,
        &["cannot read", "no such file or directory"],
    );
}

#[test]
fn env_files_are_read_as_kubectl_does() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "# comment\n a=1 \nb=\"q\"\nHOME\n").unwrap();
    let path = file.path().to_str().unwrap();
    let output = create(&["db", "--from-env-file", path], b"");
    assert_eq!(values(&output), map(&[("a", "1 "), ("b", "\"q\""), ("HOME", "/nonexistent")]));
    std::fs::write(file.path(), format!("a=1\nexport b={PLANTED}\n")).unwrap();
    assert_fails(&create(&["db", "--from-env-file", path], b""), 1, &["line 2", "export"]);
}

#[test]
fn prompts_take_a_line_each_from_a_pipe() {
    let output =
        create(&["db", "--prompt", "a", "--prompt", "b"], format!("{PLANTED}\r\nsecond\nrest").as_bytes());
    assert_eq!(values(&output), map(&[("a", PLANTED), ("b", "second")]));
    let output = create(&["db", "--prompt", "a", "--prompt", "b"], format!("{PLANTED}\n").as_bytes());
    assert_fails(&output, 1, &["no b was entered"]);
}

#[test]
fn a_key_comes_once() {
    let output = create(&["db", "--from-literal", "a=hunter2", "--prompt", "a"], b"hunter2\n");
    assert_fails(&output, 1, &["\"a\" is given twice"]);
}

#[test]
fn what_kubectl_says_about_a_secret_can_be_said() {
    let output = create(
        &[
            "secret",
            "generic",
            "db",
            "--from-literal=a=b",
            "--type=x/y",
            "--label=app=db",
            "--annotation=n=1",
            "--immutable",
        ],
        b"",
    );
    let template = sealed(&output).spec.template;
    let metadata = template.metadata.unwrap();
    assert_eq!((template.type_.as_deref(), template.immutable), (Some("x/y"), Some(true)));
    assert_eq!(metadata.labels, Some(map(&[("app", "db")])));
    assert_eq!(metadata.annotations, Some(map(&[("n", "1")])));
}

#[test]
fn scopes_bind_as_they_say() {
    for scope in Scope::ALL {
        let output = create(&["db", "--from-literal=a=b", "--scope", scope.as_str()], b"");
        assert_eq!(Scope::of(sealed(&output).metadata.annotations.as_ref()), scope);
        assert_eq!(values(&output), map(&[("a", "b")]));
    }
}

#[test]
fn a_login_is_kubectls() {
    let arguments = ["docker-registry", "pull", "--docker-username", "u", "--docker-server", "r.example.com"];
    let piped = create(&arguments, b"hunter2\n");
    let typed =
        create(&[&arguments[..], &["--docker-password", "hunter2", "--docker-email", "e@x"]].concat(), b"");
    assert_eq!(sealed(&piped).spec.template.type_.as_deref(), Some("kubernetes.io/dockerconfigjson"));
    assert_eq!(
        values(&piped)[".dockerconfigjson"],
        r#"{"auths":{"r.example.com":{"username":"u","password":"hunter2","auth":"dTpodW50ZXIy"}}}"#
    );
    assert_eq!(
        values(&typed)[".dockerconfigjson"],
        r#"{"auths":{"r.example.com":{"username":"u","password":"hunter2","email":"e@x","auth":"dTpodW50ZXIy"}}}"#
    );
}

fn written(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn certificates_and_keys_must_belong_together() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, algorithm) in [("ec", &rcgen::PKCS_ECDSA_P256_SHA256), ("ed", &rcgen::PKCS_ED25519)] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        assert!(key.sign(b"sound").is_ok());
        let certificate =
            CertificateParams::new([format!("{name}.example")]).unwrap().self_signed(&key).unwrap();
        files.push((
            written(directory.path(), &format!("{name}.crt"), &certificate.pem()),
            written(directory.path(), &format!("{name}.key"), &key.serialize_pem()),
        ));
    }
    files.push((fixture("test-only.crt"), fixture("test-only.key")));
    for (index, (certificate, _)) in files.iter().enumerate() {
        for (other, (_, key)) in files.iter().enumerate() {
            let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
            let output = create(&["tls", "web", "--cert-file", certificate, "--key", key], b"");
            if index == other {
                assert_eq!(sealed(&output).spec.template.type_.as_deref(), Some("kubernetes.io/tls"));
                let values = values(&output);
                assert_eq!(values["tls.crt"], std::fs::read_to_string(certificate).unwrap());
                assert_eq!(values["tls.key"], std::fs::read_to_string(key).unwrap());
            } else {
                assert_fails(&output, 1, &["belongs to another private key"]);
            }
        }
    }
    let (certificate, key) = (files[0].0.to_str().unwrap(), files[0].1.to_str().unwrap());
    let swapped = create(&["tls", "web", "--cert-file", key, "--key-file", certificate], b"");
    assert_fails(&swapped, 1, &["no PEM block \"CERTIFICATE\""]);
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\naHVudGVyMg==\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let encrypted = written(directory.path(), "encrypted.key", encrypted);
    let output =
        create(&["tls", "web", "--cert-file", certificate, "--key-file", encrypted.to_str().unwrap()], b"");
    assert_fails(&output, 1, &["encrypted with a password", "openssl pkey"]);
}

#[test]
fn the_environment_gives_flags_here_too() {
    let mut command = program::program(&["create", "db", "--from-literal", "a=b", "-o", "json"]);
    command.env("SEALED_SECRETS_CERT", "test-only.crt").env("SEALED_SECRETS_NAMESPACE", "shop");
    assert_eq!(values(&program::finish(command, b"")), map(&[("a", "b")]));
}

#[test]
fn a_docker_config_is_taken_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.json");
    let config = "{\"auths\": {\"r.example.com\": {\"auth\": \"aHVudGVyMg==\"}}}\n";
    std::fs::write(&path, config).unwrap();
    let file = path.to_str().unwrap();
    for source in [file.to_owned(), format!(".dockerconfigjson={file}")] {
        let output = create(&["docker-registry", "pull", "--from-file", &source], b"");
        assert_eq!(sealed(&output).spec.template.type_.as_deref(), Some("kubernetes.io/dockerconfigjson"));
        assert_eq!(values(&output)[".dockerconfigjson"], config);
    }
    let refused = |arguments: &[&str]| {
        let output = create(&[&["docker-registry", "pull"], arguments].concat(), b"");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("aHVudGVyMg"), "{stderr}");
        (output.status.code(), stderr)
    };
    assert_eq!(refused(&["--from-file", &format!("other={file}")]).0, Some(2));
    assert_eq!(refused(&["--from-file", file, "--docker-username", "u"]).0, Some(2));
    for broken in ["[]", "aHVudGVyMg", "{\"a\": aHVudGVyMg}"] {
        std::fs::write(&path, broken).unwrap();
        let (code, stderr) = refused(&["--from-file", file]);
        assert!(code == Some(1) && stderr.contains("is not a JSON object"), "{stderr}");
    }
}

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
    // Made anew.
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
    // It has the one that is made anew.
    assert!(create(&["--prompt", "token"]).status.success());
    let made = std::fs::read_to_string(&file).unwrap();
    for (place, more, lost) in [
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
        let place =
            if place == "metadata" { &mut object["metadata"] } else { &mut object["spec"]["template"] };
        merge(place, &more);
        std::fs::write(&file, object.to_string()).unwrap();
        assert_fails(
            &create(&["--prompt", "token"]),
            1,
            &[&format!("also holds {lost}, which is not"), "--force"],
        );
    }
    // What is the same, or is what counts where nothing is written, is not lost.
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

/// Adds fields to an object, and to the objects in it.
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
        (&["db", "-n", "elsewhere", "--prompt", "token"], 1, "no SealedSecret in "),
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
    assert_fails(&output, 1, &["with --merge-into FILE instead of -w FILE"]);
}
