//! `keys backup --into`: what is written into an object, and what stays in it.

use crate::support::key_lines::key_lines;
use crate::support::program::run;
use crate::support::server::{Server, status};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

const BACKUP_OF: &str = "sealedsecrets.bitnami.com/backup-of";
const AGE: &str = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45";

/// A ConfigMap with this annotation and these items.
fn map(backup_of: &str, data: &Value) -> Value {
    let metadata = json!({ "resourceVersion": "7", "annotations": { BACKUP_OF: backup_of } });
    json!({ "kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata, "data": data })
}

/// What a run did.
struct Ran {
    code: Option<i32>,
    error: String,
    patches: Vec<Value>,
}

impl Ran {
    /// The only patch of a run that succeeded.
    fn patch(&self) -> &Value {
        assert_eq!(self.code, Some(0), "{}", self.error);
        assert_eq!(self.patches.len(), 1);
        &self.patches[0]
    }

    /// The annotation that the run wrote.
    fn backup_of(&self) -> &str {
        self.patch()["metadata"]["annotations"][BACKUP_OF].as_str().unwrap()
    }
}

/// Runs it with these responses to reading the object and to patching it.
fn into(kind: &str, read: &[(u16, String)], patched: &[(u16, String)], flags: &[&str]) -> Ran {
    let (path, query) = match kind {
        "secret" => ("/secrets/keys-backup", "/secrets/keys-backup?"),
        _ => ("/configmaps/keys-backup", "/configmaps/keys-backup?"),
    };
    let mut lines = key_lines();
    lines.extend(read.iter().map(|(code, body)| (path, *code, body.clone())));
    lines.extend(patched.iter().map(|(code, body)| (query, *code, body.clone())));
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let object = format!("{kind}/keys-backup");
    let args = ["keys", "backup", "--no-record", "--recipient", AGE, "--into", &object];
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&args[..], flags, &connection].concat(), b"");
    let requests = server.requests();
    let patches = requests.iter().filter(|request| request.starts_with("PATCH "));
    let bodies = patches.map(|request| serde_json::from_str(&request[request.find('{').unwrap()..]).unwrap());
    let patches = bodies.collect();
    Ran { code: output.status.code(), error: String::from_utf8(output.stderr).unwrap(), patches }
}

/// Runs it once on this ConfigMap.
fn once(object: &Value, flags: &[&str]) -> Ran {
    into("configmap", &[(200, object.to_string())], &[(200, object.to_string())], flags)
}

fn is_encrypted(item: &Value) -> bool {
    item.as_str().is_some_and(|text| text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"))
}

/// The fingerprint of the cluster's key.
fn present() -> String {
    once(&map("", &json!({})), &[]).backup_of().to_owned()
}

#[test]
fn an_object_gets_one_item_that_is_replaced() {
    let first = once(&map("", &json!({})), &[]);
    assert_eq!(first.error, "");
    assert!(is_encrypted(&first.patch()["data"]["keys.age"]), "{}", first.patch());
    let again = once(&map(first.backup_of(), &json!({ "keys.age": "older", "notes": "theirs" })), &[]);
    assert_eq!((again.error.as_str(), again.backup_of()), ("", first.backup_of()));
    assert_eq!(again.patch()["data"].as_object().unwrap().len(), 1, "{}", again.patch());
    assert!(is_encrypted(&again.patch()["data"]["keys.age"]), "{}", again.patch());
    assert_eq!(once(&map("", &json!({})), &["--plain"]).code, Some(2));
}

/// Tools copy `keys.age`. What it had stays, so that the only copy of a key is not lost.
#[test]
fn the_newest_keys_are_in_the_same_item_and_what_would_be_lost_beside_it() {
    let (present, lost) = (present(), "a".repeat(64));
    for (known, reason, annotation) in [
        (
            format!("{lost} {present}"),
            "keys-old-1.age in configmap/keys-backup has 1 key that the cluster does not have any more",
            format!("{present} keys-old-1.age: {}", ordered([&lost, &present])),
        ),
        // Another program wrote it.
        (
            String::new(),
            "keys-old-1.age in configmap/keys-backup does not say which keys it has",
            present.clone(),
        ),
    ] {
        let object = map(&known, &json!({ "keys.age": "older" }));
        let ran = once(&object, &[]);
        assert!(ran.error.contains(reason), "{}", ran.error);
        let data = &ran.patch()["data"];
        assert!(is_encrypted(&data["keys.age"]) && data["keys-old-1.age"] == "older", "{data}");
        assert_eq!(ran.backup_of(), annotation);

        let ran = once(&object, &["--force"]);
        let data = &ran.patch()["data"];
        assert!(is_encrypted(&data["keys.age"]) && data["keys-old-1.age"].is_null(), "{data}");
        assert_eq!((ran.error.as_str(), ran.backup_of()), ("", present.as_str()));
    }
}

fn ordered(mut fingerprints: [&str; 2]) -> String {
    fingerprints.sort_unstable();
    fingerprints.join(" ")
}

#[test]
fn what_was_kept_stays_until_its_keys_are_back_and_grows_no_further() {
    let (present, lost) = (present(), "a".repeat(64));
    let items = json!({ "keys.age": "older", "keys-old-1.age": "oldest" });
    let object = map(&format!("{present} keys-old-1.age: {lost}"), &items);
    let ran = once(&object, &[]);
    assert!(ran.error.contains("keys-old-1.age in configmap/keys-backup has 1 key"), "{}", ran.error);
    assert_eq!(ran.patch()["data"].as_object().unwrap().len(), 1, "{}", ran.patch());
    assert_eq!(ran.backup_of(), format!("{present} keys-old-1.age: {lost}"));

    for (object, flags) in
        [(map(&format!("{present} keys-old-1.age: {present}"), &items), &[][..]), (object, &["--force"])]
    {
        let ran = once(&object, flags);
        let data = ran.patch()["data"].as_object().unwrap();
        assert!(data.get("keys-old-1.age").is_some_and(Value::is_null), "{data:?}");
        assert_eq!((ran.error.as_str(), ran.backup_of()), ("", present.as_str()));
    }
}

#[test]
fn what_is_kept_moves_as_it_is_in_each_kind() {
    let binary = BASE64_STANDARD.encode(b"\xffolder");
    let annotations = json!({ BACKUP_OF: "a".repeat(64) });
    let secret =
        json!({ "metadata": { "annotations": annotations }, "data": { "keys.age": binary } }).to_string();
    let ran = into("secret", &[(200, secret.clone())], &[(200, secret)], &[]);
    let data = &ran.patch()["data"];
    assert_eq!(data["keys-old-1.age"], binary);
    let new = BASE64_STANDARD.decode(data["keys.age"].as_str().unwrap()).unwrap();
    assert!(new.starts_with(b"-----BEGIN AGE"));

    // An item is in one of the two fields only.
    let map = json!({ "metadata": { "annotations": annotations }, "binaryData": { "keys.age": binary } });
    let ran = once(&map, &[]);
    let patch = ran.patch();
    assert_eq!(patch["binaryData"], json!({ "keys.age": null, "keys-old-1.age": binary }));
    assert!(is_encrypted(&patch["data"]["keys.age"]), "{patch}");
}

/// Else the annotation of one would be beside the items of the other, and the next backup would replace a copy that is needed.
#[test]
fn of_two_at_the_same_time_the_later_one_reads_again() {
    let (present, lost) = (present(), "a".repeat(64));
    let before = map("", &json!({}));
    let mut meanwhile = map(&lost, &json!({ "keys.age": "the other's" }));
    meanwhile["metadata"]["resourceVersion"] = json!("8");
    let conflict = (409, status(409, "Conflict", "the object has been modified"));
    let read = [(200, before.to_string()), (200, meanwhile.to_string())];
    let ran = into("configmap", &read, &[conflict.clone(), (200, before.to_string())], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.error);
    let versions: Vec<&Value> =
        ran.patches.iter().map(|patch| &patch["metadata"]["resourceVersion"]).collect();
    assert_eq!(versions, ["7", "8"]);
    let last = &ran.patches[1];
    assert_eq!(last["data"]["keys-old-1.age"], "the other's");
    let annotation = format!("{present} keys-old-1.age: {lost}");
    assert_eq!(last["metadata"]["annotations"][BACKUP_OF], annotation.as_str());

    let ran = into("configmap", &read, &[conflict], &[]);
    assert!(ran.code == Some(1) && ran.error.contains("run it again"), "{}", ran.error);
}

/// The keys are read after the object: what another backup wrote before that does not have newer ones.
#[test]
fn the_object_is_read_before_the_keys() {
    let object = map("", &json!({})).to_string();
    let mut lines = key_lines();
    lines.push(("/configmaps/keys-backup", 200, object.clone()));
    lines.push(("/configmaps/keys-backup?", 200, object));
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let args = ["keys", "backup", "--no-record", "--recipient", AGE, "--into", "configmap/keys-backup"];
    assert!(run(&[&args[..], &connection].concat(), b"").status.success());
    let requests = server.requests();
    let at = |words: &str| requests.iter().position(|request| request.contains(words)).unwrap();
    assert!(at("/configmaps/keys-backup") < at("/secrets?"));
}

#[test]
fn what_does_not_fit_beside_it_is_an_error_that_loses_nothing() {
    let lost = "a".repeat(64);
    let large = "x".repeat(1_048_000);
    let object = map(&lost, &json!({ "keys.age": large }));
    let ran = once(&object, &[]);
    assert!(ran.code == Some(1) && ran.patches.is_empty(), "{}", ran.error);
    for words in
        ["configmap/keys-backup would hold", "at most 1024 KiB", "keys.age", "--force", "keys restore"]
    {
        assert!(ran.error.contains(words), "no {words} in {}", ran.error);
    }
    assert!(is_encrypted(&once(&object, &["--force"]).patch()["data"]["keys.age"]));
    // Nothing of ours: the user's own items leave no room.
    let ran = once(&map("", &json!({ "notes": large })), &["--force"]);
    assert!(ran.code == Some(1) && ran.patches.is_empty(), "{}", ran.error);
    assert!(ran.error.contains("-o FILE") && !ran.error.contains("--force"), "{}", ran.error);
}

#[test]
fn an_object_that_is_not_there_is_made_by_the_user() {
    let gone = (404, status(404, "NotFound", "no such thing"));
    let ran = into("configmap", &[gone], &[], &[]);
    assert!(
        ran.code == Some(1) && ran.error.contains("`kubectl create configmap keys-backup -n kube-system`"),
        "{}",
        ran.error
    );
}
