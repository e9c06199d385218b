//! `keys retire` where the controller does not say which key it serves.

use crate::support::key_lines::{KEY, LABELLED, LEGACY, SEALED, changed, key, list, nothing_sealed};
use crate::support::program::{fixture, run, run_unread};
use crate::support::server::{Line, PORTS, SERVICE, Server, status};
use crate::support::wrapped::{fixture_wrapped, wrapped};
use rand::rngs::SysRng;
use serde_json::{Value, json};

fn fingerprint() -> String {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    envelope::Certificate::from_pem(&pem).unwrap().fingerprint().to_string()
}

/// The Secret of a key that is newer than the fixture's.
pub(crate) fn newer() -> Value {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let certificate = envelope::issue(&mut SysRng, &private, "", start, day).unwrap();
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let mut newer = key();
    newer["metadata"]["name"] = json!("sealed-secrets-keynewer");
    newer["metadata"]["creationTimestamp"] = json!(start);
    newer["data"] = json!({ "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()) });
    newer
}

/// Retires the fixture's key, beside which there is a newer one: exit code, standard error, and whether the key was
/// labelled.
fn retire(controller: Vec<Line>, flags: &[&str]) -> (Option<i32>, String, bool) {
    let mut lines =
        vec![(LABELLED, 200, list(&[newer(), key()])), (LEGACY, 200, list(&[])), changed(), nothing_sealed()];
    lines.extend(controller);
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "retire", &fingerprint()], flags, &connection].concat(), b"");
    let labelled =
        server.requests().iter().any(|request| request.starts_with("PATCH ") && request.contains(KEY));
    (output.status.code(), String::from_utf8(output.stderr).unwrap(), labelled)
}

#[test]
fn an_unknown_served_key_is_not_taken_for_none() {
    let found = || (SERVICE, 200, PORTS.to_owned());
    let certificate = |code, reason, message| ("/proxy/v1/cert.pem", code, status(code, reason, message));
    let refused = [
        (
            "forbidden",
            vec![(SERVICE, 403, status(403, "Forbidden", "no services"))],
            "the right to get services in ",
        ),
        (
            "no proxy",
            vec![found(), certificate(403, "Forbidden", "no proxy")],
            "the right to get services/proxy",
        ),
        (
            "silent",
            vec![found(), certificate(503, "ServiceUnavailable", "error trying to reach service")],
            "not ready",
        ),
        ("other", vec![found(), certificate(404, "NotFound", "?")], "is not the controller's"),
    ];
    for (what, controller, hint) in refused {
        let (code, error, labelled) = retire(controller.clone(), &[]);
        assert!(code == Some(1) && !labelled, "{what}: {error}");
        assert!(error.contains("it is not known whether key") && error.contains(hint), "{what}: {error}");
        assert!(error.contains("--unserved"), "{what}: {error}");
        let (code, error, labelled) = retire(controller, &["--unserved"]);
        assert!(code == Some(0) && labelled, "{what}: {error}");
    }
    let gone = vec![(SERVICE, 404, status(404, "NotFound", "no such service"))];
    let (code, error, labelled) = retire(gone, &[]);
    assert!(code == Some(0) && labelled && error.contains("--controller-name"), "{error}");
    let down = vec![found(), certificate(503, "ServiceUnavailable", "no endpoints available for service x")];
    let (code, error, labelled) = retire(down, &[]);
    assert!(code == Some(0) && labelled && error.is_empty(), "{error}");
}

/// A Secret that holds a newer key wrapped may be one that another user stored.
#[test]
fn a_newer_wrapped_key_counts_if_the_controller_serves_it() {
    let planted = wrapped(&newer(), "planted", "wrapped", "prod");
    let mut patched = changed();
    patched.0 = "/secrets/sealed-secrets-keywrapped?";
    let retire = |controller: Vec<Line>, flags: &[&str]| {
        let both = list(&[planted.clone(), fixture_wrapped()]);
        let mut lines =
            vec![(LABELLED, 200, both), (LEGACY, 200, list(&[])), patched.clone(), nothing_sealed()];
        lines.extend(controller);
        let server = Server::start(lines);
        let kubeconfig = server.kubeconfig("{}");
        let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let output = run(&[&["keys", "retire", &fingerprint()], flags, &connection].concat(), b"");
        let labelled = server.requests().iter().any(|request| request.starts_with("PATCH "));
        (output.status.code(), String::from_utf8(output.stderr).unwrap(), labelled)
    };
    let down = || {
        let status = status(503, "ServiceUnavailable", "no endpoints available for service x");
        vec![(SERVICE, 200, PORTS.to_owned()), ("/proxy/v1/cert.pem", 503, status)]
    };
    let (code, error, labelled) = retire(down(), &[]);
    assert!(code == Some(1) && !labelled, "{error}");
    assert!(
        error.contains("nothing shows that a newer one is the controller's") && error.contains("--unserved"),
        "{error}"
    );
    let (code, error, labelled) = retire(down(), &["--unserved"]);
    assert!(code == Some(0) && labelled, "{error}");
    let pem = base64::Engine::decode(
        &base64::prelude::BASE64_STANDARD,
        planted["data"]["tls.crt"].as_str().unwrap(),
    );
    let pem = String::from_utf8(pem.unwrap()).unwrap();
    let serving = vec![(SERVICE, 200, PORTS.to_owned()), ("/proxy/v1/cert.pem", 200, pem)];
    let (code, error, labelled) = retire(serving, &[]);
    assert!(code == Some(0) && labelled, "{error}");
}

#[test]
fn templates_have_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    std::fs::write(&file, "kind: SealedSecret\nmetadata: {name: a, namespace: {{ .Release.Namespace }}}\n")
        .unwrap();
    let (code, error, labelled) = retire(Vec::new(), &["--unserved", file.to_str().unwrap()]);
    assert!(code == Some(1) && !labelled, "{error}");
    assert!(error.contains("a.yaml: it does not parse, as templates may"), "{error}");
    assert!(
        error.contains("hint: name what a template renders to (`helm template CHART > rendered.yaml`)"),
        "{error}"
    );
}

#[test]
fn every_secret_of_a_key_is_retired_with_stdout_closed() {
    let mut second = key();
    second["metadata"]["name"] = json!("sealed-secrets-keysecond");
    let (_, _, metadata) = changed();
    let server = Server::start(vec![
        (LABELLED, 200, list(&[newer(), key(), second])),
        (LEGACY, 200, list(&[])),
        changed(),
        ("/secrets/sealed-secrets-keysecond?", 200, metadata),
        nothing_sealed(),
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let (code, error) =
        run_unread(&[&["keys", "retire", &fingerprint(), "--unserved"][..], &connection].concat(), b"");
    let requests = server.requests();
    assert_eq!(requests.iter().filter(|request| request.starts_with("PATCH ")).count(), 2, "{error}");
    assert_eq!((code, error.as_str()), (Some(141), ""));
}

/// A list of SealedSecrets that no key opens; the second names the fixture's key.
fn unopened() -> Line {
    let object = |name: &str, annotations: Value| {
        json!({
            "metadata": { "namespace": "shop", "name": name, "annotations": annotations },
            "spec": { "encryptedData": { "password": "AgA=" } },
        })
    };
    let named = json!({ "sealedsecrets.bitnami.com/certificate-fingerprint": fingerprint() });
    let items = [object("lost", json!({})), object("moved", named)];
    let list = json!({ "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": {}, "items": items });
    (SEALED, 200, list.to_string())
}

/// As `retire`, with these SealedSecrets.
fn retire_with(sealed: Line, flags: &[&str]) -> (Option<i32>, String, bool) {
    let server = Server::start(vec![
        (LABELLED, 200, list(&[newer(), key()])),
        (LEGACY, 200, list(&[])),
        changed(),
        sealed,
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--unserved", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "retire", &fingerprint()], flags, &connection].concat(), b"");
    let labelled = server.requests().iter().any(|request| request.starts_with("PATCH "));
    (output.status.code(), String::from_utf8(output.stderr).unwrap(), labelled)
}

#[test]
fn what_no_key_opens_is_excepted_by_a_list_or_by_manifests() {
    let (code, error, labelled) = retire_with(unopened(), &[]);
    assert!(code == Some(1) && !labelled, "{error}");
    assert!(error.contains("printf '%s\\n' shop/lost shop/moved | kubeseal-rs keys retire "), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let one = file("one", "# lost for good\nshop/lost\n");
    let manifest = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: moved, namespace: shop}\nspec: {encryptedData: {a: AgA=}}\n";
    let other = file("other.yaml", manifest);
    let (code, error, labelled) = retire_with(unopened(), &["--except", &one]);
    assert!(code == Some(1) && !labelled && error.contains("\n  shop/moved\n"), "{error}");
    assert!(!error.contains("\n  shop/lost"), "{error}");
    let unused = file("unused", "shop/lots\n");
    let flags = ["--except", &one, "--except", &other, "--except", &unused];
    let (code, error, labelled) = retire_with(unopened(), &flags);
    assert!(code == Some(0) && labelled, "{error}");
    assert!(error.contains("--except names shop/lots, which is neither"), "{error}");

    for (text, words) in
        [("kind: [", "neither SealedSecrets nor a list"), ("kind: Secret\n", "neither SealedSecrets")]
    {
        let wrong = file("wrong", text);
        let (code, error, labelled) = retire_with(unopened(), &["--except", &wrong]);
        assert!(code == Some(1) && !labelled && error.contains(words) && error.contains("hint: "), "{error}");
    }
}

/// As kustomize has it: the key opens it, once its namespace is known.
#[test]
fn what_names_no_namespace_is_not_excepted() {
    let secret = b"{kind: Secret, apiVersion: v1, metadata: {name: db, namespace: shop}, stringData: {c: d}}";
    let sealed = run(&["--cert", fixture("test-only.crt").to_str().unwrap()], secret);
    let mut object: Value = serde_json::from_slice(&sealed.stdout).unwrap();
    object["metadata"].as_object_mut().unwrap().remove("namespace");
    let folder = tempfile::tempdir().unwrap();
    let [file, names] = ["db.json", "names"].map(|name| folder.path().join(name));
    std::fs::write(&file, object.to_string()).unwrap();
    std::fs::write(&names, "db\n").unwrap();
    let [file, names] = [&file, &names].map(|path| path.to_str().unwrap());
    for flags in [&["--unserved", file][..], &["--unserved", "--except", names, file]] {
        let (code, error, labelled) = retire(Vec::new(), flags);
        assert!(code == Some(1) && !labelled, "{error}");
        assert!(error.contains("give it with -n NAMESPACE") && !error.contains("printf"), "{error}");
    }
    // It may open anywhere, and was tried.
    object["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/cluster-wide": "true" });
    std::fs::write(file, object.to_string()).unwrap();
    let (code, error, labelled) = retire(Vec::new(), &["--unserved", "--except", names, file]);
    assert!(code == Some(0) && labelled, "{error}");
}

/// A key that does open a SealedSecret is needed, whatever the list says.
#[test]
fn what_the_key_opens_is_not_excepted() {
    let certificate = fixture("test-only.crt");
    let secret = b"{kind: Secret, apiVersion: v1, metadata: {name: db, namespace: shop}, stringData: {c: d}}";
    let sealed = run(&["--cert", certificate.to_str().unwrap()], secret);
    let object: Value = serde_json::from_slice(&sealed.stdout).unwrap();
    let items = json!({ "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": {}, "items": [object] });
    let sealed = || (SEALED, 200, items.to_string());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list");
    std::fs::write(&path, "shop/db\n").unwrap();
    let (code, error, labelled) = retire_with(sealed(), &["--except", path.to_str().unwrap()]);
    assert!(code == Some(1) && !labelled && error.contains("\n  shop/db\n"), "{error}");
    assert!(error.contains("`kubeseal-rs reseal --live -n shop --kubeconfig "), "{error}");
    assert!(!error.contains("kubectl annotate"), "{error}");
    let (code, error, labelled) = retire_with(sealed(), &["--force"]);
    assert!(code == Some(0) && labelled, "{error}");
    assert!(error.contains("do not open any more") && error.contains("\n  shop/db\n"), "{error}");
    assert!(error.contains("`kubectl label secret -n kube-system sealed-secrets-keyabcde sealedsecrets.bitnami.com/sealed-secrets-key=active"), "{error}");
    let (code, ..) = retire_with(sealed(), &["-f"]);
    assert_eq!(code, Some(2), "there is a short form");
}

/// It is needed, and cannot be resealed as it is.
#[test]
fn what_opens_only_under_another_scope_has_its_annotation_first() {
    let secret =
        b"{kind: Secret, apiVersion: v1, metadata: {name: db, namespace: shop}, stringData: {a: b, c: d}}";
    let sealed = |scope: &str| -> Value {
        let certificate = fixture("test-only.crt");
        let output = run(&["--cert", certificate.to_str().unwrap(), "--scope", scope], secret);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let retired = |object: &Value| {
        let items = json!({ "kind": "SealedSecretList", "apiVersion": "bitnami.com/v1alpha1", "metadata": {}, "items": [object] });
        let (code, error, labelled) = retire_with((SEALED, 200, items.to_string()), &[]);
        assert!(code == Some(1) && !labelled, "{error}");
        error
    };
    let mut wide = sealed("namespace-wide");
    wide["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/cluster-wide": "true" });
    let error = retired(&wide);
    let command = "`kubectl annotate sealedsecret db -n shop --overwrite sealedsecrets.bitnami.com/namespace-wide=true \
                   sealedsecrets.bitnami.com/cluster-wide- --kubeconfig ";
    let (annotate, reseal) = (error.find(command), error.find("`kubeseal-rs reseal --live -n shop "));
    assert!(annotate.is_some() && annotate < reseal, "{error}");
    wide["metadata"]["annotations"] = json!({});
    wide["spec"]["encryptedData"]["c"] = sealed("strict")["spec"]["encryptedData"]["c"].clone();
    let error = retired(&wide);
    assert!(error.contains("shop/db: its items have several scopes: seal it again"), "{error}");
    // In a file.
    wide["spec"]["encryptedData"].as_object_mut().unwrap().remove("c");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db.json");
    std::fs::write(&file, wide.to_string()).unwrap();
    let (_, error, _) = retire(Vec::new(), &["--unserved", file.to_str().unwrap()]);
    assert!(error.contains("db.json: document 1 (SealedSecret shop/db), line 1: add the annotation sealedsecrets.bitnami.com/namespace-wide"), "{error}");
}
