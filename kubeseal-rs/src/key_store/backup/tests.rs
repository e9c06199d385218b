//! From a List to an encrypted file and back.

use crate::error::Hint as _;
use crate::files::input::Input;
use crate::key_store::backup::decrypt::Decryption;
use crate::key_store::backup::encrypt::Encryption;
use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::header::Header;
use crate::key_store::backup::protected::is_encrypted;
use crate::key_store::backup::write::list;
use crate::manifest::secrets;
use age::secrecy::ExposeSecret as _;
use age::x25519;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn secret(name: &str) -> Secret {
    Secret {
        metadata: serde_json::from_value(json!({
            "name": name, "namespace": "kube-system", "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": { "l": "active" }, "annotations": { "note": "two\nlines: \"quoted\" # no comment\n---\n" },
        }))
        .unwrap(),
        type_: Some("kubernetes.io/tls".into()),
        data: Some(BTreeMap::from([
            ("tls.crt".into(), ByteString(b"public".to_vec())),
            ("tls.key".into(), ByteString(vec![0x97; 3000])),
        ])),
        ..Secret::default()
    }
}

fn plain() -> String {
    list(&[secret("one"), secret("two")]).unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_list_reads_back_as_what_was_written() {
    let read = secrets::read(&Input::Stdin, plain().as_bytes()).unwrap();
    let names: Vec<_> = read.iter().map(|it| it.secret.metadata.name.clone().unwrap()).collect();
    assert_eq!(names, ["one", "two"]);
    for it in read {
        let expected = secret("x");
        assert_eq!(it.secret.metadata.labels, expected.metadata.labels);
        assert_eq!(it.secret.metadata.annotations, expected.metadata.annotations);
        assert_eq!(it.secret.type_, expected.type_);
        assert_eq!(it.secret.data["tls.key"].expose(), expected.data.unwrap()["tls.key"].0);
    }
}

#[test]
fn what_is_locked_is_unlocked_by_those_it_was_locked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two, stranger) =
        (x25519::Identity::generate(), x25519::Identity::generate(), x25519::Identity::generate());
    let identity = |name: &str, it: &x25519::Identity| file(&folder, name, it.to_string().expose_secret());
    let recipients = file(&folder, "to", &format!("# them\n\n  {}\n", two.to_public()));
    let lock = Encryption::Recipients { keys: vec![one.to_public().to_string()], files: vec![recipients] };
    let locked = lock.ready().unwrap().lock(plain().as_bytes()).unwrap().unwrap();
    assert!(is_encrypted(&locked) && !is_encrypted(plain().as_bytes()));
    let unlock = |files: Vec<PathBuf>| {
        Decryption { identities: files, passphrase: None }.unlock(&Input::Stdin, &locked)
    };
    for files in [
        vec![identity("1", &one)],
        vec![identity("2", &two)],
        vec![identity("3", &stranger), identity("2", &two)],
    ] {
        assert!(*unlock(files).unwrap() == *plain().as_bytes());
    }
    assert!(matches!(unlock(vec![identity("3", &stranger)]), Err(BackupError::Decrypt(_))));
    assert!(matches!(unlock(Vec::new()), Err(BackupError::NoIdentity)));

    // Any change is an error, and never gives a part of the text. The line break at the end does not count.
    for at in (0..locked.trim_ascii_end().len()).step_by(97) {
        let mut other = locked.clone();
        other[at] ^= 1;
        let all = Decryption { identities: vec![identity("1", &one)], passphrase: None };
        assert!(
            all.unlock(&Input::Stdin, &other)
                .is_err_and(|error| error.hint().is_some_and(|hint| !hint.is_empty())),
            "{at}"
        );
        assert!(all.unlock(&Input::Stdin, &locked[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn a_passphrase_is_the_first_line_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Encryption::Passphrase(Some(file(&folder, "p", "correct horse battery staple\r\nrest")));
    let locked = lock.ready().unwrap().lock(b"plain").unwrap().unwrap();
    let unlock = |text: &str| {
        Decryption { identities: Vec::new(), passphrase: Some(file(&folder, "q", text)) }
            .unlock(&Input::Stdin, &locked)
    };
    assert!(*unlock("correct horse battery staple").unwrap() == *b"plain");
    assert!(matches!(unlock("incorrect horse battery staple"), Err(BackupError::Decrypt(_))));
    for empty in ["", "\n", "\ncorrect horse battery staple"] {
        assert!(matches!(unlock(empty), Err(BackupError::NoPassphrase)), "{empty:?}");
    }
}

#[test]
fn an_identity_that_cannot_be_read_is_an_error_for_every_backup() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Encryption::Passphrase(Some(file(&folder, "p", "correct horse battery staple")));
    let locked = lock.ready().unwrap().lock(b"plain").unwrap().unwrap();
    let unlock = Decryption { identities: vec![folder.path().join("missing.txt")], passphrase: None };
    for backup in [&locked, plain().as_bytes()] {
        let error = unlock.plain(&Input::Stdin, backup.to_vec()).unwrap_err();
        assert!(
            error.to_string().contains("cannot read the identities in ")
                && error.to_string().contains("missing.txt"),
            "{error}"
        );
    }
}

#[test]
fn a_private_key_given_by_mistake_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let identity = x25519::Identity::generate().to_string();
    let identity = identity.expose_secret().to_owned();
    let path = file(&folder, "to", &identity);
    for lock in [
        Encryption::Recipients { keys: vec![identity.clone()], files: Vec::new() },
        Encryption::Recipients { keys: Vec::new(), files: vec![path] },
    ] {
        let Err(error) = lock.ready() else { panic!("it was taken") };
        let printed = format!("{error} {error:?} {}", error.hint().unwrap_or_default());
        assert!(!printed.contains(&identity[..30]), "{printed}");
    }
    assert!(Encryption::None.ready().unwrap().lock(b"plain").unwrap().is_none());
}

#[test]
fn the_work_of_a_passphrase_does_not_depend_on_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = file(&folder, "p", "correct horse battery staple");
    let locked =
        Encryption::Passphrase(Some(passphrase.clone())).ready().unwrap().lock(b"plain").unwrap().unwrap();
    let mut header = Vec::new();
    // As far as it can be read as text, which is more than the header.
    let _ = std::io::Read::read_to_end(&mut age::armor::ArmoredReader::new(&*locked), &mut header);
    let stanza = String::from_utf8_lossy(&header).lines().nth(1).unwrap().to_owned();
    assert!(stanza.starts_with("-> scrypt ") && stanza.ends_with(" 18"), "{stanza}");

    let mut recipient = age::scrypt::Recipient::new("correct horse battery staple".to_owned().into());
    recipient.set_work_factor(4);
    let light = age::encrypt(&recipient, b"plain").unwrap();
    let unlock = Decryption { identities: Vec::new(), passphrase: Some(passphrase) };
    assert!(*unlock.unlock(&Input::Stdin, &light).unwrap() == *b"plain");
    let at = light.windows(3).position(|bytes| bytes == b" 4\n").unwrap();
    for work in ["23", "63"] {
        let heavy = [&light[..=at], work.as_bytes(), &light[at + 2..]].concat();
        let Err(error) = unlock.unlock(&Input::Stdin, &heavy) else { panic!("it was tried") };
        let printed = format!("{error} {}", error.hint().unwrap_or_default());
        assert!(printed.contains(&format!("work factor is {work}")) && printed.is_ascii(), "{printed}");
        assert!(std::error::Error::source(&error).is_none() && !printed.contains("age -d"), "{printed}");
    }
}

/// A file of the SSH keys that were made for tests.
fn ssh(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ssh").join(name)
}

fn public(name: &str) -> String {
    std::fs::read_to_string(ssh(name)).unwrap().trim().to_owned()
}

#[test]
fn ssh_keys_are_recipients_and_identities() {
    let folder = tempfile::tempdir().unwrap();
    // As GitHub lists them, with one of a type that is left out.
    let others = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBL\n";
    let listed =
        file(&folder, "keys", &format!("{others}{}\n{}\n", public("rsa.pub"), public("encrypted.pub")));
    let lock = Encryption::Recipients { keys: vec![public("plain.pub")], files: vec![listed] };
    let ready = lock.ready().unwrap();
    assert_eq!(ready.names().len(), 3);
    assert!(ready.names().iter().all(|name| name.split(' ').count() == 2), "without a comment");
    let locked = ready.lock(b"plain").unwrap().unwrap();
    let unlock = |identities: Vec<PathBuf>, passphrase: Option<&str>| {
        let passphrase = passphrase.map(|text| file(&folder, "p", text));
        Decryption { identities, passphrase }.unlock(&Input::Stdin, &locked)
    };
    for (identities, passphrase) in [
        (vec![ssh("plain")], None),
        (vec![ssh("rsa")], None),
        (vec![ssh("encrypted")], Some("correct horse\n")),
        // One that is not needed, and needs no passphrase.
        (
            vec![file(&folder, "x", x25519::Identity::generate().to_string().expose_secret()), ssh("rsa")],
            None,
        ),
    ] {
        assert_eq!(unlock(identities.clone(), passphrase).unwrap(), b"plain", "{identities:?}");
    }
    let wrong = unlock(vec![ssh("encrypted")], Some("incorrect horse")).unwrap_err();
    assert!(matches!(wrong, BackupError::IdentityPassphrase(_)), "{wrong}");
    assert!(matches!(
        unlock(vec![ssh("encrypted")], None).unwrap_err(),
        BackupError::NoTerminalForIdentity(_)
    ));

    // A backup for others: the passphrase is not asked for.
    let lock = Encryption::Recipients { keys: vec![public("plain.pub")], files: Vec::new() };
    let locked = lock.ready().unwrap().lock(b"plain").unwrap().unwrap();
    let unlock = Decryption { identities: vec![ssh("encrypted")], passphrase: None };
    let error = unlock.unlock(&Input::Stdin, &locked).unwrap_err();
    assert!(matches!(error, BackupError::Decrypt(age::DecryptError::NoMatchingKeys)), "{error}");
    let header = Header::read(&locked).unwrap();
    assert_eq!(header.recipients(), 1);
    assert!(header.names(&public("plain.pub").parse().unwrap()));
    assert!(!header.names(&public("encrypted.pub").parse().unwrap()));
}

#[test]
fn ssh_keys_that_nothing_can_be_encrypted_to_are_refused() {
    let keys = |key: &str| Encryption::Recipients { keys: vec![key.to_owned()], files: Vec::new() }.ready();
    let ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBL";
    assert!(matches!(keys(ecdsa), Err(BackupError::RecipientType(kind)) if kind == "ecdsa-sha2-nistp256"));
    let folder = tempfile::tempdir().unwrap();
    let only = Encryption::Recipients { keys: Vec::new(), files: vec![file(&folder, "f", ecdsa)] };
    assert!(matches!(only.ready(), Err(BackupError::NoRecipient(_))));
    let private = std::fs::read_to_string(ssh("plain")).unwrap();
    let Err(error) = keys(&private) else { panic!("it was taken") };
    assert!(!format!("{error:?} {error}").contains("b3BlbnNza"), "{error}");
}

#[test]
fn a_passphrase_may_protect_age_identities() {
    let folder = tempfile::tempdir().unwrap();
    let identity = x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let to = |keys: Vec<String>| Encryption::Recipients { keys, files: Vec::new() }.ready().unwrap();
    let locked = to(vec![recipient.clone()]).lock(b"plain").unwrap().unwrap();
    let text = format!("# mine\n{}\n", identity.to_string().expose_secret());
    let mut scrypt = age::scrypt::Recipient::new("correct horse".to_owned().into());
    scrypt.set_work_factor(2);
    let armored = age::encrypt_and_armor(&scrypt, text.as_bytes()).unwrap();
    let binary = age::encrypt(&scrypt, text.as_bytes()).unwrap();
    let unlock = |name: &str, protected: &[u8], passphrase: Option<&str>| {
        let path = folder.path().join(name);
        std::fs::write(&path, protected).unwrap();
        let passphrase = passphrase.map(|text| file(&folder, "p", text));
        Decryption { identities: vec![path], passphrase }.unlock(&Input::Stdin, &locked)
    };
    let wrong = unlock("a", &binary, Some("incorrect horse\n")).unwrap_err();
    assert!(matches!(wrong, BackupError::IdentityPassphrase(_)), "{wrong}");
    assert!(matches!(unlock("a", &binary, None).unwrap_err(), BackupError::NoTerminalForIdentity(_)));
    assert_eq!(unlock("a", &binary, Some("correct horse\n")).unwrap(), b"plain");
    assert_eq!(unlock("b", armored.as_bytes(), Some("correct horse\n")).unwrap(), b"plain");
    // It is asked for once in a process.
    assert_eq!(unlock("a", &binary, None).unwrap(), b"plain");
    // One that is cut off is not the fault of the passphrase.
    let cut = unlock("d", &binary[..binary.len() - 9], Some("correct horse\n")).unwrap_err();
    assert!(matches!(cut, BackupError::Identity(_)), "{cut}");
    // A file that is encrypted to recipients holds no identity.
    let other = to(vec![recipient]).lock(text.as_bytes()).unwrap().unwrap();
    assert!(matches!(unlock("c", &other, None).unwrap_err(), BackupError::Identity(_)));
}
