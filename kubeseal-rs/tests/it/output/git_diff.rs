//! `diff --git` as Git calls it.

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
fn git_diff_names_items_and_shows_no_ciphertext() {
    let tree = tempfile::tempdir().unwrap();
    let path = tree.path();
    let sealed = |items: &str| {
        format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {{name: db, namespace: shop}}\nspec: {{encryptedData: {{{items}}}}}\n"
        )
    };
    git(path, &["init", "-q"]);
    fs::write(path.join(".gitattributes"), "*.yaml diff=sealedsecret\n").unwrap();
    fs::write(path.join("a.yaml"), sealed("password: AgA=, user: AgA=")).unwrap();
    fs::write(path.join("broken.yaml"), "a: 1\n").unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "one"]);
    fs::write(path.join("a.yaml"), sealed("password: AgA=, token: AgA=")).unwrap();
    fs::write(path.join("broken.yaml"), "kind: SealedSecret\n: [\n").unwrap();
    fs::write(path.join("new.yaml"), sealed("password: AgA=")).unwrap();
    git(path, &["add", "new.yaml"]);
    let command = format!("diff.sealedsecret.command={} diff --git", env!("CARGO_BIN_EXE_kubeseal-rs"));
    let printed = git(path, &["-c", &command, "diff", "HEAD"]);
    assert_eq!(
        printed,
        "a.yaml\nSealedSecret shop/db\n  + token  no sealed value\n  - user\nbroken.yaml\ncannot read broken.yaml: document 1, line 2 is not well-formed YAML or JSON\n\
         new.yaml\n+ SealedSecret shop/db: password\n"
    );
    git(path, &["commit", "-q", "-a", "-m", "two"]);
    assert!(git(path, &["-c", &command, "show", "--ext-diff"]).contains("  + token"));
}
