//! `--recovery-private-key` reads backups that are encrypted, in every command that has it.

use crate::support::program::{finish, fixture, program, run};
use crate::support::terminal::Terminal;
use age::secrecy::ExposeSecret as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Output;

const WORDS: &str = "correct horse";
const SECRET: &[u8] = b"metadata: {name: db, namespace: shop}\nstringData: {password: hunter2}\n";

/// A directory with backups in every format, what decrypts them, and a SealedSecret.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let [pem, certificate] = ["test-only.key", "test-only.crt"].map(|it| fs::read(fixture(it)).unwrap());
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": [{
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "metadata": { "name": "sealed-secrets-keyabcde", "namespace": "kube-system" },
            "data": { "tls.key": BASE64_STANDARD.encode(&pem), "tls.crt": BASE64_STANDARD.encode(certificate) },
        }] });
        let list = list.to_string().into_bytes();
        let [me, stranger] = [age::x25519::Identity::generate(), age::x25519::Identity::generate()];
        let mut words = age::scrypt::Recipient::new(WORDS.to_owned().into());
        words.set_work_factor(4);
        folder.write("me.txt", format!("# mine\n{}\n", me.to_string().expose_secret()));
        folder.write("stranger.txt", stranger.to_string().expose_secret());
        folder.write("words.txt", format!("{WORDS}\n"));
        folder.write("wrong.txt", "incorrect horse\n");
        folder.write("me.age", age::encrypt_and_armor(&me.to_public(), &list).unwrap());
        folder.write("words.age", age::encrypt_and_armor(&words, &list).unwrap());
        folder.write("bytes.age", age::encrypt(&me.to_public(), &list).unwrap());
        folder.write("pem.age", age::encrypt(&words, &pem).unwrap());
        folder.write("text.age", age::encrypt(&words, b"hunter2").unwrap());
        let sealed = run(&["--cert", "test-only.crt", "-o", "yaml"], SECRET).stdout;
        folder.write("sealed.yaml", sealed);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), bytes).unwrap();
    }

    fn unseal(&self, flags: &[&str]) -> Output {
        let mut command = program(&[&["--recovery-unseal", "-f", "sealed.yaml"], flags].concat());
        command.current_dir(self.path());
        finish(command, b"")
    }

    fn refused(&self, flags: &[&str], words: &[&str]) {
        let output = self.unseal(flags);
        let printed = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && output.stdout.is_empty(), "{flags:?}: {printed}");
        for words in words {
            assert!(printed.contains(words), "no {words:?} in {printed}");
        }
        assert!(!printed.contains("hunter2") && !printed.contains("AGE-SECRET-KEY-1Q"), "{printed}");
    }
}

fn is_opened(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("\"password\": \"aHVudGVyMg==\""), "{text}");
}

#[test]
fn opens_with_what_was_locked() {
    let folder = Folder::new();
    for flags in [
        &["--recovery-private-key", "me.age", "--identity", "me.txt"][..],
        &["--recovery-private-key", "me.age", "-i", "stranger.txt", "-i", "me.txt"],
        &["--recovery-private-key", "bytes.age", "-i", "me.txt"],
        &["--recovery-private-key", "words.age", "--passphrase-file", "words.txt"],
        &["--recovery-private-key", "pem.age", "--passphrase-file", "words.txt"],
        &["--recovery-private-key", "me.age,pem.age", "-i", "me.txt", "--passphrase-file", "words.txt"],
    ] {
        is_opened(&folder.unseal(flags));
    }
    let mut command = program(&["--recovery-unseal", "-f", "sealed.yaml"]);
    command.current_dir(folder.path()).envs([
        ("SEALED_SECRETS_RECOVERY_PRIVATE_KEY", "me.age,words.age"),
        ("SEALED_SECRETS_IDENTITY", "me.txt"),
        ("SEALED_SECRETS_PASSPHRASE_FILE", "words.txt"),
    ]);
    is_opened(&finish(command, b""));
}

#[test]
fn what_is_missing_is_reported() {
    let folder = Folder::new();
    folder.refused(
        &["--recovery-private-key", "me.age"],
        &["me.age is encrypted, in the format of age", "no identity was given", "hint: ", "--identity FILE"],
    );
    folder.refused(
        &["--recovery-private-key", "words.age", "-i", "me.txt"],
        &["words.age is encrypted", "there is no terminal to ask", "--passphrase-file FILE", "-f FILE"],
    );
    folder.refused(
        &["--recovery-private-key", "me.age", "-i", "stranger.txt"],
        &["me.age", "encrypted to other recipients", "--identity FILE"],
    );
    folder.refused(
        &["--recovery-private-key", "words.age", "--passphrase-file", "wrong.txt"],
        &["words.age", "the passphrase is another one"],
    );
    folder.refused(
        &["--recovery-private-key", "me.age", "-i", "words.txt"],
        &["words.txt holds no identity", "--recovery-private-key <(age -d -i IDENTITY"],
    );
    // The decrypted text appears in errors as little as a plain one does.
    folder.refused(
        &["--recovery-private-key", "text.age", "--passphrase-file", "words.txt"],
        &["where a Kubernetes object belongs"],
    );
}

#[test]
fn the_prompt_for_a_passphrase_names_its_file() {
    let folder = Folder::new();
    let mut command =
        program(&["--recovery-unseal", "-f", "sealed.yaml", "--recovery-private-key", "words.age,pem.age"]);
    command.current_dir(folder.path());
    let mut terminal = Terminal::start(command);
    for file in ["words.age", "pem.age"] {
        terminal.wait_for(&format!("passphrase of the backup {file}: "));
        assert!(!terminal.echoes());
        terminal.type_in(&format!("{WORDS}\n"));
    }
    let (code, output, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(output.contains("aHVudGVyMg==") && !shown.contains(WORDS), "{shown}");
}

#[test]
fn reseal_opens_with_it_and_checks_with_it() {
    let folder = Folder::new();
    let sealed = fs::read_to_string(folder.path().join("sealed.yaml")).unwrap();
    // Without the fingerprint, sealed to the present certificate: only the private key shows that.
    let without = sealed.lines().filter(|line| !line.contains("fingerprint")).collect::<Vec<_>>().join("\n");
    assert_ne!(without.len() + 1, sealed.len());
    folder.write("sealed.yaml", &without);
    let reseal = |flags: &[&str]| {
        let certificate = fixture("test-only.crt");
        let cert = ["reseal", "--cert", certificate.to_str().unwrap(), "sealed.yaml"];
        let mut command = program(&[&cert, flags].concat());
        command.current_dir(folder.path());
        finish(command, b"")
    };
    assert_eq!(reseal(&["--check"]).status.code(), Some(1));
    for flags in [
        ["--recovery-private-key", "me.age", "-i", "me.txt"],
        ["--recovery-private-key", "words.age", "--passphrase-file", "words.txt"],
    ] {
        let output = reseal(&[&["--check"], &flags[..]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let output = reseal(&["--recovery-private-key", "me.age"]);
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && printed.contains("--identity FILE"), "{printed}");

    let old =
        sealed.replace("f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057", &"0a".repeat(32));
    folder.write("sealed.yaml", &old);
    let output = reseal(&["--recovery-private-key", "me.age", "-i", "me.txt"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_ne!(fs::read_to_string(folder.path().join("sealed.yaml")).unwrap(), old);
    is_opened(&folder.unseal(&["--recovery-private-key", "me.age", "-i", "me.txt"]));
}
