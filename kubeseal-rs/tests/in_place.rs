//! Files that are changed in place: several at once, and where a file cannot be replaced by another.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/program.rs"]
mod program;

use program::{program, run};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

const PRESENT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";

/// A directory with a SealedSecret in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let secret = b"metadata: {name: db, namespace: shop}\nstringData: {user: admin}\n";
        let sealed = run(&["--cert", "test-only.crt", "-o", "yaml"], secret);
        fs::write(folder.file(), sealed.stdout).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.path("sealed.yaml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }
}

fn merge_into(file: &Path) -> [&str; 4] {
    ["--cert", "test-only.crt", "--merge-into", file.to_str().unwrap()]
}

fn secret(key: &str) -> Vec<u8> {
    format!("stringData: {{{key}: v}}\n").into_bytes()
}

#[test]
fn who_merges_at_the_same_time_loses_nothing() {
    let folder = Folder::new();
    let keys: Vec<String> = (0..12).map(|number| format!("k{number}")).collect();
    std::thread::scope(|scope| {
        for key in &keys {
            let file = folder.file();
            scope.spawn(move || {
                let output = run(&merge_into(&file), &secret(key));
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            });
        }
    });
    let text = folder.text();
    let lost: Vec<&String> = keys.iter().filter(|key| !text.contains(&format!("    {key}: "))).collect();
    assert!(lost.is_empty(), "lost {lost:?}");
}

#[test]
fn edit_and_reseal_wait_for_one_another() {
    let folder = Folder::new();
    fs::write(folder.file(), folder.text().replace(PRESENT, &"0a".repeat(32))).unwrap();
    let editor = folder.path("editor");
    fs::write(&editor, "#!/bin/sh\nsed -i 's/user: .*/user: new/' \"$1\"\n").unwrap();
    fs::set_permissions(&editor, Permissions::from_mode(0o755)).unwrap();
    let file = folder.file();
    let file = file.to_str().unwrap();
    let reseal = ["reseal", "--cert", "test-only.crt", "--recovery-private-key", "test-only.key", file];
    for arguments in [&["edit", "--cert", "test-only.crt", file][..], &reseal] {
        let before = folder.text();
        let lock = File::open(file).unwrap();
        lock.lock().unwrap();
        let mut command = program(arguments);
        command.env("EDITOR", &editor).env("PATH", "/usr/bin:/bin");
        let mut child = command.spawn().unwrap();
        sleep(Duration::from_millis(700));
        assert!(child.try_wait().unwrap().is_none(), "{arguments:?} did not wait");
        assert_eq!(folder.text(), before);
        drop(lock);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_ne!(folder.text(), before);
        fs::write(file, before).unwrap();
    }
}
