//! Annotations that repeat a sealed value: copies of known tools are dropped, and others are refused, in every command
//! that seals.

use crate::support::program::run;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::json;
use std::fs;
use std::io::Write as _;
use std::process::Output;

const PLANTED: &str = "hunter2-planted";

/// The copy that Rancher's tools leave: the object, in gzip and base64.
fn packed() -> String {
    let object = json!({ "kind": "Secret", "data": { "password": "aHVudGVyMi1wbGFudGVk" } }).to_string();
    let header = b"\x1f\x8b\x08\0\0\0\0\0\0\xff";
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(object.as_bytes()).unwrap();
    BASE64_STANDARD_NO_PAD.encode([header, encoder.finish().unwrap().as_slice(), &[0; 8]].concat())
}

fn secret(annotations: &[(&str, &str)]) -> String {
    let annotations: serde_json::Map<_, _> =
        annotations.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": "db", "namespace": "shop", "annotations": annotations },
        "stringData": { "password": PLANTED },
    })
    .to_string()
}

fn seal(arguments: &[&str], annotations: &[(&str, &str)]) -> Output {
    run(&[&["--cert", "test-only.crt", "-o", "yaml"], arguments].concat(), secret(annotations).as_bytes())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn copies_of_the_object_are_dropped() {
    let copy = json!({ "kind": "Secret", "stringData": { "password": PLANTED } }).to_string();
    let packed = packed();
    let annotations = [
        ("kapp.k14s.io/original", copy.as_str()),
        ("kapp.k14s.io/original-diff", "- password: hunter2-planted"),
        ("kapp.k14s.io/original-diff-full", "hunter2-planted"),
        ("kapp.k14s.io/original-diff-md5", "1c6b"),
        ("objectset.rio.cattle.io/applied", &packed),
        ("banzaicloud.com/last-applied", &packed),
        ("qbec.io/last-applied", &packed),
        ("kept", "me"),
    ];
    let output = seal(&[], &annotations);
    let (written, printed) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{printed}");
    assert!(written.contains("kept: me"), "{written}");
    for (name, value) in &annotations[..7] {
        assert!(!written.contains(name) && !written.contains(value), "{name} in {written}");
    }
}

#[test]
fn any_other_that_repeats_a_value_is_refused_unless_it_is_allowed() {
    let packed = packed();
    for value in ["the password is hunter2-planted", "aHVudGVyMi1wbGFudGVk", packed.as_str()] {
        let output = seal(&[], &[("example.com/note", value)]);
        let printed = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{printed}");
        assert!(output.stdout.is_empty());
        let expected = "error: will not seal the Secret in standard input, document 1 (Secret shop/db), line 1, column 1\n  \
                        because: the annotation example.com/note repeats the value of password\nhint: ";
        assert!(
            printed.starts_with(expected) && printed.contains("--allow-annotation example.com/note"),
            "{printed}"
        );
        assert!(!printed.contains(PLANTED) && !printed.contains(value), "{printed}");
        let allowed = seal(&["--allow-annotation", "a,example.com/note"], &[("example.com/note", value)]);
        assert!(allowed.status.success() && text(&allowed.stdout).contains("example.com/note"));
    }
    // A value of seven bytes may occur in other texts by chance.
    let short = secret(&[("note", "hunter2")]).replace(PLANTED, "hunter2");
    assert!(run(&["--cert", "test-only.crt"], short.as_bytes()).status.success());
}

#[test]
fn create_refuses_it_too() {
    let create = |more: &[&str]| {
        let arguments = [
            "create",
            "db",
            "-n",
            "shop",
            "--cert",
            "test-only.crt",
            "--from-literal",
            "password=hunter2-planted",
        ];
        run(&[&arguments, more].concat(), b"")
    };
    let output = create(&["--annotation", "note=hunter2-planted"]);
    let printed = text(&output.stderr);
    assert!(printed.starts_with("error: the annotation note repeats the value of password\n"), "{printed}");
    assert!(!printed.contains(PLANTED) && output.stdout.is_empty());
    assert!(create(&["--annotation", "note=hunter2-planted", "--allow-annotation", "note"]).status.success());
}

#[test]
fn merging_takes_copies_out_and_looks_at_what_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    let file = path.to_str().unwrap();
    let sealed = text(&seal(&[], &[("note", "none")]).stdout);
    let merge = |more: &[&str], annotations: &[(&str, &str)]| {
        let arguments = ["--cert", "test-only.crt", "--merge-into", file];
        run(&[&arguments, more].concat(), secret(annotations).as_bytes())
    };

    // As upstream's kubeseal leaves it in its output.
    let copy = sealed.replace("note: none", "kapp.k14s.io/original: '{\"password\":\"hunter2-planted\"}'");
    fs::write(&path, &copy).unwrap();
    let output = merge(&[], &[]);
    let (after, printed) = (fs::read_to_string(&path).unwrap(), text(&output.stderr));
    assert!(
        output.status.success() && !after.contains("kapp") && !after.contains(PLANTED),
        "{printed}{after}"
    );

    for (at, annotations) in [
        (sealed.replace("note: none", "note: hunter2-planted"), &[][..]),
        (
            sealed.replace(
                "  annotations:\n    sealed",
                "  annotations:\n    note: hunter2-planted\n    sealed",
            ),
            &[],
        ),
        (sealed.clone(), &[("note", "hunter2-planted")]),
    ] {
        fs::write(&path, &at).unwrap();
        let output = merge(&[], annotations);
        let printed = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{printed}");
        assert!(printed.contains("because: the annotation note repeats the value of password"), "{printed}");
        assert!(printed.contains("(SealedSecret shop/db)") && !printed.contains(PLANTED), "{printed}");
        assert_eq!(fs::read_to_string(&path).unwrap(), at);
        assert!(merge(&["--allow-annotation", "note"], annotations).status.success());
    }
}
