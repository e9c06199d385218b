//! Secrets with a type: registry logins, Docker configurations, TLS certificates.

use super::outcome::{assert_fails, create, sealed, values};
use crate::support::program::fixture;
use rcgen::{CertificateParams, KeyPair, SigningKey as _};
use std::path::{Path, PathBuf};

#[test]
fn a_login_is_kubectls() {
    let arguments = ["docker-registry", "pull", "--docker-username", "u", "--docker-server", "r.example.com"];
    let piped = create(&arguments, b"hunter2\n");
    let typed =
        create(&[&arguments[..], &["--docker-password", "hunter2", "--docker-email", "e@x"]].concat(), b"");
    assert_eq!(sealed(&piped).spec.template.type_.as_deref(), Some("kubernetes.io/dockerconfigjson"));
    assert_eq!(
        values(&piped)[".dockerconfigjson"],
        r#"{"auths":{"r.example.com":{"username":"u","password":"hunter2","auth":"dTpodW50ZXIy"}}}"#
    );
    assert_eq!(
        values(&typed)[".dockerconfigjson"],
        r#"{"auths":{"r.example.com":{"username":"u","password":"hunter2","email":"e@x","auth":"dTpodW50ZXIy"}}}"#
    );
}

fn written(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn certificates_and_keys_must_belong_together() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, algorithm) in [("ec", &rcgen::PKCS_ECDSA_P256_SHA256), ("ed", &rcgen::PKCS_ED25519)] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        assert!(key.sign(b"sound").is_ok());
        let certificate =
            CertificateParams::new([format!("{name}.example")]).unwrap().self_signed(&key).unwrap();
        files.push((
            written(directory.path(), &format!("{name}.crt"), &certificate.pem()),
            written(directory.path(), &format!("{name}.key"), &key.serialize_pem()),
        ));
    }
    files.push((fixture("test-only.crt"), fixture("test-only.key")));
    for (index, (certificate, _)) in files.iter().enumerate() {
        for (other, (_, key)) in files.iter().enumerate() {
            let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
            let output = create(&["tls", "web", "--cert-file", certificate, "--key", key], b"");
            if index == other {
                assert_eq!(sealed(&output).spec.template.type_.as_deref(), Some("kubernetes.io/tls"));
                let values = values(&output);
                assert_eq!(values["tls.crt"], std::fs::read_to_string(certificate).unwrap());
                assert_eq!(values["tls.key"], std::fs::read_to_string(key).unwrap());
            } else {
                assert_fails(&output, 1, &["belongs to another private key"]);
            }
        }
    }
    let (certificate, key) = (files[0].0.to_str().unwrap(), files[0].1.to_str().unwrap());
    let swapped = create(&["tls", "web", "--cert-file", key, "--key-file", certificate], b"");
    assert_fails(&swapped, 1, &["no PEM block \"CERTIFICATE\""]);
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\naHVudGVyMg==\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let encrypted = written(directory.path(), "encrypted.key", encrypted);
    let output =
        create(&["tls", "web", "--cert-file", certificate, "--key-file", encrypted.to_str().unwrap()], b"");
    assert_fails(&output, 1, &["encrypted with a password", "openssl pkey"]);
}

#[test]
fn a_docker_config_is_taken_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.json");
    let config = "{\"auths\": {\"r.example.com\": {\"auth\": \"aHVudGVyMg==\"}}}\n";
    std::fs::write(&path, config).unwrap();
    let file = path.to_str().unwrap();
    for source in [file.to_owned(), format!(".dockerconfigjson={file}")] {
        let output = create(&["docker-registry", "pull", "--from-file", &source], b"");
        assert_eq!(sealed(&output).spec.template.type_.as_deref(), Some("kubernetes.io/dockerconfigjson"));
        assert_eq!(values(&output)[".dockerconfigjson"], config);
    }
    let refused = |arguments: &[&str]| {
        let output = create(&[&["docker-registry", "pull"], arguments].concat(), b"");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("aHVudGVyMg"), "{stderr}");
        (output.status.code(), stderr)
    };
    assert_eq!(refused(&["--from-file", &format!("other={file}")]).0, Some(2));
    assert_eq!(refused(&["--from-file", file, "--docker-username", "u"]).0, Some(2));
    for broken in ["[]", "aHVudGVyMg", "{\"a\": aHVudGVyMg}"] {
        std::fs::write(&path, broken).unwrap();
        let (code, stderr) = refused(&["--from-file", file]);
        assert!(code == Some(1) && stderr.contains("is not a JSON object"), "{stderr}");
    }
}
