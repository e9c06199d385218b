//! A file to edit, and a shell script as its editor.

use crate::support::program::{finish, fixture, program, run};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Output;

/// A directory with a SealedSecret to edit, a directory for the editor's text, and a shell script as editor.
pub(super) struct Desk {
    pub(super) directory: tempfile::TempDir,
}

const SECRET: &[u8] =
    b"metadata: {name: db, namespace: shop, labels: {tier: back}, annotations: {a: b}}\ntype: Opaque\n\
                        stringData: {password: hunter2-old, user: admin}\n";

impl Desk {
    pub(super) fn new() -> Self {
        let desk = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.path("memory")).unwrap();
        let sealed = run(&["--cert", "test-only.crt", "-o", "yaml"], SECRET);
        let text = String::from_utf8(sealed.stdout).unwrap();
        let text = text.replace("  encryptedData:\n", "  encryptedData: # ours\n");
        fs::write(desk.file(), format!("# first\nkind: Other\n{text}# last\n")).unwrap();
        desk
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn file(&self) -> PathBuf {
        self.path("sealed.yaml")
    }

    pub(super) fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    pub(super) fn command(&self, script: &str) -> std::process::Command {
        let editor = self.path("editor");
        fs::write(
            &editor,
            format!("#!/bin/sh\nset -e\ncp \"$1\" '{}'\n{script}\n", self.path("seen").display()),
        )
        .unwrap();
        fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = program(&["edit", "--cert", "test-only.crt", self.file().to_str().unwrap()]);
        command
            .env("EDITOR", editor)
            .env("XDG_RUNTIME_DIR", self.path("memory"))
            .env("PATH", "/usr/bin:/bin");
        command
    }

    pub(super) fn edit(&self, script: &str) -> Output {
        let output = finish(self.command(script), b"");
        self.assert_clean();
        output
    }

    pub(super) fn assert_clean(&self) {
        let left: Vec<_> = fs::read_dir(self.path("memory")).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
        let names = fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let strange = names.filter(|name| {
            !["memory", "sealed.yaml", "editor", "seen", "listing"].iter().any(|known| name == known)
        });
        assert_eq!(strange.count(), 0);
    }

    /// Asserts that the edit is refused with these words, that no typed value is printed, and that nothing is written.
    pub(super) fn refused(&self, script: &str, words: &[&str]) {
        let before = self.text();
        let output = self.edit(script);
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{printed}");
        for word in words {
            assert!(printed.contains(word), "no {word:?} in:\n{printed}");
        }
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(printed.contains("nothing was changed"), "{printed}");
        assert_eq!(self.text(), before);
    }

    pub(super) fn opened(&self) -> serde_json::Value {
        let file = self.file();
        let sealed = self.text();
        let document = sealed.split("---\n").nth(1).unwrap();
        let output = run(
            &["--recovery-unseal", "--recovery-private-key", fixture("test-only.key").to_str().unwrap()],
            document.as_bytes(),
        );
        assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

pub(super) fn line<'a>(text: &'a str, key: &str) -> &'a str {
    text.lines().find(|line| line.trim_start().starts_with(key)).unwrap()
}
