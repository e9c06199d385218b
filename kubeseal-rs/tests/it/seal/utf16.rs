//! Text files in UTF-16, as PowerShell's `>` writes them, are read wherever a text file is named.

use crate::support::program::{fixture, run};
use std::fs;
use std::path::{Path, PathBuf};

const SECRET: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: hunter2ü}\n";

/// The encodings of UTF-16: little-endian or not, with a byte order mark or not.
const WAYS: [(bool, bool); 4] = [(true, true), (true, false), (false, true), (false, false)];

fn utf16(text: &str, (little, mark): (bool, bool)) -> Vec<u8> {
    let text = text.replace('\n', "\r\n");
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

fn write(directory: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Standard output of a run that succeeds.
fn done(arguments: &[&str], input: &[u8]) -> String {
    let output = run(arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn certificates_keys_manifests_and_sealed_files() {
    let directory = tempfile::tempdir().unwrap();
    let read = |name: &str| fs::read_to_string(fixture(name)).unwrap();
    for way in WAYS {
        let at = |name: &str, text: &str| {
            write(directory.path(), name, &utf16(text, way)).to_str().unwrap().to_owned()
        };
        let certificate = at("cert.pem", &read("test-only.crt"));
        let key = at("key.pem", &read("test-only.key"));
        let secret = at("secret.yaml", SECRET);
        let sealed = done(&["--cert", &certificate, "-o", "yaml", "-f", &secret], b"");
        let piped = done(&["--cert", &certificate, "-o", "yaml"], &utf16(SECRET, way));
        for sealed in [sealed, piped] {
            let file = at("sealed.yaml", &sealed);
            let opened = done(&["--recovery-unseal", "--recovery-private-key", &key, "-f", &file], b"");
            assert!(opened.contains("aHVudGVyMsO8"), "{opened}");
            let printed = done(&["inspect", &file], b"");
            assert!(printed.contains("SealedSecret shop/db"), "{printed}");
        }
        assert!(
            done(&["--cert", &certificate, "--fetch-cert"], b"").starts_with("-----BEGIN CERTIFICATE-----\n")
        );
        let backup = at(
            "backup.yaml",
            &format!(
                "items:\n- stringData:\n    tls.key: |\n      {}\n",
                read("test-only.key").trim_end().replace('\n', "\n      ")
            ),
        );
        done(
            &[
                "--recovery-unseal",
                "--recovery-private-key",
                &backup,
                "-f",
                &at("sealed.yaml", &done(&["--cert", &certificate, "-f", &secret], b"")),
            ],
            b"",
        );
    }
}

#[test]
fn what_is_changed_in_place_keeps_its_encoding() {
    let directory = tempfile::tempdir().unwrap();
    let sealed = done(&["--cert", "test-only.crt", "-o", "yaml"], SECRET.as_bytes());
    for way in WAYS {
        let old = utf16(&sealed.replace("fingerprint: f5b8", "fingerprint: 0000"), way);
        let path = write(directory.path(), "sealed.yaml", &old);
        let file = path.to_str().unwrap();
        let printed = done(
            &["reseal", "--cert", "test-only.crt", "--recovery-private-key", "test-only.key", file],
            b"",
        );
        assert!(printed.contains("1 resealed"), "{printed}");
        done(&["--cert", "test-only.crt", "--merge-into", file], b"stringData: {more: x}\n");
        let after = fs::read(&path).unwrap();
        assert_eq!(after[..2], old[..2]);
        let opened = done(&["--recovery-unseal", "--recovery-private-key", "test-only.key"], &after);
        assert!(opened.contains("aHVudGVyMsO8") && opened.contains("\"more\""), "{opened}");
    }
}

#[test]
fn env_files_and_files_for_tls_and_docker() {
    let directory = tempfile::tempdir().unwrap();
    let create = |arguments: &[&str]| {
        let all = [&["create", "a", "-n", "shop", "--cert", "test-only.crt"], arguments].concat();
        let sealed = done(&all, b"");
        done(&["--recovery-unseal", "--recovery-private-key", "test-only.key"], sealed.as_bytes())
    };
    for way in WAYS {
        let at = |name: &str, text: &str| {
            write(directory.path(), name, &utf16(text, way)).to_str().unwrap().to_owned()
        };
        let env = at("env", "# ours\nPASSWORD=hunter2ü\n");
        assert!(create(&["--from-env-file", &env]).contains("\"PASSWORD\": \"aHVudGVyMsO8\""));
        // The bytes of a value stay as they are.
        let opened = create(&["--from-file", &format!("k={env}")]);
        assert!(!opened.contains("aHVudGVyMsO8"), "{opened}");
    }
}
