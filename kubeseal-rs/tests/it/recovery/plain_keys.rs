//! `--recovery-unseal`: sealed values are opened with every kind of file that holds a key.

use crate::support::program::{fixture, run};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{PrivateKey, pem};
use serde_json::{Value, json};
use std::path::Path;

fn key() -> String {
    std::fs::read_to_string(fixture("test-only.key")).unwrap()
}

fn sealed(arguments: &[&str], secret: &Value) -> Vec<u8> {
    let arguments = [&["--cert", "test-only.crt", "-n", "shop"], arguments].concat();
    run(&arguments, secret.to_string().as_bytes()).stdout
}

fn secret() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "db", "labels": { "a": "b" }, "annotations": { "n": "yes" } },
        "type": "Opaque",
        "immutable": true,
        "data": { "true": "true", "digits": "1234", "hex": "1e34", "empty": "", "plus": "++++", "text": "aHVudGVyMg==" },
    })
}

/// A Secret with private key and certificate, as the cluster has it.
fn backup(private: &str) -> Value {
    let certificate = std::fs::read(fixture("test-only.crt")).unwrap();
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "sealed-secrets-keyabcde", "namespace": "kube-system", "generation": 1 },
        "type": "kubernetes.io/tls",
        "data": { "tls.key": BASE64_STANDARD.encode(private), "tls.crt": BASE64_STANDARD.encode(certificate) },
    })
}

fn opens_with(directory: &Path, text: &str) -> Result<(), String> {
    let file = directory.join("key");
    std::fs::write(&file, text).unwrap();
    let arguments = ["--recovery-unseal", "--recovery-private-key", file.to_str().unwrap()];
    let output = run(&arguments, &sealed(&[], &secret()));
    if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
}

#[test]
fn every_kind_of_file_opens() {
    let directory = tempfile::tempdir().unwrap();
    let opens = |text: &str| opens_with(directory.path(), text).unwrap();
    let pkcs1 = PrivateKey::from_pem(&key()).unwrap().to_pkcs1_pem().unwrap();
    let other = PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap().to_pkcs1_pem().unwrap();
    opens(&key());
    opens(&pkcs1);
    opens(&key().replace('\n', "\r\n"));
    opens(&format!("# Ours\n{}{}", std::fs::read_to_string(fixture("test-only.crt")).unwrap(), key()));
    opens(&format!("{}{}", *other, key()));
    let both = [backup(&pkcs1), backup(&key())];
    for object in &both {
        opens(&object.to_string());
        opens(&serde_saphyr::to_string(object).unwrap());
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": [backup(&other), object] });
        opens(&list.to_string());
        opens(&serde_saphyr::to_string(&list).unwrap());
    }
    // Without `apiVersion` and `kind`, as a Go program marshals the items of a list.
    let bare = |object: &Value| {
        let mut object = object.clone();
        object.as_object_mut().unwrap().retain(|key, _| key != "kind" && key != "apiVersion");
        object
    };
    let list =
        json!({ "metadata": { "resourceVersion": "12" }, "items": [bare(&backup(&other)), bare(&both[0])] });
    opens(&list.to_string());
    opens(&serde_saphyr::to_string(&list).unwrap());
    opens(&both.map(|object| serde_saphyr::to_string(&object).unwrap()).join("---\n"));
    let indented = key().trim_end().replace('\n', "\n    ");
    opens(&format!("kind: Secret\nstringData:\n  tls.key: |\n    {indented}\n"));
}

#[test]
fn what_is_no_key_is_an_error_that_does_not_show_it() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |text: &str, words: &str| {
        let printed = opens_with(directory.path(), text).unwrap_err();
        assert!(printed.contains(words), "{printed}");
        let shown: Vec<&str> =
            key().lines().filter(|line| line.len() > 40 && printed.contains(line)).map(|_| "").collect();
        assert!(shown.is_empty(), "{printed}");
    };
    refused("", "found no Secret");
    refused("hunter2", "where a Kubernetes object belongs");
    refused(
        &std::fs::read_to_string(fixture("test-only.crt")).unwrap(),
        "none of the files holds a private key",
    );
    refused(&key().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), "encrypted with a password");
    let der = &pem::blocks(&key())[0].der[..400].to_vec();
    refused(&pem::encode("PRIVATE KEY", der), "is not a sound RSA key");
    refused(&backup("hunter2").to_string(), "skipped a private key");
    refused(r#"{"kind": "Secret", "data": {"other": "aGk="}}"#, "it has no tls.key");
}

#[test]
fn several_files_by_commas_and_by_repetition() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other.key");
    let generated = PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    std::fs::write(&other, &*generated.to_pkcs1_pem().unwrap()).unwrap();
    let other = other.to_str().unwrap();
    let input = sealed(&[], &secret());
    let list = format!("{other},test-only.key");
    for arguments in [
        &["--recovery-private-key", &list][..],
        &["--recovery-private-key", other, "--recovery-private-key=test-only.key"],
    ] {
        assert!(run(&[&["--recovery-unseal"], arguments].concat(), &input).status.success());
    }
    let output = run(&["--recovery-unseal", "--recovery-private-key", other], &input);
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(
        printed.contains("no key could decrypt secret (") && printed.contains("every sealing key"),
        "{printed}"
    );
}

#[test]
fn the_secret_is_what_it_was_in_both_formats() {
    for scope in ["strict", "namespace-wide", "cluster-wide"] {
        let input = sealed(&["--scope", scope], &secret());
        let open = |format| {
            let output =
                run(&["--recovery-unseal", "--recovery-private-key=test-only.key", "-o", format], &input);
            String::from_utf8(output.stdout).unwrap()
        };
        let value: Value = serde_json::from_str(&open("json")).unwrap();
        let yaml = open("yaml");
        assert_eq!(value, serde_saphyr::from_str::<Value>(&yaml).unwrap(), "{yaml}");
        assert!(yaml.starts_with("---\napiVersion: v1\n"));
        for field in ["data", "type", "immutable"] {
            assert_eq!(value[field], secret()[field], "{scope} {field}");
        }
        assert_eq!(value["metadata"]["labels"], secret()["metadata"]["labels"]);
        assert_eq!(
            value["metadata"]["ownerReferences"],
            Value::Null,
            "the API server refuses one without UID"
        );
    }
    let mut live: Value = serde_json::from_slice(&sealed(&[], &secret())).unwrap();
    live["metadata"]["uid"] = json!("0f1e2d3c");
    let arguments = ["--recovery-unseal", "--recovery-private-key=test-only.key"];
    let opened = run(&arguments, live.to_string().as_bytes()).stdout;
    let opened: Value = serde_json::from_slice(&opened).unwrap();
    let owner = &opened["metadata"]["ownerReferences"][0];
    assert_eq!((&owner["kind"], &owner["uid"]), (&json!("SealedSecret"), &json!("0f1e2d3c")));
}

/// A key without its certificate may be the one that is noted; a backup has the certificate.
#[test]
fn why_it_does_not_open_is_said_by_what_is_known_of_the_keys() {
    let input = sealed(&[], &secret());
    let directory = tempfile::tempdir().unwrap();
    let other = PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (now, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &other, "", now, 60 * day).unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let private = other.to_pkcs1_pem().unwrap();
    let bare = file("bare.pem", &private);
    let whole = file("whole.pem", &[private.as_str(), &certificate.to_pem()].concat());
    let own = key() + &std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    let own = file("own.pem", &own);
    let because = |key: &str, input: &[u8]| {
        let output = run(&["--recovery-unseal", "--recovery-private-key", key], input);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = because(&bare, &input);
    let guesses = "sealed for another cluster, or for another name or namespace, or its key is gone (key ";
    assert!(said.contains(guesses), "{said}");
    let said = because(&whole, &input);
    assert!(said.contains("which is not here: sealed for another cluster"), "{said}");
    assert!(said.contains("every sealing key"), "{said}");
    let renamed = String::from_utf8(input).unwrap().replace("\"db\"", "\"api\"");
    let said = because(&own, renamed.as_bytes());
    assert!(said.contains("must have been sealed for another name or namespace than shop/api"), "{said}");
    assert!(said.contains("hint: write the name and namespace that it was sealed for"), "{said}");
}

#[test]
fn what_is_cut_off_has_a_hint() {
    let mut input: Value = serde_json::from_slice(&sealed(&[], &secret())).unwrap();
    let item = input["spec"]["encryptedData"].as_object_mut().unwrap().values_mut().next().unwrap();
    *item = item.as_str().unwrap()[..200].into();
    let output =
        run(&["--recovery-unseal", "--recovery-private-key", "test-only.key"], input.to_string().as_bytes());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1) && said.contains("\nhint: take what is cut off, or not base64"),
        "{said}"
    );
    assert!(!said.contains("every sealing key"), "{said}");
}

#[test]
fn every_document_comes_back() {
    let input = sealed(&["-o", "yaml"], &secret()).repeat(3);
    let output = run(&["--recovery-unseal", "--recovery-private-key=test-only.key", "-o", "yaml"], &input);
    assert_eq!(String::from_utf8(output.stdout).unwrap().matches("kind: Secret").count(), 3);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let input = sealed(&[], &secret());
    for name in ["new.yaml", "old.yaml"] {
        let path = directory.path().join(name);
        if name == "old.yaml" {
            std::fs::write(&path, "x".repeat(10_000)).unwrap();
        }
        let arguments =
            ["--recovery-unseal", "--recovery-private-key=test-only.key", "-w", path.to_str().unwrap()];
        assert!(run(&arguments, &input).status.success());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("---\n") && !text.contains("xx"));
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn a_template_is_rendered_or_named() {
    let mut object: Value = serde_json::from_slice(&sealed(&[], &secret())).unwrap();
    let unseal = |object: &Value| {
        run(&["--recovery-unseal", "--recovery-private-key=test-only.key"], object.to_string().as_bytes())
    };
    object["spec"]["template"]["data"] = json!({ "url": "<{{ .text }}>" });
    let secret: Value = serde_json::from_slice(&unseal(&object).stdout).unwrap();
    let text = BASE64_STANDARD.decode(secret["data"]["text"].as_str().unwrap()).unwrap();
    let url = BASE64_STANDARD.decode(secret["data"]["url"].as_str().unwrap()).unwrap();
    assert_eq!(url, [b"<", text.as_slice(), b">"].concat());

    object["spec"]["template"]["data"] = json!({ "url": "{{ fail .text }}" });
    let printed = String::from_utf8(unseal(&object).stderr).unwrap();
    assert!(printed.contains("template \"url\", line 1") && !printed.contains("hunter2"), "{printed}");
    assert!(printed.contains("hint: correct the template"), "{printed}");
}

#[test]
fn without_a_namespace_it_fails_and_a_flag_gives_one() {
    let mut object: Value = serde_json::from_slice(&sealed(&[], &secret())).unwrap();
    object["metadata"].as_object_mut().unwrap().remove("namespace").unwrap();
    let key = fixture("test-only.key");
    let unseal = |flags: &[&str]| {
        let arguments =
            [&["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap()], flags].concat();
        run(&arguments, object.to_string().as_bytes())
    };
    let output = unseal(&[]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && stderr.contains("hint: it names no namespace"), "{stderr}");
    assert!(!unseal(&["-n", "other"]).status.success());
    let opened: Value = serde_json::from_slice(&unseal(&["-n", "shop"]).stdout).unwrap();
    assert_eq!(
        (&opened["metadata"]["namespace"], &opened["data"]["text"]),
        (&json!("shop"), &json!("aHVudGVyMg=="))
    );
}
