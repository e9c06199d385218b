//! `diff --textconv` as Git calls it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fs;
use std::path::Path;
use std::process::Command;

fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments);
    let output = command.current_dir(directory).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{arguments:?}: {printed}");
    printed
}

#[test]
fn git_diff_shows_lengths_instead_of_ciphertext_and_hides_nothing_else() {
    let tree = tempfile::tempdir().unwrap();
    let path = tree.path();
    let sealed = |items: &str| {
        format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {{name: db, namespace: shop}}\nspec:\n  encryptedData:\n{items}"
        )
    };
    let value =
        |fill: u8| BASE64_STANDARD.encode([&256_u16.to_be_bytes()[..], &[fill; 256 + 16 + 5]].concat());
    let item = |name: &str, fill| format!("    {name}: {}\n", value(fill));
    git(path, &["init", "-q"]);
    fs::write(path.join(".gitattributes"), "* diff=sealedsecret\n").unwrap();
    fs::write(path.join("a.yaml"), sealed(&(item("password", 1) + &item("user", 1)))).unwrap();
    fs::write(path.join("broken.yaml"), "a: 1\n").unwrap();
    fs::write(path.join("deployment.yaml"), "kind: Deployment\nimage: good\n").unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "one"]);
    fs::write(path.join("a.yaml"), sealed(&(item("password", 2) + &item("token", 1)))).unwrap();
    fs::write(path.join("broken.yaml"), "kind: SealedSecret\n: [\n").unwrap();
    fs::write(path.join("deployment.yaml"), "kind: Deployment\nimage: bad\n").unwrap();
    fs::write(path.join("new.bin"), [0, 1, 2]).unwrap();
    git(path, &["add", "new.bin"]);
    let textconv =
        format!("diff.sealedsecret.textconv={} diff --textconv", env!("CARGO_BIN_EXE_kubeseal-rs"));
    let printed = git(path, &["-c", &textconv, "diff", "HEAD"]);
    for line in [
        "-    password: <sealed value of 5 bytes, SHA-256 ",
        "+    password: <sealed value of 5 bytes, SHA-256 ",
        "-    user: <sealed value of 5 bytes, SHA-256 ",
        "+    token: <sealed value of 5 bytes, SHA-256 ",
        "+: [\n",
        "-image: good\n+image: bad\n",
        "b/new.bin",
    ] {
        assert!(printed.contains(line), "{line}: {printed}");
    }
    assert!(!printed.contains(&value(2)) && !printed.contains(&value(1)), "{printed}");
    git(path, &["commit", "-q", "-a", "-m", "two"]);
    assert!(git(path, &["-c", &textconv, "show"]).contains("+    token: <sealed value of 5 bytes"));
}
