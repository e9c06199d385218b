//! Copies of Secrets in annotations, compressed or not.

use super::folder::{directory, found_in, guard};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

#[test]
fn annotations_that_repeat_a_secret_are_found_however_they_are_packed() {
    let secret = r#"{"apiVersion":"v1","data":{"a":"aHVudGVyMg=="},"kind":"Secret","metadata":{"name":"x"}}"#;
    let sealed = secret.replace("\"Secret\"", "\"SealedSecret\"");
    let manifest = |name: &str, value: &str| {
        format!("kind: SealedSecret\nmetadata:\n  name: x\n  annotations:\n    {name}: '{value}'\n")
    };
    for (name, secret, sealed) in [
        ("kapp.k14s.io/original", secret.to_owned(), sealed.clone()),
        ("kubectl.kubernetes.io/last-applied-configuration", secret.to_owned(), sealed.clone()),
        ("objectset.rio.cattle.io/applied", gzip(secret.as_bytes()), gzip(sealed.as_bytes())),
        ("example.com/other", BASE64_STANDARD.encode(secret), BASE64_STANDARD.encode(&sealed)),
    ] {
        assert_eq!(found_in(&manifest(name, &secret)), ["a.yaml:5"], "{name}");
        assert_eq!(found_in(&manifest(name, &sealed)), [] as [&str; 0], "{name}");
    }
}

fn gzip(text: &[u8]) -> String {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).unwrap();
    BASE64_STANDARD.encode(encoder.finish().unwrap())
}

#[test]
fn what_unpacks_to_too_much_leaves_the_file_unread() {
    let spaces = |mebibytes: usize| gzip(&[&b"{"[..], &vec![b' '; mebibytes << 20], b"}"].concat());
    let manifest = |copies: &[String]| {
        use std::fmt::Write as _;
        let mut text = "kind: ConfigMap\nmetadata:\n  annotations:\n".to_owned();
        for (number, copy) in copies.iter().enumerate() {
            writeln!(text, "    copy{number}: {copy}").unwrap();
        }
        text
    };
    let copies = vec![spaces(3); 3];
    // Also a copy inside a copy.
    let nested = gzip(format!(r#"{{"metadata":{{"annotations":{{"a":"{}"}}}}}}"#, spaces(9)).as_bytes());
    for (text, line) in [(manifest(&copies), 6), (manifest(&[nested]), 4)] {
        let output = guard(directory(&[("a.yaml", &text)]).path(), &[]);
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8_lossy(&output.stderr);
        let words =
            format!("a.yaml:{line}: document 1: the annotations of this file unpack to more than 8 MiB");
        assert!(stderr.contains(&words), "{stderr}");
        let allowed = text.trim_end().to_owned() + " # kubeseal-rs: allow\n";
        assert_eq!(found_in(&allowed), [] as [&str; 0]);
    }
    assert_eq!(found_in(&manifest(&copies[..2])), [] as [&str; 0]);
}

#[test]
fn packed_copies_are_found_on_objects_of_every_kind() {
    let compact = r#"{"data":{"a":"aHVudGVyMg=="},"kind":"Secret"}"#;
    for kind in ["Deployment", "ConfigMap"] {
        for copy in [compact.to_owned(), compact.replacen('{', "{\n", 1), format!("[{compact}]")] {
            let copy = BASE64_STANDARD.encode(copy);
            let text = format!("kind: {kind}\nmetadata:\n  annotations:\n    example.com/applied: {copy}\n");
            assert_eq!(found_in(&text), ["a.yaml:4"], "{text}");
        }
    }
}
