//! An annotation with 10,000 entries: more than the API server takes in an object, and than a reader reads. A file can hold them.

use super::repository::{RECIPIENTS, Repository};
use serde_json::{Value, json};

const DB: &str = "apps/shop/prod/db.yaml";

const ENTRIES: usize = 10_000;

const TOO_LONG: &str = "it is longer than 262,144 bytes";

/// A message shows nothing of the annotation, which may be megabytes.
const LONGEST_MESSAGE: usize = 2_000;

/// Bytes that a key of 2048 bits can decrypt, and too few.
const KEY_LENGTHS: [usize; 2] = [256, 1];

/// A repository with a file that has the entries of its clusters after the others.
fn crowded(length: usize) -> Repository {
    let repository = Repository::new();
    repository.seal(DB);
    let object = repository.object(DB);
    let text = object["metadata"]["annotations"][RECIPIENTS].as_str().unwrap();
    let mut document: Value = serde_json::from_str(text).unwrap();
    let entries = document["groups"][0]["to"].as_array_mut().unwrap();
    // Names the keys that are tried.
    let names: Vec<Value> =
        entries.iter().filter_map(|entry| Some(json!(entry.get("cert")?.as_str()?))).collect();
    let key = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, vec![7; length]);
    let false_entry = |index: usize| json!({ "cert": names[index % names.len()], "key": key });
    entries.splice(..0, (0..ENTRIES).map(false_entry));
    // YAML in double quotes has the escapes of JSON.
    let written = |text: &str| Value::from(text).to_string();
    let before = repository.read(DB);
    let after = before.replace(&written(text), &written(&document.to_string()));
    assert!(after.len() > before.len() + ENTRIES * length);
    repository.write(DB, &after);
    repository
}

#[test]
fn ten_thousand_entries_are_not_read() {
    for length in KEY_LENGTHS {
        let repository = crowded(length);
        let before = repository.read(DB);
        let (eu, us, dr) = (repository.key_of("eu"), repository.key_of("us"), repository.identity_flag());

        // What writes stops.
        let merge = ["create", "db", "--from-literal=a=b", "--merge-into", DB];
        for arguments in [
            &merge[..],
            &["edit", DB],
            &["recipients", "add", "us", DB, &eu],
            &["recipients", "remove", "us", DB, &dr],
            &["reseal", "--recipients", DB, &eu],
            &["reseal", "--all", "--cert", ".sealed-secrets/eu.pem", DB, &eu],
            &["reseal", "--check", DB],
        ] {
            let output = repository.run(arguments, "");
            let printed = [output.stdout, output.stderr].concat();
            let printed = String::from_utf8(printed).unwrap();
            assert!(!output.status.success(), "{arguments:?}: {printed}");
            assert!(printed.contains(TOO_LONG), "{arguments:?}: {printed}");
            assert!(printed.len() < LONGEST_MESSAGE, "{arguments:?}: {} bytes", printed.len());
            assert_eq!(repository.read(DB), before, "{arguments:?}");
        }

        // The items are sealed to the first cluster.
        assert_eq!(repository.opened(DB, "eu").unwrap()["user"], "YWRtaW4=");
        for key in [us, dr] {
            let (_, error) = repository.fails(&["--recovery-unseal", &key, "-f", DB], "");
            assert!(error.contains(TOO_LONG) && error.len() < LONGEST_MESSAGE, "{error}");
        }
        let (shown, _) = repository.succeeds(&["inspect", DB], "");
        assert!(shown.contains(TOO_LONG) && shown.len() < LONGEST_MESSAGE, "{shown}");
        let guard = repository.run(&["guard", "apps"], "");
        let found = String::from_utf8(guard.stdout).unwrap();
        assert_eq!(guard.status.code(), Some(1), "{found}");
        assert!(found.contains(TOO_LONG), "{found}");
        assert!(found.len() + guard.stderr.len() < LONGEST_MESSAGE, "{found}");
    }
}
