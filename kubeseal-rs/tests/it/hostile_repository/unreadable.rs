//! A repository that cannot be read is an error, not an empty one.

use super::repository::{Hostile, places};
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
            let (code, told) = hostile.run(&arguments);
            assert!(
                code == Some(1) && told.contains(words) && places(&told).is_empty(),
                "{what}: {arguments:?}: {told}"
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
    let (code, told) = hostile.run(&[&["inspect", "."], &certificate[..]].concat());
    assert!(code == Some(0) && told.contains("app/sealed.yaml"), "{code:?}: {told}");
    assert_eq!(told.matches("is taken as a plain folder").count(), 1, "{told}");
    let (code, told) = hostile.run(&[&["reseal", "--check"], &certificate[..], &keys, &["."]].concat());
    assert!(code == Some(0) && told.contains("is taken as a plain folder"), "{code:?}: {told}");
    let (code, told) = hostile.run(&["guard", "."]);
    assert!(code == Some(1) && told.contains("cannot tell which of the ignored"), "{code:?}: {told}");
}

#[test]
fn references_that_are_kept_otherwise_matter_only_to_what_is_staged() {
    let hostile = Hostile::new();
    hostile.write(
        ".git/config",
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n",
    );
    let certificate = fixture("test-only.crt");
    let (code, told) = hostile.run(&["guard", "."]);
    assert_eq!(
        (code, places(&told)),
        (Some(1), vec!["app/secret.yaml:5".to_owned(), "deploy/secret.yaml:5".into()]),
        "{told}"
    );
    let (code, told) = hostile.run(&["inspect", ".", "--cert", certificate.to_str().unwrap()]);
    assert!(code == Some(0) && told.contains("app/sealed.yaml"), "{told}");
    let (code, told) = hostile.run(&["guard", "--staged"]);
    assert!(code == Some(1) && told.contains("extensions.refstorage = reftable"), "{told}");
}
