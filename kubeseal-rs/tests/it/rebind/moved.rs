//! `move`: another name or namespace, with a private key or an age identity; without one only where nothing is bound to them.

use crate::for_clusters::repository::Repository;
use crate::support::program::{fixture, program, run};
use crate::support::terminal::Terminal;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const KEY: [&str; 4] = ["--recovery-private-key", "test-only.key", "--cert", "test-only.crt"];

pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

/// A SealedSecret with comments, as YAML.
pub(super) fn sealed(metadata: &str, scope: &str) -> String {
    let secret = format!("metadata: {{{metadata}}}\nstringData: {{password: hunter2-planted}}\n");
    let output = run(&["--cert", "test-only.crt", "-o", "yaml", "--scope", scope], secret.as_bytes());
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap().replace("spec:\n", "# Ours.\nspec:\n")
}

pub(super) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The Secret that a private key opens.
pub(super) fn opened(path: &Path) -> Value {
    let key = fixture("test-only.key");
    let arguments =
        ["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap(), "-f", path.to_str().unwrap()];
    let output = run(&arguments, b"");
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(super) fn succeeds(arguments: &[&str]) -> (String, String) {
    let output = run(arguments, b"");
    let error = stderr(&output);
    assert!(output.status.success(), "{arguments:?}: {error}");
    (String::from_utf8(output.stdout).unwrap(), error)
}

/// What a user at a terminal sees; a pipe gets nothing.
pub(super) fn shown(arguments: &[&str]) -> String {
    let (code, output, shown) = Terminal::start(program(arguments)).end();
    assert_eq!((code, output.as_str()), (Some(0), ""), "{arguments:?}: {shown}");
    shown.replace("\r\n", "\n")
}

pub(super) fn fails(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments, b"");
    let error = stderr(&output);
    assert!(!output.status.success() && !error.contains("hunter2"), "{arguments:?}: {error}");
    (output.status.code(), error)
}

fn lines_but<'a>(text: &'a str, changed: &[&str]) -> Vec<&'a str> {
    text.lines().filter(|line| !changed.iter().any(|word| line.contains(word))).collect()
}

#[test]
fn values_open_under_the_new_name_and_the_rest_stays() {
    let folder = Folder::new();
    let (first, other) =
        (sealed("name: db, namespace: shop", "strict"), sealed("name: web, namespace: shop", "strict"));
    let before = format!("# top\n{first}---\nkind: Other\n{other}# end\n");
    let file = folder.write("a.yaml", &before);
    let shown = shown(
        &[&["move", &file, "--name", "db", "--to-namespace", "prod", "--to-name", "db-2"], &KEY[..]].concat(),
    );
    assert!(shown.contains(&format!("wrote {file}: shop/db is sealed for prod/db-2 now\n")), "{shown}");
    assert!(shown.contains("`kubectl delete sealedsecret db -n shop`"), "{shown}");
    let after = folder.read("a.yaml");
    let changed = ["password:", "name: db", "namespace: shop", "namespace: prod"];
    assert_eq!(lines_but(&after, &changed), lines_but(&before, &changed));
    assert!(after.ends_with(&format!("kind: Other\n{other}# end\n")), "{after}");
    // The template too.
    assert_eq!(after.matches("name: db-2\n").count(), 2);
    assert_eq!(after.matches("namespace: prod\n").count(), 2);
    let alone = folder.write("alone.yaml", after.split("---\n").nth(1).unwrap());
    let secret = opened(Path::new(&alone));
    assert_eq!(secret["metadata"]["namespace"], "prod");
    assert_eq!(secret["data"], json!({ "password": "aHVudGVyMi1wbGFudGVk" }));
}

#[test]
fn what_is_called_so_already_stays() {
    let folder = Folder::new();
    let file = folder.write("a.yaml", &sealed("name: db, namespace: shop", "strict"));
    let line = format!("{file}: shop/db is called that already; nothing was changed\n");
    assert_eq!(shown(&["move", &file, "--to-namespace", "shop"]), line);
    assert_eq!(succeeds(&["move", &file, "--to-namespace", "shop"]), (String::new(), String::new()));
}

#[test]
fn another_file_gets_it_alone() {
    let folder = Folder::new();
    let before = format!("kind: Other\n{}", sealed("name: db, namespace: shop", "namespace-wide"));
    let file = folder.write("a.yaml", &before);
    let new = folder.path("b.yaml");
    let to = ["move", &file, "--to-namespace", "prod", "-w", new.to_str().unwrap()];
    succeeds(&[&to, &KEY[..]].concat());
    assert_eq!(folder.read("a.yaml"), before);
    assert!(!folder.read("b.yaml").contains("Other"));
    assert_eq!(opened(&new)["metadata"]["namespace"], "prod");
    let (_, error) = fails(&[&to, &KEY[..]].concat());
    assert!(error.contains("exists already") && error.contains("--force"), "{error}");
}

/// The other documents would be lost.
#[test]
fn the_source_is_not_replaced_by_one_document() {
    let folder = Folder::new();
    let before = format!("kind: Other\n{}", sealed("name: db, namespace: shop", "strict"));
    let file = folder.write("a.yaml", &before);
    let (link, linked) = (folder.path("link.yaml"), folder.path("linked.yaml"));
    std::os::unix::fs::symlink(&file, &link).unwrap();
    fs::hard_link(&file, &linked).unwrap();
    for output in [&file, link.to_str().unwrap(), linked.to_str().unwrap()] {
        let to = ["move", &file, "--to-name", "db-2", "-w", output, "--force"];
        let (code, error) = fails(&[&to, &KEY[..]].concat());
        assert!(code == Some(2) && error.contains("hint: leave out -w to change it in place"), "{error}");
        assert_eq!(folder.read("a.yaml"), before);
    }
}

#[test]
fn what_is_not_bound_to_it_needs_no_key() {
    let folder = Folder::new();
    for (scope, to, expected) in [
        ("cluster-wide", ["--to-namespace", "prod"], "shop/db is sealed for prod/db now"),
        ("namespace-wide", ["--to-name", "db-2"], "shop/db is sealed for shop/db-2 now"),
    ] {
        let before = sealed("name: db, namespace: shop", scope);
        let file = folder.write("a.yaml", &before);
        let line = format!(
            "wrote {file}: {expected}; its values are not bound to that, so that they stay as they were\n"
        );
        let shown = shown(&["move", &file, to[0], to[1]]);
        assert!(shown.starts_with(&line), "{shown}");
        let item = |text: &str| text.lines().find(|line| line.contains("password:")).unwrap().to_owned();
        assert_eq!(item(&folder.read("a.yaml")), item(&before));
        assert_eq!(opened(Path::new(&file))["data"]["password"], "aHVudGVyMi1wbGFudGVk");
    }
}

#[test]
fn what_is_missing_is_said_and_nothing_changes() {
    let folder = Folder::new();
    let (db, web) =
        (sealed("name: db, namespace: shop", "strict"), sealed("name: web, namespace: prod", "strict"));
    let nameless = db.replace("  namespace: shop\n", "");
    for (text, arguments, code, expected) in [
        (
            &db,
            &["--to-namespace", "prod"][..],
            2,
            "the values of shop/db have to be opened, and no key is given",
        ),
        (&db, &[], 2, "move needs --to-namespace NAMESPACE or --to-name NAME"),
        (&db, &["--to-name", "Db"], 2, "a name has lower-case letters"),
        (&format!("{db}{web}"), &["--to-name", "x"], 2, "has several SealedSecrets: shop/db, prod/web"),
        (&format!("{db}{web}"), &["--to-name", "x", "--name", "y"], 1, "has no SealedSecret called \"y\""),
        (&nameless, &["--to-name", "x"], 1, "names no namespace"),
    ] {
        let file = folder.write("a.yaml", text);
        let (exit, error) = fails(&[&["move", &file], arguments].concat());
        assert!(exit == Some(code) && error.contains(expected), "{arguments:?}: {exit:?} {error}");
        assert_eq!(&folder.read("a.yaml"), text);
    }
    // A value that was sealed for another name, and a name that another SealedSecret has.
    let file = folder.write("a.yaml", &db.replace("name: db\n", "name: other\n"));
    let (_, error) = fails(&[&["move", &file, "--to-name", "x"], &KEY[..]].concat());
    assert!(
        error.contains(&format!(
            "cannot open the SealedSecret in {file}, document 1 (SealedSecret shop/other)"
        )),
        "{error}"
    );
    assert!(error.contains("hint: give every sealing key"), "{error}");
    // A backup has the certificate, which the file names.
    let whole = ["test-only.key", "test-only.crt"].map(|file| fs::read_to_string(fixture(file)).unwrap());
    let whole = folder.write("whole.pem", &whole.concat());
    let with = ["--to-name", "x", "--recovery-private-key", &whole, "--cert", "test-only.crt"];
    let (_, error) = fails(&[&["move", &file], &with[..]].concat());
    assert!(error.contains("hint: write the name and namespace that it was sealed for into"), "{error}");
    assert!(!error.contains("every sealing key"), "{error}");
    let item = db.lines().find(|line| line.contains("password:")).unwrap();
    let file = folder.write("a.yaml", &db.replace(item, &item[..item.len() / 2]));
    let (_, error) = fails(&[&["move", &file], &with[..]].concat());
    assert!(error.contains("hint: take what is cut off") && !error.contains("every sealing key"), "{error}");
    let file = folder.write("a.yaml", &format!("{db}{web}"));
    let (_, error) = fails(
        &[&["move", &file, "--name", "web", "--to-namespace", "shop", "--to-name", "db"], &KEY[..]].concat(),
    );
    assert!(error.contains("the file already has another SealedSecret shop/db"), "{error}");
    assert_eq!(folder.read("a.yaml"), format!("{db}{web}"));
}

/// Kustomize adds the namespace.
#[test]
fn a_namespace_that_the_file_lacks_is_not_written() {
    let folder = Folder::new();
    let text = sealed("name: db, namespace: shop", "strict").replace("  namespace: shop\n", "");
    let file = folder.write("a.yaml", &text);
    let (_, stderr) =
        succeeds(&[&["move", &file, "-n", "shop", "--to-namespace", "prod"], &KEY[..]].concat());
    assert!(
        stderr.contains("change the one that is added to it, as in kustomization.yaml, to prod"),
        "{stderr}"
    );
    assert!(!folder.read("a.yaml").contains("namespace:"));
    let output = run(
        &["--recovery-unseal", "--recovery-private-key", "test-only.key", "-n", "prod", "-f", &file],
        b"",
    );
    assert!(output.status.success(), "{}", self::stderr(&output));
}

#[test]
fn the_clusters_of_the_rule_open_it() {
    let repository = Repository::new();
    let file = "apps/shop/prod/db.yaml";
    repository.seal(file);
    let identity = repository.outside("identity");
    fs::write(&identity, secrecy(&repository)).unwrap();
    let with = ["--identity", identity.to_str().unwrap()];
    repository.succeeds(&[&["move", file, "--to-namespace", "blog"], &with[..]].concat(), "");
    let values = json!({ "user": "YWRtaW4=", "password": "aHVudGVyMi1wbGFudGVk" });
    for cluster in ["eu", "us"] {
        assert_eq!(repository.opened(file, cluster), Some(values.clone()), "{cluster}");
    }
    assert_eq!(repository.object(file)["metadata"]["namespace"], "blog");
    assert_eq!(repository.annotation(file).unwrap().groups().len(), 1);
    // Where the rule names fewer clusters, the others do not get it.
    let other = ["move", file, "--to-name", "db-2", "-w", "eu/db.yaml"];
    repository.succeeds(&[&other, &with[..]].concat(), "");
    assert_eq!(repository.opened("eu/db.yaml", "us"), None);
    assert_eq!(repository.opened("eu/db.yaml", "eu"), Some(values));
    assert!(repository.annotation("eu/db.yaml").is_none());
}

fn secrecy(repository: &Repository) -> String {
    use age::secrecy::ExposeSecret as _;
    repository.identity.to_string().expose_secret().to_owned()
}
