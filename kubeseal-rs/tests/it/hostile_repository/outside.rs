//! Nothing outside the repository is read, and no special file makes the program wait.

use super::repository::{Hostile, SECRET, git, in_time, locations, printed};
use crate::support::program::program;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn links_out_of_the_folder_and_loops_are_skipped() {
    let hostile = Hostile::new();
    let tree = hostile.tree();
    let outside = hostile.path("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret.yaml"), SECRET).unwrap();
    symlink(&outside, tree.join("app/folder")).unwrap();
    symlink(outside.join("secret.yaml"), tree.join("app/file.yaml")).unwrap();
    symlink("/dev/zero", tree.join("app/endless.yaml")).unwrap();
    symlink("..", tree.join("app/circle")).unwrap();
    fs::remove_file(tree.join(".gitignore")).unwrap();
    symlink("/dev/zero", tree.join(".gitignore")).unwrap();
    fs::create_dir(tree.join("deep")).unwrap();
    for name in ["app/pipe.yaml", "deep/.gitignore", "deep/.ignore", "deep/.git"] {
        let status = Command::new("mkfifo").arg(tree.join(name)).status().unwrap();
        assert!(status.success());
    }
    let (code, printed) = hostile.run(&["guard"]);
    assert_eq!(
        (code, locations(&printed)),
        (Some(1), vec!["app/secret.yaml:5".to_owned(), "deploy/secret.yaml:5".into()]),
        "{printed}"
    );
    let (code, printed) = hostile.run(&["inspect", "."]);
    assert!(printed.contains("app/sealed.yaml") && !printed.contains("file.yaml"), "{code:?} {printed}");
}

#[test]
fn kustomizations_lead_to_nothing_outside() {
    let hostile = Hostile::new();
    let outside = hostile.path("outside");
    fs::create_dir(&outside).unwrap();
    let generator = "kind: SecretGenerator\nmetadata: {name: x}\nfiles: [notes.txt]\n";
    fs::write(outside.join("gen.yaml"), generator).unwrap();
    hostile.write("app/notes.txt", "hunter2-planted\n");
    fs::remove_file(hostile.tree().join(".gitignore")).unwrap();
    symlink(&outside, hostile.tree().join("app/link")).unwrap();
    let elsewhere = outside.join("gen.yaml");
    for file in [elsewhere.to_str().unwrap(), "../../outside/gen.yaml", "link/gen.yaml", "/proc/kmsg"] {
        hostile.write("app/kustomization.yaml", &format!("generators: ['{file}']\n"));
        for arguments in [["guard", "app"], ["guard", "app/notes.txt"]] {
            let (_, printed) = hostile.run(&arguments);
            assert!(!printed.contains("notes.txt"), "{file}: {printed}");
        }
    }
    hostile.write("app/gen.yaml", generator);
    hostile.write("app/kustomization.yaml", "generators: [./gen.yaml]\n");
    let (_, printed) = hostile.run(&["guard", "app"]);
    assert!(printed.contains("app/notes.txt:1: a file in plaintext"), "{printed}");
}

/// Replaces a file by a named pipe.
fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn pipes_in_the_repository_are_a_failure_and_no_end() {
    let tree = || {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        fs::write(path.join("a.yaml"), "a: 1\n").unwrap();
        fs::write(path.join(".gitignore"), "*\n").unwrap();
        git(path, &["init", "-q"]);
        git(path, &["add", "-f", "."]);
        git(path, &["commit", "-q", "-m", "one"]);
        directory
    };
    let fails = |path: &Path, arguments: &[&str]| {
        let mut command = program(arguments);
        command.current_dir(path);
        let output = in_time(command);
        assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
        assert!(printed(&output).contains("is a pipe or a device"), "{}", printed(&output));
    };
    let entries = |directory: PathBuf| {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };

    let split = tree();
    git(split.path(), &["update-index", "--split-index"]);
    let is_shared = |path: &&PathBuf| path.to_str().unwrap().contains("sharedindex.");
    pipe(entries(split.path().join(".git")).iter().find(is_shared).unwrap());
    fails(split.path(), &["guard", "."]);
    fails(split.path(), &["inspect", "."]);

    let packed = tree();
    git(packed.path(), &["gc", "-q"]);
    for path in entries(packed.path().join(".git/objects/pack")) {
        pipe(&path);
    }
    fails(packed.path(), &["guard", "--staged"]);

    // A repository that has the objects through an alternate.
    let borrower = tree();
    let objects = packed.path().join(".git/objects");
    fs::write(borrower.path().join(".git/objects/info/alternates"), format!("{}\n", objects.display()))
        .unwrap();
    fails(borrower.path(), &["guard", "--staged"]);

    let many_objects = tree();
    let objects = many_objects.path().join(".git/objects");
    for directory in entries(objects).iter().filter(|path| path.file_name().unwrap().len() == 2) {
        for path in entries(directory.clone()) {
            pipe(&path);
        }
    }
    fails(many_objects.path(), &["guard", "--staged"]);
}
