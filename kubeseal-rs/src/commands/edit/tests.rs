//! Whatever a SealedSecret holds: what is not edited stays unchanged.

use super::*;
use crate::cluster::Cluster;
use crate::commands::common::seal_for::item_sealer::ItemSealer;
use crate::target::namespace::NamespaceRule;
use crate::terminal::escape::is_unsafe;
use envelope::Certificate;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The parts from which texts are built.
const PIECES: [&str; 36] = [
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "\r",
    "\r\n",
    "a",
    "b c",
    "{{ .touched }}",
    "{{- if }}",
    ": ",
    ":",
    "#",
    " # x",
    "- ",
    "---\n",
    "...\n",
    "'",
    "\"",
    "\\",
    "|",
    ">",
    "%",
    "&a",
    "*a",
    "!t",
    "{",
    "]",
    "null",
    "1",
    "\u{e9}",
    "\u{1f600}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..7);
    prop_oneof![4 => pieces.prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

fn texts() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map(text(), text(), 0..4)
}

fn object(data: &BTreeMap<String, String>, annotations: &BTreeMap<String, String>) -> Value {
    json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": { "name": "db", "namespace": "shop" },
        "spec": {
            "encryptedData": { "touched": "AgA=", "other": "AgA=" },
            "template": { "type": "Opaque", "metadata": { "labels": data, "annotations": annotations }, "data": data },
        },
    })
}

/// Shows the object, replaces its text by `touched` where that is set and by `save` elsewhere, and returns the edited
/// object.
fn edited(object: &Value, save: impl Fn(&str) -> String) -> Value {
    let mut file = SealedFile::read(&object.to_string()).unwrap();
    let text = shown::text(Path::new("a.yaml"), file.objects()).unwrap();
    assert!(!text.chars().any(|c| c != '\n' && c != '\t' && is_unsafe(c)), "{text:?}");
    let touched = text.replacen("  touched: <sealed>\n", "  touched: new\n", 1);
    assert_ne!(touched, text);
    let certificate = include_str!("../../../tests/fixtures/test-only.crt");
    let sealer = Sealer {
        items: &ItemSealer::of_one(Certificate::from_pem(certificate).unwrap()),
        namespace: &NamespaceRule::new(None, Cluster::default()),
        allowed_annotations: &[],
    };
    let saved = save(&touched);
    let changes = changes_in(&Input::Stdin, saved.as_bytes(), &text, file.objects(), &sealer);
    let changes = changes.unwrap_or_else(|failure| panic!("{}\n{saved}", failure.message()));
    file.edit(0, &changes[0]).unwrap();
    file.objects()[0].object.clone()
}

/// The object, with the fields that must have changed set back.
fn untouched(mut after: Value, before: &Value) -> Value {
    let touched = &mut after["spec"]["encryptedData"]["touched"];
    assert_ne!(*touched, "AgA=");
    *touched = json!("AgA=");
    after["metadata"] = before["metadata"].clone();
    after
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn only_what_was_touched_changes(data in texts(), annotations in texts()) {
        let before = object(&data, &annotations);
        let after = edited(&before, str::to_owned);
        prop_assert_eq!(untouched(after, &before), before);
    }
}

#[test]
fn what_an_editor_does_to_line_ends_changes_nothing() {
    let data = [
        ("a", "x  \ny\t\n"),
        ("b", "x\r\ny"),
        ("c", "x\ny\n"),
        ("d", "x\n\n"),
        ("e", "\n"),
        ("f", " "),
        ("g", ""),
    ];
    let data = data.into_iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
    let before = object(&data, &BTreeMap::new());
    let trimmed = |text: &str| {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n") + "\n"
    };
    for save in [&trimmed as &dyn Fn(&str) -> String, &|text| text.replace('\n', "\r\n"), &|text| {
        format!("{text}\n\n")
    }] {
        assert_eq!(untouched(edited(&before, save), &before), before);
    }
}

#[test]
fn text_of_several_lines_is_shown_as_such() {
    let data = BTreeMap::from([("a".to_owned(), "x: {{ .touched }}\n\n  y\n".to_owned())]);
    let file = SealedFile::read(&object(&data, &BTreeMap::new()).to_string()).unwrap();
    let text = shown::text(Path::new("a.yaml"), file.objects()).unwrap();
    assert!(text.ends_with("templateData:\n  a: |\n    x: {{ .touched }}\n\n      y\n"), "{text}");
}

#[test]
fn a_copy_that_a_tool_keeps_in_an_annotation_is_neither_shown_nor_changed() {
    let annotation = "kubectl.kubernetes.io/last-applied-configuration";
    let before =
        object(&BTreeMap::new(), &BTreeMap::from([(annotation.to_owned(), "{\"hunter2\": 1}".to_owned())]));
    let file = SealedFile::read(&before.to_string()).unwrap();
    assert!(!shown::text(Path::new("a.yaml"), file.objects()).unwrap().contains("hunter2"));
    assert_eq!(untouched(edited(&before, str::to_owned), &before), before);
}
