//! Which files of a folder are read, and which cannot be.

use super::folder::{SECRET, directory, found, git, guard};
use crate::support::program::{finish, program};
use std::fs;

#[test]
fn ignored_files_are_not_walked_into_and_hidden_ones_are() {
    let tree = directory(&[
        (".gitignore", "ignored.yaml\n"),
        ("ignored.yaml", SECRET),
        (".github/a.yaml", SECRET),
        (".git/a.yaml", SECRET),
        ("notes.md", SECRET),
    ]);
    assert_eq!(found(&guard(tree.path(), &[])), [".github/a.yaml:5"]);
    assert_eq!(found(&guard(tree.path(), &["ignored.yaml"])), ["ignored.yaml:5"]);
}

#[test]
fn what_git_tracks_counts_whatever_is_ignored() {
    let tree = directory(&[
        (".gitignore", "a.yaml\nout/\nuntracked.yaml\nlet.yaml\n"),
        (".ignore", "let.yaml\n!keep.yaml\n"),
        ("sub/.gitignore", "keep.yaml\n"),
        ("sub/keep.yaml", SECRET),
        ("a.yaml", SECRET),
        ("sub/out/deep/b.yaml", SECRET),
        ("sub/out/untracked.yaml", SECRET),
        ("sub/z.yaml", SECRET),
        ("untracked.yaml", SECRET),
        ("let.yaml", SECRET),
    ]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "-f", "a.yaml", "sub/out/deep/b.yaml", "sub/z.yaml", "let.yaml"]);
    let below = ["sub/keep.yaml:5", "sub/out/deep/b.yaml:5", "sub/z.yaml:5"];
    assert_eq!(found(&guard(path, &[])), [&["a.yaml:5"][..], &below].concat());
    assert_eq!(found(&guard(path, &["sub"])), below);
    // In a hook, Git sets GIT_INDEX_FILE, relative to another directory.
    let mut command = program(&["guard", "sub/out"]);
    command.current_dir(path).env("GIT_DIR", ".git").env("GIT_INDEX_FILE", ".git/index");
    assert_eq!(found(&finish(command, b"")), ["sub/out/deep/b.yaml:5"]);
    // A repository that cannot be read is an error.
    fs::write(path.join(".git/config"), "[core]\nrepositoryformatversion = 99\n").unwrap();
    let output = guard(path, &["."]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("warning: cannot tell which of the ignored files git tracks in "), "{stderr}");
    assert!(stderr.contains("core.repositoryformatversion = 99"), "{stderr}");
}

#[test]
fn a_file_given_by_name_is_read_whatever_its_extension() {
    let tree =
        directory(&[("p.txt", SECRET), ("values", SECRET), ("a.yaml~", SECRET), ("a.yaml.orig", SECRET)]);
    assert_eq!(found(&guard(tree.path(), &["p.txt", "values"])), ["p.txt:5", "values:5"]);
    assert_eq!(found(&guard(tree.path(), &["."])), ["a.yaml.orig:5", "a.yaml~:5"]);
}

#[test]
fn what_is_not_there_is_a_failure() {
    let output = guard(directory(&[]).path(), &["nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read nowhere"));
}

#[test]
fn what_is_too_large_is_a_failure_that_names_it() {
    let tree = directory(&[("a.yaml", "a: 1\n")]);
    let path = tree.path();
    for name in ["large.yaml", "large.bin"] {
        let file = fs::File::create(path.join(name)).unwrap();
        file.set_len((64 << 20) + 1).unwrap();
    }
    // Without zero bytes at its beginning the file is text.
    fs::write(path.join("large.txt"), vec![b'a'; (64 << 20) + 1]).unwrap();
    let output = guard(path, &[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("cannot scan large.txt: ") && !stderr.contains("large.bin"), "{stderr}");
    assert!(stderr.contains("large.yaml: not text; it was not scanned"), "{stderr}");
    assert!(stderr.contains("cannot scan 2 files"), "{stderr}");
    fs::write(path.join(".ignore"), "large.*\n").unwrap();
    assert_eq!(found(&guard(path, &[])), [] as [&str; 0]);
}

#[test]
#[cfg(unix)]
fn no_name_breaks_a_line() {
    let tree = directory(&[("a\n\u{1b}[31m.yaml", SECRET)]);
    let stdout = String::from_utf8(guard(tree.path(), &[]).stdout).unwrap();
    assert!(stdout.starts_with("\"a\\n\\033[31m.yaml\":5: document 1: Secret shop/db"), "{stdout}");
}

#[test]
fn a_submodule_has_an_index_of_its_own() {
    let inner = directory(&[(".gitignore", "s.yaml\n"), ("s.yaml", SECRET)]);
    git(inner.path(), &["init", "-q"]);
    git(inner.path(), &["add", "-f", "."]);
    git(inner.path(), &["commit", "-q", "-m", "one"]);
    let outer = directory(&[(".gitignore", "*.yaml\n")]);
    let path = outer.path();
    git(path, &["init", "-q"]);
    let source = inner.path().to_str().unwrap();
    git(path, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source, "sub"]);
    assert_eq!(found(&guard(path, &[])), ["sub/s.yaml:5"]);
    assert_eq!(found(&guard(&path.join("sub"), &["--staged"])), [] as [&str; 0]);
    assert_eq!(found(&guard(path, &["--staged"])), [] as [&str; 0]);
}
