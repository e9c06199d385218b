//! `inspect` with a cluster of prepared responses. Cases without a cluster are in `tests/cases/inspect`.

use crate::support::key_lines::{LABELLED, LEGACY, key, list};
use crate::support::program::{finish, fixture, program, run};
use crate::support::server::{Line, PORTS, SERVICE, Server, status};
use serde_json::{Value, json};
use std::process::Output;

const OBJECT: &str = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets/db";
const CERTIFICATE: &str = "/proxy/v1/cert.pem";

fn sealed() -> Vec<u8> {
    let input = b"metadata: {name: db, namespace: shop}\nstringData: {password: hunter2}\n";
    run(&["--cert", "test-only.crt"], input).stdout
}

fn object(sealed: &[u8], generation: i64, status: Value) -> String {
    let mut object: Value = serde_json::from_slice(sealed).unwrap();
    object["metadata"]["generation"] = generation.into();
    object["status"] = status;
    object.to_string()
}

fn synced(status: &str, message: &str) -> Value {
    let condition = json!({ "type": "Synced", "status": status, "reason": "R", "message": message });
    json!({ "observedGeneration": 2, "conditions": [condition] })
}

fn certificate() -> Vec<Line> {
    let pem = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    vec![(SERVICE, 200, PORTS.into()), (CERTIFICATE, 200, pem)]
}

/// Flags that verify this server's TLS: certificates from unverified servers are not cached.
fn trust(server: &Server) -> [&str; 4] {
    let authority = server.files.as_ref().unwrap()[0].to_str().unwrap();
    ["--certificate-authority", authority, "--tls-server-name", "elsewhere.example"]
}

fn inspect(sealed: &[u8], lines: Vec<Line>, arguments: &[&str]) -> Output {
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let all = ["inspect", "--live", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    run(&[&all, arguments].concat(), sealed)
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_cluster_says_whether_it_is_synced_and_why_not() {
    let sealed = sealed();
    for (state, generation, words) in [
        (synced("True", "all well"), 2, &["synced: all well", "the controller's newest"][..]),
        (synced("False", "item password: no key"), 2, &["not synced: item password: no key"]),
        (synced("True", "all well"), 3, &["generation 3, processed 2"]),
        (
            json!({ "observedGeneration": -1 }),
            1,
            &["says nothing about it yet", "generation 1, processed none"],
        ),
    ] {
        let lines = [certificate(), vec![(OBJECT, 200, object(&sealed, generation, state))]].concat();
        let printed = printed(&inspect(&sealed, lines, &[]));
        for word in words {
            assert!(printed.contains(word), "no {word:?} in:\n{printed}");
        }
        assert!(!printed.contains("\u{1b}["), "{printed}");
    }
}

#[test]
fn what_the_controller_refuses_fails_the_check() {
    let (ours, theirs) = (sealed(), sealed());
    for (there, state, generation, code) in [
        (&ours, synced("True", ""), 2, 0),
        (&ours, synced("False", "item password: no key"), 2, 1),
        (&ours, synced("Unknown", "no answer"), 2, 1),
        // The controller has not seen it yet.
        (&ours, synced("False", "old"), 3, 0),
        // What is there is not what is in the file.
        (&theirs, synced("False", "theirs"), 2, 0),
    ] {
        let lines = [certificate(), vec![(OBJECT, 200, object(there, generation, state))]].concat();
        let output = inspect(&ours, lines, &["--check"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert_eq!(text.contains("it is applied as it is here, and not synced"), code == 1, "{text}");
    }
}

#[test]
fn another_object_in_the_cluster_is_reported() {
    let (ours, theirs) = (sealed(), sealed());
    let lines = [certificate(), vec![(OBJECT, 200, object(&theirs, 2, synced("True", "")))]].concat();
    let output = inspect(&ours, lines, &["-o", "json"]);
    let reports: Value = serde_json::from_str(&printed(&output)).unwrap();
    assert_eq!(reports[0]["cluster"]["sameItems"], false);
    assert_eq!(reports[0]["cluster"]["synced"], "True");
    assert_eq!(reports[0]["certificate"]["knownFrom"], "cluster");
    assert_eq!(reports[0]["certificate"]["isNewest"], true);
}

#[test]
fn other_ciphertext_and_other_items_are_distinguished() {
    let (ours, theirs) = (sealed(), sealed());
    let text_with = |theirs: &[u8]| {
        let lines = [certificate(), vec![(OBJECT, 200, object(theirs, 2, synced("True", "")))]].concat();
        printed(&inspect(&ours, lines, &[]))
    };
    let text = text_with(&theirs);
    assert!(
        text.contains("the cluster has other ciphertext for the same items: this file is not applied yet"),
        "{text}"
    );
    let renamed = String::from_utf8(theirs).unwrap().replace("\"password\"", "\"user\"");
    let text = text_with(renamed.as_bytes());
    assert!(text.contains("the cluster has other items: this file is not applied yet"), "{text}");
}

#[test]
fn what_a_cluster_marked_is_compromised_without_it_too() {
    let marked = object(&sealed(), 2, json!({ "compromisedBy": ["ab".repeat(32)] }));
    let text = printed(&run(&["inspect"], marked.as_bytes()));
    assert!(
        text.contains("COMPROMISED: the key that it was sealed with leaked") && !text.contains("reseal it"),
        "{text}"
    );
    let sound = object(&sealed(), 2, json!({ "compromisedBy": [] }));
    assert!(!printed(&run(&["inspect"], sound.as_bytes())).contains("Problems"));
}

#[test]
fn what_is_not_in_the_cluster_is_reported() {
    let absent = status(404, "NotFound", "sealedsecrets.bitnami.com not found");
    let lines = [certificate(), vec![(OBJECT, 404, absent)]].concat();
    let printed = printed(&inspect(&sealed(), lines, &[]));
    assert!(printed.contains("no such SealedSecret in namespace shop"), "{printed}");
}

#[test]
fn without_a_certificate_everything_else_is_printed() {
    let sealed = sealed();
    let forbidden = status(403, "Forbidden", "jane cannot");
    let lines =
        vec![(SERVICE, 403, forbidden.clone()), (OBJECT, 200, object(&sealed, 2, synced("True", "well")))];
    let output = inspect(&sealed, lines, &[]);
    assert!(printed(&output).contains("synced: well"));
    // The warning appears in a script too: the comparison did not happen.
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("warning: cannot fetch the controller's certificate")
    );

    let lines = [certificate(), vec![(OBJECT, 404, "404 page not found".into())]].concat();
    let output = inspect(&sealed, lines, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("knows no SealedSecrets"));

    let lines = [certificate(), vec![(OBJECT, 403, forbidden)]].concat();
    let output = inspect(&sealed, lines, &[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("cannot get SealedSecret shop/db") && stderr.contains("jane cannot"), "{stderr}");
    assert!(stderr.contains("the right to get sealedsecrets.bitnami.com in namespace shop"), "{stderr}");
}

#[test]
fn without_live_no_connection_is_made_and_the_cache_is_used() {
    let server = Server::start_tls(certificate(), false);
    let kubeconfig = server.kubeconfig("{}");
    let cache = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], input: &[u8]| {
        let all = [arguments, &["--kubeconfig", kubeconfig.path().to_str().unwrap()]].concat();
        let mut command = program(&all);
        command.env("XDG_CACHE_HOME", cache.path());
        finish(command, input)
    };
    let before = printed(&run(&["inspect"], &sealed()));
    assert!(before.contains("compare with --cert FILE"), "{before}");
    assert!(server.requests().is_empty());
    assert!(run(&[&["--fetch-cert"], &trust(&server)[..]].concat(), b"").status.success());
    let requests = server.requests().len();
    let after = printed(&run(&["inspect"], &sealed()));
    assert!(after.contains("the newest that the controller gave us"), "{after}");
    assert_eq!(server.requests().len(), requests);
}

#[test]
fn an_earlier_certificate_is_still_known() {
    let earlier = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    // An expired certificate is no error here.
    let present = std::fs::read_to_string(fixture("expired.crt")).unwrap();
    let lines = vec![(SERVICE, 200, PORTS.into()), (CERTIFICATE, 200, earlier), (CERTIFICATE, 200, present)];
    let server = Server::start_tls(lines, false);
    let kubeconfig = server.kubeconfig("{}");
    let cache = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], input: &[u8]| {
        let mut command = program(arguments);
        command.env("XDG_CACHE_HOME", cache.path()).env("KUBECONFIG", kubeconfig.path());
        finish(command, input)
    };
    for _ in 0..2 {
        assert!(run(&[&["--fetch-cert"], &trust(&server)[..]].concat(), b"").status.success());
    }
    let requests = server.requests().len();
    let printed = printed(&run(&["inspect"], &sealed()));
    assert!(
        printed.contains("f5b8ca6cdb64 (RSA 2048): not the newest that the controller gave us, "),
        "{printed}"
    );
    assert!(
        printed.contains("                made ") && printed.contains(", expires 2126-10-30\n"),
        "{printed}"
    );
    assert!(printed.contains(" from kube-system/sealed-secrets-controller in plain\n"), "{printed}");

    // This works without a kubeconfig too.
    let output = run(&["inspect", "--kubeconfig", "none", "-o", "json"], &sealed());
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(reports[0]["certificate"]["isNewest"], Value::Null);
    assert!(reports[0]["certificate"]["firstFetched"].is_string(), "{reports}");
    assert_eq!(server.requests().len(), requests);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let directory = cache.path().join("kubeseal-rs/seen");
        assert_eq!(mode(&directory), 0o700);
        let files: Vec<_> =
            std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.iter().map(|file| mode(file)).collect::<Vec<_>>(), [0o600; 2]);
    }
}

#[test]
fn what_a_leaked_key_opens_is_compromised() {
    let sealed = sealed();
    let mut state = synced("True", "all well");
    let message = format!("sealed with a key that leaked and was revoked ({})", "ab".repeat(32));
    let leaked =
        json!({ "type": "Compromised", "status": "True", "reason": "KeyRevoked", "message": message });
    state["conditions"].as_array_mut().unwrap().push(leaked);
    let lines = |state: &Value, object_of: &[u8]| {
        [certificate(), vec![(OBJECT, 200, object(object_of, 2, state.clone()))]].concat()
    };
    let text = printed(&inspect(&sealed, lines(&state, &sealed), &[]));
    assert!(text.contains("COMPROMISED: sealed with a key that leaked and was revoked (abab"), "{text}");
    assert!(
        text.contains("sealing the old ones anew protects nothing") && !text.contains("reseal it"),
        "{text}"
    );
    let codes = |state: &Value, object_of: &[u8]| {
        let json = printed(&inspect(&sealed, lines(state, object_of), &["-o", "json"]));
        let reports: Value = serde_json::from_str(&json).unwrap();
        (reports[0]["problems"].to_string(), reports[0]["cluster"]["compromised"].clone())
    };
    let (problems, said) = codes(&state, &sealed);
    assert!(problems.contains(r#""code":"compromised""#) && said == *message, "{problems}");

    // Other values, sealed with another key, are not compromised.
    let (problems, said) = codes(&state, &self::sealed());
    assert!(problems == "[]" && said == *message, "{problems}");
    state["conditions"][1]["status"] = json!("False");
    assert_eq!(codes(&state, &sealed), ("[]".into(), Value::Null));
}

/// What the user may see of the cluster's keys.
#[test]
fn a_key_that_is_retired_or_gone_is_a_problem() {
    let sealed = sealed();
    let mut retired = key();
    retired["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("retired");
    let review = json!({ "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {},
                         "spec": {}, "status": { "allowed": true } });
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (now, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let newer = envelope::issue(&mut rand::rngs::SysRng, &private, "", now, 60 * day).unwrap().to_pem();
    for (keys, code, words) in [
        (vec![retired], "key-retired", "`kubectl label secret -n kube-system sealed-secrets-keyabcde "),
        (vec![], "key-absent", "which is not here: sealed for another cluster, or its key is gone"),
    ] {
        let lines = vec![
            (SERVICE, 200, PORTS.into()),
            (CERTIFICATE, 200, newer.clone()),
            ("/selfsubjectaccessreviews?", 201, review.to_string()),
            (LABELLED, 200, list(&keys)),
            (LEGACY, 200, list(&[])),
            (OBJECT, 404, status(404, "NotFound", "not found")),
        ];
        let json = printed(&inspect(&sealed, lines, &["-o", "json"]));
        let reports: Value = serde_json::from_str(&json).unwrap();
        let problem = &reports[0]["problems"][0];
        assert_eq!(problem["code"], code, "{json}");
        assert!(problem["message"].as_str().unwrap().contains(words), "{json}");
    }
}
