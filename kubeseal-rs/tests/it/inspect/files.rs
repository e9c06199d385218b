//! `inspect` of several files and of directories: a file that cannot be read does not hide the others.

use crate::support::program::{finish, program, run};
use std::fs;
use tempfile::TempDir;

fn tree() -> TempDir {
    let input = b"metadata: {name: db, namespace: shop}\nstringData: {password: hunter2}\n";
    let sealed = run(&["--cert", "test-only.crt", "-o", "yaml"], input).stdout;
    let tree = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(tree.path().join(name), bytes).unwrap();
    fs::create_dir(tree.path().join("sub")).unwrap();
    write("a.yaml", &sealed);
    write("broken.yaml", b"kind: SealedSecret\n a: [\n");
    write("other.yaml", b"kind: Pod\n");
    write("sub/b.yaml", &sealed);
    write("sub/no-manifest.yaml", b"a: [\n");
    write("sub/template.yaml", b"{{ if .a }}\nkind: SealedSecret\n{{ end }}\n");
    tree
}

/// Runs `inspect`: exit code, the files that it printed, and standard error.
fn inspect(tree: &TempDir, files: &[&str]) -> (Option<i32>, Vec<String>, String) {
    let mut command = program(&[&["inspect", "-o", "json"], files].concat());
    command.current_dir(tree.path()).env("SEALED_SECRETS_WARN", "always");
    let output = finish(command, b"");
    let reports: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let files = reports.iter().map(|report| report["file"].as_str().unwrap().to_owned()).collect();
    (output.status.code(), files, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn other_kinds_are_skipped() {
    let (code, files, stderr) = inspect(&tree(), &["a.yaml", "other.yaml", "sub/b.yaml"]);
    assert_eq!((code, files), (Some(0), vec!["a.yaml".to_owned(), "sub/b.yaml".to_owned()]));
    assert_eq!(stderr, "warning: found no SealedSecret in other.yaml; it is skipped\n");
    let (code, files, stderr) = inspect(&tree(), &["other.yaml", "other.yaml"]);
    assert_eq!((code, files.len()), (Some(1), 0));
    assert!(stderr.contains("found no SealedSecret in any of 2 files"), "{stderr}");
}

#[test]
fn a_broken_file_fails_after_the_others_are_printed() {
    for files in [["broken.yaml", "a.yaml"], ["a.yaml", "nowhere.yaml"]] {
        let (code, files, stderr) = inspect(&tree(), &files);
        assert_eq!((code, files), (Some(1), vec!["a.yaml".to_owned()]));
        assert!(stderr.contains("error: not all files could be read:\n  cannot read "), "{stderr}");
    }
}

#[test]
fn directories_are_walked_through() {
    let (code, files, stderr) = inspect(&tree(), &["sub"]);
    assert_eq!((code, files), (Some(0), vec!["sub/b.yaml".to_owned()]));
    assert!(stderr.starts_with("warning: sub/template.yaml does not parse"), "{stderr}");
}
