//! `--staged`: what is staged, in every kind of repository, and as a hook.

use super::folder::{SECRET, directory, found, git, guard};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn what_is_staged_counts_and_not_what_is_in_the_work_tree() {
    let tree = directory(&[("a \u{e9}.yaml", SECRET), ("sub/b.yaml", SECRET), ("untracked.yaml", SECRET)]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    assert_eq!(found(&guard(path, &["--staged"])), [] as [&str; 0]);
    git(path, &["add", "a \u{e9}.yaml", "sub"]);
    // The file is sealed after it was staged.
    fs::write(path.join("sub/b.yaml"), "a: 1\n").unwrap();
    assert_eq!(found(&guard(path, &["--staged"])), ["a \u{e9}.yaml:5", "sub/b.yaml:5"]);
    assert_eq!(found(&guard(path, &["--staged", "sub"])), ["sub/b.yaml:5"]);
    // With this setting Git shows only files below the current directory.
    git(path, &["config", "diff.relative", "true"]);
    assert_eq!(found(&guard(&path.join("sub"), &["--staged"])), ["a \u{e9}.yaml:5", "sub/b.yaml:5"]);
    git(path, &["commit", "-q", "-m", "plaintext"]);
    assert_eq!(found(&guard(path, &["--staged"])), [] as [&str; 0]);
    git(path, &["rm", "-q", "--cached", "a \u{e9}.yaml"]);
    git(path, &["mv", "-f", "sub/b.yaml", "sub/c.yaml"]);
    assert_eq!(found(&guard(path, &["--staged"])), ["sub/c.yaml:5"]);
}

/// As after a commit that the hook refused.
#[test]
fn a_file_that_was_sealed_after_it_was_staged_is_to_be_added_again() {
    let tree = directory(&[("a.yaml", SECRET), ("b.yaml", SECRET), ("c.yaml", SECRET), ("d.yaml", SECRET)]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    fs::write(path.join("a.yaml"), "a: 1\n").unwrap();
    fs::write(path.join("c.yaml"), format!("# not here\n{SECRET}")).unwrap();
    fs::remove_file(path.join("d.yaml")).unwrap();
    let printed = String::from_utf8(guard(path, &["--staged"]).stdout).unwrap();
    let again: Vec<&str> = printed.lines().filter(|line| line.contains("`git add` it again")).collect();
    assert!(
        printed.lines().count() == 4 && again.len() == 1 && again[0].starts_with("a.yaml:5: "),
        "{printed}"
    );
}

#[test]
fn a_name_that_nothing_has_is_a_failure_where_it_is_staged_too() {
    let tree = directory(&[("a.yaml", "a: 1\n"), ("b.yaml", "a: 1\n"), ("p.txt", SECRET), ("q.txt", SECRET)]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    let output = guard(path, &["--staged", "a.yaml", "tpyo.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("there is no tpyo.yaml, and nothing of that name is staged"), "{stderr}");
    assert_eq!(found(&guard(path, &["--staged", "*.yaml"])), [] as [&str; 0]);
    assert_eq!(found(&guard(path, &["--staged", "./p.txt"])), ["p.txt:5"]);
    git(path, &["commit", "-q", "-m", "all"]);
    git(path, &["rm", "-q", "b.yaml"]);
    assert_eq!(found(&guard(path, &["--staged", "b.yaml"])), [] as [&str; 0]);
}

#[test]
fn an_object_that_cannot_be_read_leaves_the_other_findings() {
    let tree = directory(&[("a.yaml", "a: 1\n"), ("b.yaml", SECRET)]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    // The object id of `a: 1` and a line end.
    let id = Command::new("git").args(["hash-object", "a.yaml"]).current_dir(path).output().unwrap();
    let id = String::from_utf8(id.stdout).unwrap();
    fs::remove_file(path.join(".git/objects").join(&id[..2]).join(id[2..].trim())).unwrap();
    let output = guard(path, &["--staged"]);
    assert_eq!(found(&output), ["b.yaml:5"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("cannot scan a.yaml: cannot read the object"), "{stderr}");
    git(path, &["rm", "-q", "--cached", "b.yaml"]);
    assert_eq!(guard(path, &["--staged"]).status.code(), Some(1));
}

/// What `git commit` shows its hook: everything that `arguments` commit, in an index of its own.
#[test]
#[cfg(unix)]
fn a_hook_sees_what_its_commit_takes() {
    use std::os::unix::fs::PermissionsExt as _;
    let tree = directory(&[("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n")]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "clean"]);
    git(path, &["worktree", "add", "-q", "other"]);
    let hook = path.join(".git/hooks/pre-commit");
    let program = env!("CARGO_BIN_EXE_kubeseal-rs");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\nexec {program} guard --staged\n")).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let commit = |directory: &Path, arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x"])
            .args(arguments)
            .current_dir(directory)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        let printed = [&output.stdout[..], &output.stderr[..]].concat();
        (output.status.success(), String::from_utf8(printed).unwrap())
    };
    for directory in [path.to_owned(), path.join("other")] {
        fs::write(directory.join("b.yaml"), SECRET).unwrap();
        fs::write(directory.join("a.yaml"), "a: 2\n").unwrap();
        let (done, printed) = commit(&directory, &["-a"]);
        assert!(!done && printed.contains("b.yaml:5"), "{printed}");
        let (done, printed) = commit(&directory, &["b.yaml"]);
        assert!(!done && printed.contains("b.yaml:5"), "{printed}");
        let (done, printed) = commit(&directory, &["a.yaml"]);
        assert!(done, "{printed}");
    }
}

#[test]
fn every_kind_of_index_and_repository_is_read() {
    let clone = |path: &Path, arguments: &[&str]| {
        let other = tempfile::tempdir().unwrap();
        let all = [&["clone", "-q"], arguments, &[path.to_str().unwrap(), other.path().to_str().unwrap()]];
        git(path, &all.concat());
        other
    };
    for format in ["sha1", "sha256"] {
        let tree =
            directory(&[("a.yaml", "a: 1\n"), ("sub/deep/b.yaml", "b: 1\n"), ("other/c.yaml", "c: 1\n")]);
        let path = tree.path();
        git(path, &["init", "-q", "--object-format", format]);
        git(path, &["add", "."]);
        git(path, &["commit", "-q", "-m", "one"]);
        git(path, &["gc", "-q"]);
        for (what, commands) in [
            ("packed", &[][..]),
            ("version 4", &[&["update-index", "--index-version", "4"][..]][..]),
            ("split", &[&["update-index", "--split-index"]]),
            ("sparse", &[&["sparse-checkout", "set", "--cone", "--sparse-index", "sub"]]),
            ("detached", &[&["checkout", "-q", "--detach"]]),
        ] {
            let copy = clone(path, if what == "detached" { &["--shared"] } else { &[] });
            let path = copy.path();
            for command in commands {
                git(path, command);
            }
            assert_eq!(found(&guard(path, &["--staged"])), [] as [&str; 0], "{format}, {what}");
            fs::write(path.join("sub/deep/b.yaml"), SECRET).unwrap();
            fs::write(path.join("new.yaml"), SECRET).unwrap();
            git(path, &["add", "--intent-to-add", "new.yaml"]);
            git(path, &["add", "sub"]);
            let staged = guard(path, &["--staged"]);
            assert_eq!(found(&staged), ["sub/deep/b.yaml:5"], "{format}, {what}");
            fs::write(path.join(".gitignore"), "*\n").unwrap();
            assert_eq!(found(&guard(path, &[])), ["new.yaml:5", "sub/deep/b.yaml:5"], "{format}, {what}");
        }
    }
}

#[test]
fn what_is_not_merged_is_not_passed() {
    let tree = directory(&[("a.yaml", "a: 1\n")]);
    let path = tree.path();
    git(path, &["init", "-q", "-b", "main"]);
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "one"]);
    git(path, &["checkout", "-q", "-b", "side"]);
    fs::write(path.join("a.yaml"), "a: 2\n").unwrap();
    git(path, &["commit", "-q", "-am", "two"]);
    git(path, &["checkout", "-q", "main"]);
    fs::write(path.join("a.yaml"), "a: 3\n").unwrap();
    git(path, &["commit", "-q", "-am", "three"]);
    let merge = ["-c", "user.name=a", "-c", "user.email=a@example.com", "merge", "side"];
    let merged = Command::new("git").args(merge).current_dir(path).output().unwrap();
    assert!(!merged.status.success());
    let output = guard(path, &["--staged"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && stderr.contains("a.yaml is not merged"), "{stderr}");
}

#[test]
fn staged_needs_a_work_tree() {
    let output = guard(directory(&[]).path(), &["--staged"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("not a git repository") && stderr.contains("hint:"), "{stderr}");
}
