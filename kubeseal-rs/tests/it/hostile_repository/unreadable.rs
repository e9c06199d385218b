//! A repository that cannot be read is an error, not an empty one.

use super::repository::{Hostile, locations};
use crate::support::program::fixture;
use std::fs;
use std::process::Command;

#[test]
fn what_cannot_be_read_of_the_repository_is_a_failure() {
    type Damage<'d> = &'d dyn Fn(&Hostile);
    let broken: [(&str, Damage<'_>); 5] = [
        ("another format", &|hostile| hostile.write(".git/config", "[extensions]\nobjectFormat = sha3\n")),
        ("no index", &|hostile| hostile.write(".git/index", "DIRC")),
        ("a pipe", &|hostile| {
            fs::remove_file(hostile.tree().join(".git/index")).unwrap();
            Command::new("mkfifo").arg(hostile.tree().join(".git/index")).status().unwrap();
        }),
        ("elsewhere", &|hostile| {
            fs::rename(hostile.tree().join(".git"), hostile.path("moved")).unwrap();
            hostile.write(".git", "gitdir: ../nowhere\n");
        }),
        ("nothing", &|hostile| {
            fs::rename(hostile.tree().join(".git"), hostile.path("moved")).unwrap();
            hostile.write(".git", "something else\n");
        }),
    ];
    for (what, damage) in broken {
        let hostile = Hostile::new();
        damage(&hostile);
        for (arguments, words) in
            [(["guard", "."], "cannot tell which of the ignored"), (["guard", "--staged"], "error: ")]
        {
            let (code, printed) = hostile.run(&arguments);
            assert!(
                code == Some(1) && printed.contains(words) && locations(&printed).is_empty(),
                "{what}: {arguments:?}: {printed}"
            );
        }
    }
}

#[test]
fn a_work_tree_without_its_repository_is_a_plain_folder_where_nothing_is_guarded() {
    let hostile = Hostile::new();
    fs::rename(hostile.tree().join(".git"), hostile.path("moved")).unwrap();
    hostile.write(".git", "gitdir: ../nowhere\n");
    hostile.write(".gitignore", "secret.yaml\n");
    let (certificate, key) = (fixture("test-only.crt"), fixture("test-only.key"));
    let certificate = ["--cert", certificate.to_str().unwrap()];
    let keys = ["--recovery-private-key", key.to_str().unwrap()];
    let (code, printed) = hostile.run(&[&["inspect", "."], &certificate[..]].concat());
    assert!(code == Some(0) && printed.contains("app/sealed.yaml"), "{code:?}: {printed}");
    assert_eq!(printed.matches("is taken as a plain folder").count(), 1, "{printed}");
    let (code, printed) = hostile.run(&[&["reseal", "--check"], &certificate[..], &keys, &["."]].concat());
    assert!(code == Some(0) && printed.contains("is taken as a plain folder"), "{code:?}: {printed}");
    let (code, printed) = hostile.run(&["guard", "."]);
    assert!(code == Some(1) && printed.contains("cannot tell which of the ignored"), "{code:?}: {printed}");
}

#[test]
fn the_format_of_references_matters_only_to_staged_files() {
    let hostile = Hostile::new();
    hostile.write(
        ".git/config",
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n",
    );
    let certificate = fixture("test-only.crt");
    let (code, printed) = hostile.run(&["guard", "."]);
    assert_eq!(
        (code, locations(&printed)),
        (Some(1), vec!["app/secret.yaml:5".to_owned(), "deploy/secret.yaml:5".into()]),
        "{printed}"
    );
    let (code, printed) = hostile.run(&["inspect", ".", "--cert", certificate.to_str().unwrap()]);
    assert!(code == Some(0) && printed.contains("app/sealed.yaml"), "{printed}");
    let (code, printed) = hostile.run(&["guard", "--staged"]);
    assert!(code == Some(1) && printed.contains("extensions.refstorage = reftable"), "{printed}");
}
