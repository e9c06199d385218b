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

/// A pull request must not switch `--check` off with braces.
#[test]
fn what_was_not_checked_fails_the_check() {
    let tree = tree();
    let path = tree.path().join("sub/template.yaml");
    fs::remove_file(tree.path().join("broken.yaml")).unwrap();
    let unsealed = "kind: SealedSecret\nspec:\n  encryptedData:\n    a: hunter2\n";
    for template in
        [format!("{unsealed}    {{{{ x }}}}\n"), format!("{{{{ if .a }}}}\n{unsealed}{{{{ end }}}}\n")]
    {
        fs::write(&path, template).unwrap();
        for arguments in [&["--check", "sub"][..], &["--check", "a.yaml", "sub/template.yaml"]] {
            let (code, files, stderr) = inspect(&tree, arguments);
            assert_eq!((code, files.len()), (Some(1), 1), "{stderr}");
            let line = "\n  sub/template.yaml does not parse, as templates may; it was not checked: `helm template CHART > rendered.yaml`";
            assert!(stderr.contains(line), "{stderr}");
        }
        let (code, _, stderr) = inspect(&tree, &["sub"]);
        assert!(
            code == Some(0) && stderr.starts_with("warning: sub/template.yaml does not parse"),
            "{stderr}"
        );
    }
    // A chart's templates are meant to be templates.
    fs::create_dir_all(tree.path().join("chart/templates/a")).unwrap();
    fs::write(tree.path().join("chart/Chart.yaml"), "name: chart\n").unwrap();
    fs::rename(&path, tree.path().join("chart/templates/a/template.yaml")).unwrap();
    let (code, _, stderr) = inspect(&tree, &["--check", "."]);
    assert!(
        code == Some(0) && stderr.starts_with("warning: ./chart/templates/a/template.yaml does"),
        "{stderr}"
    );
}

/// kubectl applies the documents before one that does not parse.
#[test]
fn a_template_hides_no_document_beside_it() {
    let tree = tree();
    let good = fs::read_to_string(tree.path().join("a.yaml")).unwrap();
    for other in ["kind: Pod\nname: {{ .a }}\n", "{{ if .a }}\nkind: SealedSecret\n{{ end }}\n"] {
        for text in [format!("{good}---\n{other}"), format!("{other}---\n{good}")] {
            fs::write(tree.path().join("sub/b.yaml"), &text).unwrap();
            let (code, files, stderr) = inspect(&tree, &["sub"]);
            assert_eq!((code, files), (Some(0), vec!["sub/b.yaml".to_owned()]), "{text}{stderr}");
            let is_named = other.contains("SealedSecret");
            assert_eq!(stderr.contains("sub/b.yaml"), is_named, "{text}{stderr}");
        }
    }
    // Others read it, so that it is no template.
    fs::write(tree.path().join("sub/b.yaml"), "# {{ .a }}\nkind: SealedSecret\nkind: SealedSecret\n")
        .unwrap();
    let (code, _, stderr) = inspect(&tree, &["sub", "a.yaml"]);
    assert!(code == Some(1) && stderr.contains("\n  cannot read sub/b.yaml, document 1"), "{stderr}");
}
