//! Opens every case under `vectors/`: one file each, whose header states what must come out.
//!
//! The cases that open were sealed by upstream's kubeseal v0.38.4; the others are these, damaged or misdirected.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{OpenError, PrivateKey, open};
use std::collections::BTreeMap;
use std::path::Path;

struct Case {
    header: BTreeMap<String, String>,
    envelope: Vec<u8>,
}

fn read(path: &Path) -> Case {
    let text = std::fs::read_to_string(path).unwrap();
    let (header, body) = text.split_once("\n\n").unwrap();
    let header = header.lines().map(|line| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_owned(), value.trim().to_owned())
    });
    let body: String = body.split_whitespace().collect();
    Case { header: header.collect(), envelope: BASE64_STANDARD.decode(body).unwrap() }
}

fn private_key(name: &str) -> PrivateKey {
    let path = format!("{}/tests/keys/{name}.pkcs8.pem", env!("CARGO_MANIFEST_DIR"));
    PrivateKey::from_pem(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_vector_comes_out_as_its_header_says() {
    let keys = BTreeMap::from([("a", private_key("a")), ("b", private_key("b"))]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 20, "vectors are missing");
    for path in paths {
        let case = read(&path);
        let opened =
            open(&keys[case.header["key"].as_str()], case.header["label"].as_bytes(), &case.envelope);
        let came_out = match &opened {
            Ok(_) => "opens",
            Err(OpenError::Truncated(_)) => "truncated",
            Err(OpenError::DoesNotOpen) => "does not open",
        };
        assert_eq!(came_out, case.header["expect"], "{}", path.display());
        if let Ok(value) = opened {
            assert_eq!(BASE64_STANDARD.encode(value.expose()), case.header["value"], "{}", path.display());
        }
    }
}
