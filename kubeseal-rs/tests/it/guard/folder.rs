//! Temporary folders, and what `guard` prints about them.

use crate::support::program::{finish, program};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A Secret whose plaintext is on line 5.
pub(crate) const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  password: hunter2-planted\n";

/// A temporary folder with these files.
pub(crate) fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

/// Runs `guard` there, and asserts that its output holds none of the planted values.
pub(crate) fn guard(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = program(&[&["guard"], arguments].concat());
    command.current_dir(directory).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = finish(command, b"");
    let shown = [&output.stdout[..], &output.stderr[..]].concat();
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert!(!shown.contains("hunter2") && !shown.contains("aHVudGVyMg"), "{shown}");
    output
}

/// `FILE:LINE` of each finding.
pub(crate) fn found(output: &Output) -> Vec<String> {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let locations: Vec<String> =
        stdout.lines().map(|line| line.split(':').take(2).collect::<Vec<_>>().join(":")).collect();
    assert_eq!(output.status.code(), Some(i32::from(!locations.is_empty())));
    locations
}

/// `FILE:LINE` of each finding in a manifest.
pub(crate) fn found_in(text: &str) -> Vec<String> {
    found(&guard(directory(&[("a.yaml", text)]).path(), &[]))
}

/// Runs git there, without the user's configuration.
pub(crate) fn git(directory: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(status.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&status.stderr));
}
