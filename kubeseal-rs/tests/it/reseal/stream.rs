//! `reseal -`: from standard input to standard output.

use super::tree::{CERT, PRESENT, old, opens, with_key};
use crate::support::program::run;

#[test]
fn a_stream_is_resealed_and_keeps_the_rest() {
    let text = format!("# top\nkind: Other\n---\n{}", old());
    let output = run(&[&["reseal", "-"], &with_key()[..]].concat(), text.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = String::from_utf8(output.stdout).unwrap();
    assert!(after.starts_with("# top\nkind: Other\n---\n") && after.contains("  # Ours.\n"), "{after}");
    assert!(after.contains(PRESENT) && opens(after.split_once("---\n").unwrap().1), "{after}");
    // What is up to date passes unchanged.
    let again = run(&[&["reseal", "-"], &with_key()[..]].concat(), after.as_bytes());
    assert_eq!(String::from_utf8(again.stdout).unwrap(), after);
}

#[test]
fn a_stream_is_resealed_as_a_whole_or_not_at_all() {
    let broken = old().replace("name: db", "name: other");
    let text = format!("{}---\n{broken}", old());
    let output = run(&[&["reseal", "-"], &with_key()[..]].concat(), text.as_bytes());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("standard input: document 2 (SealedSecret shop/other)"), "{stderr}");
}

#[test]
fn a_check_of_a_stream_lists_what_is_old() {
    let output = run(&[&["reseal", "--check", "-"], &CERT[..]].concat(), old().as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.starts_with("standard input: document 1 (SealedSecret shop/db)"), "{stdout}");
    let present = old().replace(&"0a".repeat(32), PRESENT);
    assert!(run(&[&["reseal", "--check", "-"], &CERT[..]].concat(), present.as_bytes()).status.success());
}

#[test]
fn what_is_no_stream_of_sealed_secrets_is_an_error() {
    for (arguments, input, code, words) in [
        (&["-"][..], "kind: ConfigMap\n", 1, "SealedSecret"),
        (&["-"], "", 1, "SealedSecret"),
        (&["-"], "a: [\n", 1, "not well-formed"),
        (&["-", "a.yaml"], "", 2, "- and other paths exclude each other"),
        (&["--recipients", "-"], "", 2, "- and --recipients exclude each other"),
    ] {
        let output = run(&[&["reseal"], arguments, &with_key()].concat(), input.as_bytes());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{arguments:?}: {stderr}");
        assert!(stderr.contains(words), "{stderr}");
    }
}
