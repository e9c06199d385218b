//! What a pull request can write into the project file, and into a sealed file: every verb that writes stops, and the file stays.

use super::repository::{RECIPIENTS, Repository, SECRET};
use std::fs;

const DB: &str = "apps/shop/prod/db.yaml";

impl Repository {
    /// Asserts that every verb that writes stops with these words.
    fn stops(&self, words: &str) {
        let before = self.read(DB);
        let merge = ["create", "db", "--from-literal=a=b", "--merge-into", DB];
        let create =
            ["create", "db", "-n=shop", "--from-literal=user=b", "--from-literal=password=b", "-w", DB];
        for arguments in [&["seal", "-w", DB][..], &merge, &create, &["edit", DB]] {
            let (_, error) = self.fails(arguments, SECRET);
            assert!(error.contains(words), "{arguments:?}: {error}");
            // No editor was started.
            assert!(!error.contains("editor"), "{arguments:?}: {error}");
            assert_eq!(self.read(DB), before);
        }
    }

    /// Replaces a part of the annotation.
    fn write_annotation(&self, from: &str, to: &str) {
        // YAML in double quotes has the escapes of JSON.
        let written = |text: &str| serde_json::to_string(text).unwrap();
        let object = self.object(DB);
        let before = object["metadata"]["annotations"][RECIPIENTS].as_str().unwrap();
        let (text, after) = (self.read(DB), before.replacen(from, to, 1));
        assert!(after != before && text.contains(&written(before)));
        self.write(DB, &text.replace(&written(before), &written(&after)));
    }
}

#[test]
fn a_rule_that_was_put_in_front() {
    let repository = Repository::new();
    repository.seal(DB);
    let text = repository.read(".sealed-secrets.yaml");
    repository
        .write(".sealed-secrets.yaml", &text.replace("rules:\n", "rules:\n  - { path: \"**\", to: [us] }\n"));
    repository.stops("does not list:");
    // `--for` takes scope and layout from the rule.
    let (_, error) = repository.fails(&["seal", "-w", DB, "--for=eu"], SECRET);
    assert!(error.contains("does not list:"), "{error}");
}

#[test]
fn another_certificate() {
    let repository = Repository::new();
    repository.seal(DB);
    fs::copy(repository.path(".sealed-secrets/us.pem"), repository.path(".sealed-secrets/eu.pem")).unwrap();
    repository.stops("does not list:");
}

#[test]
fn a_recipient_that_no_rule_names() {
    let repository = Repository::new();
    repository.seal(DB);
    let stranger = age::x25519::Identity::generate().to_public().to_string();
    repository.write_annotation("\"to\":[", &format!("\"to\":[{{\"age\":\"{stranger}\",\"key\":\"AAAA\"}},"));
    repository.stops(&format!("names recipients that its rule does not: {}…", &stranger[..12]));
    // The user says who the recipients are.
    let merge = ["create", "db", "--from-literal=a=b", "--merge-into", DB, "--for=eu,us"];
    repository.succeeds(&merge, "");
    let annotation = repository.annotation(DB).unwrap();
    assert_eq!(annotation.groups()[1].to().len(), 2);
    repository.succeeds(&["seal", "-w", DB, "--for=eu,us", "--force"], SECRET);
    assert!(!repository.read(DB).contains(&stranger));

    repository.seal("apps/shop/prod/other.yaml");
    repository.write(DB, &repository.read("apps/shop/prod/other.yaml"));
    let eu = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";
    repository.write_annotation(eu, &"0a".repeat(32));
    repository.stops("names recipients that its rule does not: 0a0a0a0a0a0a");
}

#[test]
fn an_annotation_that_is_broken() {
    let repository = Repository::new();
    repository.seal(DB);
    repository.write_annotation("\"v\":1", "\"v\":1,");
    repository.stops("cannot read the recipients of the SealedSecret in ");
}
