//! `edit` with scripted editors: what they see, what is sealed, what is refused, and that nothing is left behind.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/program.rs"]
mod program;

use program::{fixture, program, run};
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

/// A directory with a file to edit, a place for the editor's text, and a shell script as editor.
struct Desk {
    directory: tempfile::TempDir,
}

const SECRET: &[u8] =
    b"metadata: {name: db, namespace: shop, labels: {tier: back}, annotations: {a: b}}\ntype: Opaque\n\
                        stringData: {password: hunter2-old, user: admin}\n";

impl Desk {
    fn new() -> Self {
        let desk = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.path("memory")).unwrap();
        let sealed = run(&["--cert", "test-only.crt", "-o", "yaml"], SECRET);
        let text = String::from_utf8(sealed.stdout).unwrap();
        let text = text.replace("  encryptedData:\n", "  encryptedData: # ours\n");
        fs::write(desk.file(), format!("# first\nkind: Other\n{text}# last\n")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.path("sealed.yaml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn command(&self, script: &str) -> std::process::Command {
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

    fn edit(&self, script: &str) -> Output {
        let output = program::finish(self.command(script), b"");
        self.assert_clean();
        output
    }

    fn assert_clean(&self) {
        let left: Vec<_> = fs::read_dir(self.path("memory")).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
        let names = fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let strange = names.filter(|name| {
            !["memory", "sealed.yaml", "editor", "seen", "noted"].iter().any(|known| name == known)
        });
        assert_eq!(strange.count(), 0);
    }

    /// Refused, with these words; nothing typed is told, nothing is written.
    fn refused(&self, script: &str, words: &[&str]) {
        let before = self.text();
        let output = self.edit(script);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        for word in words {
            assert!(told.contains(word), "no {word:?} in:\n{told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
        assert!(told.contains("nothing was changed"), "{told}");
        assert_eq!(self.text(), before);
    }

    fn opened(&self) -> serde_json::Value {
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

fn line<'a>(text: &'a str, key: &str) -> &'a str {
    text.lines().find(|line| line.trim_start().starts_with(key)).unwrap()
}

#[test]
fn what_is_shown_is_a_secret_without_values() {
    let desk = Desk::new();
    let output =
        desk.edit(&format!("ls -ld \"$(dirname \"$1\")\" \"$1\" > '{}'", desk.path("noted").display()));
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().ends_with("nothing was changed\n"));
    let seen = fs::read_to_string(desk.path("seen")).unwrap();
    assert!(seen.contains("  password: <sealed>\n  user: <sealed>\n"), "{seen}");
    for part in [
        "kind: Secret",
        "name: db",
        "namespace: shop",
        "tier: back",
        "a: b",
        "type: Opaque",
        "# Scope: strict",
    ] {
        assert!(seen.contains(part), "no {part} in:\n{seen}");
    }
    assert!(!seen.contains("hunter2") && !seen.contains("encryptedData"));
    let noted = fs::read_to_string(desk.path("noted")).unwrap();
    let mut lines = noted.lines();
    assert!(lines.next().unwrap().starts_with("drwx------"), "{noted}");
    assert!(lines.next().unwrap().starts_with("-rw-------"), "{noted}");
    assert!(noted.contains("/memory/"), "{noted}");
}

#[test]
fn only_what_was_changed_is_sealed() {
    let desk = Desk::new();
    let before = desk.text();
    let output = desk
        .edit(r#"sed -i 's/  user: .*/  user: hunter2-new\n  more: "a: b"/; s/tier: back/tier: "5"/' "$1""#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    assert_eq!(line(&after, "password:"), line(&before, "password:"));
    assert_ne!(line(&after, "user:"), line(&before, "user:"));
    assert!(after.starts_with("# first\nkind: Other\n---\n") && after.ends_with("# last\n"), "{after}");
    assert!(after.contains("  encryptedData: # ours\n") && !after.contains("hunter2"), "{after}");
    assert_eq!(after.lines().count(), before.lines().count() + 1);
    let opened = desk.opened();
    assert_eq!(opened["data"]["password"], "aHVudGVyMi1vbGQ=");
    assert_eq!(opened["data"]["user"], "aHVudGVyMi1uZXc=");
    assert_eq!(opened["data"]["more"], "YTogYg==");
    assert_eq!(opened["metadata"]["labels"]["tier"], "5");
}

#[test]
fn items_and_plain_parts_are_taken_out() {
    let desk = Desk::new();
    let before = desk.text();
    let output = desk.edit(r#"sed -i '/  user: /d; /^type: /d; s/a: b$/a: c/' "$1""#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    assert!(!after.contains("user:") && !after.contains("type:"), "{after}");
    assert_eq!(line(&after, "password:"), line(&before, "password:"));
    assert_eq!(desk.opened()["metadata"]["annotations"]["a"], "c");
}

#[test]
fn plain_parts_are_shown_and_written() {
    let desk = Desk::new();
    let before = desk.text();
    let template = "  template:\n    immutable: true # for good\n    data:\n      # Rendered.\n      conf: |\n        host=db\n        \
                    password={{ .password }}\n      gone: x\n";
    let list = "    metadata:\n      finalizers:\n      - example.com/one # first\n";
    let text = before.replace("  template:\n", template).replace("    metadata:\n", list);
    fs::write(desk.file(), &text).unwrap();
    let output = desk.edit("true");
    assert!(output.status.success() && desk.text() == text);
    let seen = fs::read_to_string(desk.path("seen")).unwrap();
    for part in [
        "immutable: true\n",
        "finalizers:\n",
        "- example.com/one\n",
        "templateData:\n  conf: |\n    host=db\n    password={{ .password }}\n  gone: x",
    ] {
        assert!(seen.contains(part), "no {part} in:\n{seen}");
    }

    let output = desk.edit(
        r#"sed -i 's/^immutable: true/immutable: false/; s/host=db/host=other\n    port=1/; /  gone: x/d; s|example.com/one|example.com/two|' "$1"
        echo '  new: "{{ .user }}"' >> "$1""#,
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    for part in [
        "    immutable: false # for good\n    data:\n      # Rendered.\n      conf: |\n        host=other\n        port=1\n        \
         password={{ .password }}\n      new: \"{{ .user }}\"\n",
        "finalizers: [\"example.com/two\"]\n",
    ] {
        assert!(after.contains(part), "no {part} in:\n{after}");
    }
    assert!(!after.contains("gone") && !after.contains("example.com/one"), "{after}");
    for key in ["password:", "user:"] {
        assert_eq!(line(&after, key), line(&before, key));
    }
    let output =
        desk.edit(r#"sed -i '/^immutable/d; /^templateData/,$d; /finalizers/d; /example.com/d' "$1""#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    assert!(
        !after.contains("immutable") && !after.contains("conf") && !after.contains("finalizers"),
        "{after}"
    );
}

/// A `null` is no empty text: it leaves the sealed value of that name out of the Secret.
#[test]
fn a_null_in_template_data_is_kept_and_can_be_written() {
    let desk = Desk::new();
    let with_null = desk.text().replace("  template:\n", "  template:\n    data:\n      password: null\n");
    assert!(with_null.contains("password: null"), "{with_null}");
    fs::write(desk.file(), &with_null).unwrap();
    assert!(desk.edit("true").status.success());
    assert_eq!(desk.text(), with_null);
    let seen = fs::read_to_string(desk.path("seen")).unwrap();
    assert!(seen.contains("templateData:\n  password: null"), "{seen}");
    let output =
        desk.edit(r#"sed -i '/^templateData/,$d' "$1"; printf 'templateData:\n  user: null\n' >> "$1""#);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = desk.text();
    assert!(after.contains("      user: null\n") && !after.contains("password: null"), "{after}");
}

#[test]
fn the_hint_moves_once_everything_is_sealed_anew() {
    let desk = Desk::new();
    let fingerprint = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";
    fs::write(desk.file(), desk.text().replace(fingerprint, &"0a".repeat(32))).unwrap();
    desk.edit(r#"sed -i 's/tier: back/tier: front/' "$1""#);
    assert!(desk.text().contains(&"0a".repeat(32)));
    // One hint cannot name two certificates.
    desk.edit(r#"sed -i 's/  user: .*/  user: new/' "$1""#);
    assert!(!desk.text().contains("certificate-fingerprint"));
    let output = desk.edit(r#"sed -i 's/<sealed>$/new/' "$1""#);
    assert!(
        desk.text().contains(fingerprint),
        "{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        desk.text()
    );
}

#[test]
fn what_values_are_bound_to_stays() {
    let desk = Desk::new();
    desk.refused(r#"sed -i 's/name: db/name: hunter2/' "$1""#, &["the name was changed", "bound"]);
    desk.refused(r#"sed -i 's/namespace: shop/namespace: x/' "$1""#, &["the namespace was changed"]);
    desk.refused(
        r#"sed -i 's|    a: b|    sealedsecrets.bitnami.com/cluster-wide: "true"|' "$1""#,
        &["the scope was changed", "scope strict"],
    );
    desk.refused(r#"sed -i 's/  user:/  name:/' "$1""#, &["item \"name\" is to keep", "cannot be renamed"]);
    desk.refused(
        r#"printf -- '---\nmetadata: {name: c}\nstringData: {a: hunter2}\n' >> "$1""#,
        &["2 Secrets", "1 SealedSecrets"],
    );
    desk.refused(r#"sed -i 's/  name: db/  name: db\n  generateName: hunter2/' "$1""#, &["generateName"]);
    desk.refused(r#"echo 'templatedata: {a: hunter2}' >> "$1""#, &["spelt templateData"]);
}

#[test]
fn what_is_neither_kept_nor_a_value_is_refused() {
    let desk = Desk::new();
    for value in ["<sealed>hunter2", "<Sealed>", "'hunter2 <SEALED>'"] {
        let script = format!(r#"sed -i "s/  user: .*/  user: {value}/" "$1""#);
        desk.refused(&script, &["item \"user\" has <sealed> in it", "to keep what is sealed"]);
    }
    for null in ["", " ~", " null"] {
        let script = format!(r#"sed -i "s/  user: .*/  user:{null}/" "$1""#);
        desk.refused(&script, &["item \"user\" has no value", "write \"\" for an empty value"]);
    }
    let output = desk.edit(r#"sed -i "s/  user: .*/  user: \"\"/" "$1""#);
    assert!(output.status.success());
    assert_eq!(desk.opened()["data"]["user"], "");
}

#[test]
fn what_does_not_parse_is_wiped_and_said_so() {
    let desk = Desk::new();
    desk.refused(
        r#"echo ' hunter2: [' >> "$1""#,
        &["what was saved in the editor cannot be used", "line 22", "was wiped"],
    );
    desk.refused(r#"sed -i 's/  user: .*/  user: 5/' "$1""#, &["field stringData.user", "quote it"]);
    desk.refused(r#": > "$1""#, &["found no Secret"]);
    let gone = r#"cp "$1" "$1~"; mkdir "$(dirname "$1")/d"; rm "$1""#;
    desk.refused(gone, &["the editor left nothing to read", "hint: what you typed was wiped"]);
    desk.refused("exit 3", &["exit status: 3", "was wiped"]);
    let mut command = desk.command("true");
    command.env("EDITOR", "/nonexistent/editor --wait");
    let output = program::finish(command, b"");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("there is no editor \"/nonexistent/editor --wait\"") && told.contains("set VISUAL"),
        "{told}"
    );
    desk.assert_clean();
}

#[test]
fn signals_do_not_leave_anything_behind() {
    for signal in ["INT", "TERM", "HUP"] {
        let desk = Desk::new();
        let before = desk.text();
        let script = format!("echo 'x: hunter2' >> \"$1\"\n: > '{}'\nsleep 2", desk.path("noted").display());
        let mut child = desk.command(&script).spawn().unwrap();
        wait_for(&desk.path("noted"));
        let sent = std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(1), "{signal}");
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert!(told.contains("stopped by a signal"), "{told}");
        assert_eq!(desk.text(), before);
        desk.assert_clean();
    }
}

fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let desk = Desk::new();
    let script = format!("echo '# x' >> '{}'; sed -i 's/<sealed>/x/' \"$1\"", desk.file().display());
    let output = desk.edit(&script);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("another program changed it"));
    assert!(desk.text().ends_with("# x\n"));
}

#[test]
fn without_a_sealed_secret_there_is_nothing_to_edit() {
    let desk = Desk::new();
    fs::write(desk.file(), "kind: Secret\nstringData: {a: hunter2}\n").unwrap();
    let output = desk.edit("true");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("found no SealedSecret"));
    assert!(!desk.path("seen").exists());
}
