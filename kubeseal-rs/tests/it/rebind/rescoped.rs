//! `rescope`: values for another scope, and the annotations that state it.

use super::moved::{Folder, fails, opened, sealed, shown, succeeds};
use crate::for_clusters::repository::Repository;
use crate::support::program::fixture;
use serde_json::Value;
use std::path::Path;

const KEY: [&str; 4] = ["--recovery-private-key", "test-only.key", "--cert", "test-only.crt"];

/// The scope's annotations of the SealedSecret, and of its template.
fn stated(text: &str) -> [Vec<String>; 2] {
    let object: Value = serde_saphyr::from_str(text.trim_start_matches("---\n")).unwrap();
    ["/metadata/annotations", "/spec/template/metadata/annotations"].map(|path| {
        let annotations = object.pointer(path).and_then(Value::as_object);
        let names = annotations.into_iter().flatten().filter(|(_, value)| *value == "true");
        names.map(|(name, _)| name.rsplit('/').next().unwrap().to_owned()).collect()
    })
}

#[test]
fn values_open_with_each_scope() {
    let folder = Folder::new();
    let file = folder.write("a.yaml", &sealed("name: db, namespace: shop", "strict"));
    for (scope, annotations) in
        [("namespace-wide", &["namespace-wide"][..]), ("cluster-wide", &["cluster-wide"]), ("strict", &[])]
    {
        let shown = shown(&[&["rescope", &file, "--scope", scope], &KEY[..]].concat());
        assert_eq!(shown, format!("wrote {file}: shop/db is sealed for shop/db, {scope} now\n"));
        let text = folder.read("a.yaml");
        assert_eq!(stated(&text), [annotations, annotations], "{text}");
        assert!(text.contains("# Ours.\n"));
        assert_eq!(opened(Path::new(&file))["data"]["password"], "aHVudGVyMi1wbGFudGVk", "{scope}");
    }
    // The values are bound again.
    folder.write("a.yaml", &folder.read("a.yaml").replace("name: db\n", "name: other\n"));
    let (_, error) = fails(&["--recovery-unseal", "--recovery-private-key", "test-only.key", "-f", &file]);
    assert!(error.contains("no key could decrypt secret"), "{error}");
}

#[test]
fn the_same_scope_changes_nothing() {
    let folder = Folder::new();
    let before = sealed("name: db, namespace: shop", "strict");
    let file = folder.write("a.yaml", &before);
    let line = format!("{file}: shop/db is strict already; nothing was changed\n");
    assert_eq!(shown(&["rescope", &file, "--scope", "strict"]), line);
    assert_eq!(succeeds(&["rescope", &file, "--scope", "strict"]), (String::new(), String::new()));
    assert_eq!(folder.read("a.yaml"), before);
    assert_eq!(fails(&["rescope", &file]).0, Some(2));
}

/// One object that opens anywhere in several clusters, and a scope that the rule does not allow.
#[test]
fn a_rule_bounds_the_scope() {
    let repository = Repository::new();
    let key = fixture("test-only.key");
    let with = ["--recovery-private-key", key.to_str().unwrap()];
    let file = "apps/shop/prod/db.yaml";
    repository.seal(file);
    let before = repository.read(file);
    let (_, error) =
        repository.fails(&[&["rescope", file, "--scope", "cluster-wide"], &with[..]].concat(), "");
    assert!(error.contains("has the scope cluster-wide, which is wider than strict, the rule's"), "{error}");
    let named = ["rescope", file, "--scope", "cluster-wide", "--for", "eu,us"];
    let (_, error) = repository.fails(&[&named, &with[..]].concat(), "");
    assert!(
        error.contains("wider than strict") || error.contains("any namespace of several clusters"),
        "{error}"
    );
    assert_eq!(repository.read(file), before);
}
