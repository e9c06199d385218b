//! `reseal` without a cluster, with private keys or with a certificate only.

use super::tree::{CERT, PRESENT, Tree, old, opens, with_key};
use crate::support::program::run;

#[test]
fn keys_reseal_in_place_and_keep_the_rest() {
    let old = old();
    let text = format!("# top\r\nkind: Other\r\n{}---\n{{\"a\":  1}}\n# end", old.replace('\n', "\r\n"));
    let tree = Tree::new(&[("a.yaml", &text), ("new.yaml", &old.replace(&"0a".repeat(32), PRESENT))]);
    let (code, stdout, stderr) = tree.run(&with_key());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(
        stdout,
        "a.yaml: document 2 (SealedSecret shop/db), line 4: resealed\n2 files with SealedSecrets: 1 resealed, 1 up to date\n"
    );
    let after = tree.text("a.yaml");
    let is_own =
        |line: &&str| ["password:", "user:", "certificate-fingerprint:"].iter().any(|key| line.contains(key));
    let rest =
        |text: &str| text.split('\n').filter(|line| !is_own(line)).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rest(&after), rest(&text));
    assert!(after.contains(PRESENT) && !after.contains(&"0a".repeat(32)));
    let item = |text: &str| text.lines().find(|line| line.contains("password:")).unwrap().to_owned();
    assert_ne!(item(&after), item(&text));
    assert!(opens(after.split("---").nth(1).unwrap()));

    let (code, stdout, _) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert_eq!(code, Some(0), "{stdout}");
    let before = tree.text("a.yaml");
    tree.run(&with_key());
    assert_eq!(tree.text("a.yaml"), before);
}

#[test]
fn without_a_hint_only_a_key_shows_it() {
    let text = old()
        .lines()
        .filter(|line| !line.contains("certificate-fingerprint") && !line.contains("annotations"))
        .flat_map(|line| [line, "\n"])
        .collect::<String>();
    let tree = Tree::new(&[("a.yaml", &text)]);
    let (code, stdout, _) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert!(code == Some(1) && stdout.contains("sealed to an unknown certificate"), "{stdout}");
    let (code, _, _) = tree.run(&[&with_key()[..], &["--check"]].concat());
    assert_eq!(code, Some(0));
    let (code, stdout, _) = tree.run(&with_key());
    assert!(code == Some(0) && stdout.contains("0 resealed, 1 up to date"), "{stdout}");
    // Only the fingerprint is added, so that the next run needs no key.
    let annotated = tree.text("a.yaml");
    assert_eq!(annotated.lines().count(), text.lines().count() + 2);
    assert!(text.lines().all(|line| annotated.contains(line)));
    assert_eq!(tree.run(&[&CERT[..], &["--check"]].concat()).0, Some(0));
}

#[test]
fn a_wrong_hint_is_found_where_there_is_a_key() {
    let sealed = old().replace(&"0a".repeat(32), PRESENT);
    let other = run(&["--raw", "--cert", "test-only.crt", "-n", "shop", "--name", "other"], b"x").stdout;
    let item = sealed.lines().find(|line| line.contains(" user:")).unwrap();
    let wrong = sealed.replace(item, &format!("    user: {}", String::from_utf8(other).unwrap()));
    let moved = sealed.replace("  namespace: shop\n", "");
    let tree = Tree::new(&[("a.yaml", &sealed), ("b.yaml", &wrong), ("c.yaml", &moved)]);
    assert_eq!(tree.run(&[&CERT[..], &["--check"]].concat()).0, Some(0));
    // An object without a namespace may have any fingerprint.
    let (code, stdout, _) = tree.run(&[&with_key()[..], &["--check"]].concat());
    assert_eq!(code, Some(1));
    assert!(
        stdout.starts_with(
            "b.yaml: document 1 (SealedSecret shop/db), line 2: names the present certificate, whose key does not open it\n1 of 3"
        ),
        "{stdout}"
    );
    let (_, stdout, _) = tree.run(&[&with_key()[..], &["--check", "-n", "other"]].concat());
    assert!(stdout.contains("2 of 3"), "{stdout}");
}

#[test]
fn without_a_namespace_it_fails() {
    let tree = Tree::new(&[("a.yaml", &old().replace("  namespace: shop\n", ""))]);
    let (code, _, stderr) = tree.run(&with_key());
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains(
            "a.yaml: document 1 (SealedSecret db), line 2: it names no namespace, and does not open without\nhint: it names"
        ),
        "{stderr}"
    );
    assert!(stderr.contains("-n NAMESPACE"), "{stderr}");
    assert_eq!(tree.run(&[&with_key()[..], &["-n", "shop"]].concat()).0, Some(0));
}

#[test]
fn a_namespace_is_given_to_those_without_one() {
    let old = old().replace("  namespace: shop\n", "");
    let tree = Tree::new(&[("a.yaml", &old)]);
    assert_eq!(tree.run(&with_key()).0, Some(1));
    let (code, _, stderr) = tree.run(&[&with_key()[..], &["-n", "shop"]].concat());
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!tree.text("a.yaml").contains("namespace:"));
}
