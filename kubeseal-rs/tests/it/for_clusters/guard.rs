//! `guard`: recipients and scopes of SealedSecrets are compared with the rule for their file.

use super::repository::{RECIPIENTS, Repository, SECRET};
use crate::support::program::finish;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const DB: &str = "apps/shop/prod/db.yaml";

impl Repository {
    /// The findings, and what is on standard error, of a run that finds something.
    fn finds(&self, arguments: &[&str]) -> (String, String) {
        printed(&self.run(&[&["guard"], arguments].concat(), ""), Some(1))
    }

    /// A command on a machine where nothing was accepted.
    pub(super) fn unprepared(&self, directory: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.current_dir(self.path(directory)).env("XDG_CONFIG_HOME", self.outside("config"));
        command.env_remove("SEALED_SECRETS_TRUSTED");
        finish(command, b"")
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        let output = command.current_dir(self.path("")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Adds a recipient that the annotation of `DB` does not have.
    pub(super) fn add_stranger(&self) -> String {
        let stranger = age::x25519::Identity::generate().to_public().to_string();
        self.write(DB, &self.read(DB).replace(&self.identity.to_public().to_string(), &stranger));
        stranger
    }
}

fn printed(output: &Output, code: Option<i32>) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), code, "{stdout}{stderr}");
    (stdout, stderr)
}

/// The key is trusted, for files of other rules.
#[test]
fn a_cluster_that_the_rule_does_not_name() {
    let repository = Repository::new();
    repository.seal("eu/db.yaml");
    repository.succeeds(&["recipients", "add", "us", "eu/db.yaml", &repository.key_of("eu")], "");
    let (stdout, stderr) = repository.finds(&["."]);
    assert!(stdout.starts_with("eu/db.yaml:") && stdout.contains("SealedSecret shop/db is sealed for us ("));
    assert!(stdout.contains("), which the rule eu/** does not name for this file; find out who added this recipient, and remove it with"), "{stdout}");
    assert!(
        stderr.contains("found SealedSecrets with wrong recipients or a wrong scope: 1 place\n"),
        "{stderr}"
    );
    // What `reseal --check` says.
    let checked = repository.run(&["reseal", "--check", "eu"], "");
    assert!(String::from_utf8_lossy(&checked.stdout).contains(": sealed for us too\n"));

    // A file for each cluster: the rule names both, and each file has one.
    repository.seal("apps/shop/dev/db.yaml");
    repository.succeeds(&["guard", "apps"], "");
    fs::copy(repository.path("eu/db.yaml"), repository.path("apps/shop/dev/db.us.yaml")).unwrap();
    let (stdout, _) = repository.finds(&["apps"]);
    assert!(stdout.contains(" is sealed for eu (") && !stdout.contains("us ("), "{stdout}");

    // Where the annotation of no rule could justify it.
    fs::rename(repository.path("eu/db.yaml"), repository.path("db.yaml")).unwrap();
    let (stdout, _) = repository.finds(&["db.yaml"]);
    assert!(stdout.contains(" is sealed for eu (") && stdout.contains("; for us ("), "{stdout}");
    assert!(stdout.contains("), which no rule names for this file; add a rule for this file"), "{stdout}");
}

#[test]
fn a_comment_lets_no_recipient_pass() {
    let repository = Repository::new();
    repository.seal(DB);
    let stranger = repository.add_stranger();
    let before = format!("    {RECIPIENTS}:");
    let allowed = format!("    # kubeseal-rs: allow\n{before}");
    repository.write(DB, &repository.read(DB).replacen(&before, &allowed, 1));
    assert!(repository.read(DB).contains("kubeseal-rs: allow"));
    let (stdout, _) = repository.finds(&["apps"]);
    assert!(stdout.contains(&stranger[..12]), "{stdout}");
}

/// The content is that of the index, and so is the path, whatever is in the work tree.
#[test]
fn what_is_staged() {
    let repository = Repository::new();
    repository.git(&["init", "-q"]);
    repository.seal(DB);
    let sealed = repository.read(DB);
    let stranger = repository.add_stranger();
    repository.git(&["add", "apps"]);
    let staged = |directory: &str, code| {
        let mut command = repository.command(&["guard", "--staged"]);
        command.current_dir(repository.path(directory));
        printed(&finish(command, b""), code).0
    };
    let found = format!("{DB}:");
    for directory in ["", "apps/shop"] {
        let stdout = staged(directory, Some(1));
        assert!(stdout.starts_with(&found) && stdout.contains(&stranger[..12]), "{stdout}");
    }
    fs::remove_dir_all(repository.path("apps/shop/prod")).unwrap();
    assert!(staged("apps", Some(1)).contains(&stranger[..12]));
    fs::create_dir(repository.path("apps/shop/prod")).unwrap();
    repository.write(DB, &sealed);
    assert!(staged("", Some(1)).contains(&stranger[..12]));
    repository.git(&["add", "apps"]);
    assert_eq!(staged("apps", Some(0)), "");
    // Its rule is that of its path in the index.
    repository.git(&["mv", DB, "eu/db.yaml"]);
    let stdout = staged("eu", Some(1));
    assert!(stdout.starts_with("eu/db.yaml:") && stdout.contains("; for us ("), "{stdout}");
}

#[test]
fn where_nothing_was_accepted_the_project_file_alone_justifies_a_recipient() {
    let repository = Repository::new();
    repository.seal("eu/db.yaml");
    let (stdout, stderr) = printed(&repository.unprepared("", &["guard", "."]), Some(0));
    assert_eq!((stdout.as_str(), stderr.as_str()), ("", ""), "nothing is to be compared");
    repository.seal(DB);
    repository.seal("apps/shop/prod/other.yaml");
    for directory in ["", "apps"] {
        let (_, stderr) = printed(&repository.unprepared(directory, &["guard", "."]), Some(0));
        let words =
            "recipients are compared with the file alone, which can have been changed together with them";
        assert!(stderr.contains(words) && stderr.lines().count() == 1, "{stderr}");
    }
    let stranger = repository.add_stranger();
    let (stdout, stderr) = printed(&repository.unprepared("", &["guard", "."]), Some(1));
    let named = format!(
        "is sealed for {}…, which is the key of no cluster in the project file; find out who added this recipient, and",
        &stranger[..12]
    );
    assert!(stdout.contains(&named) && stderr.contains("with the file alone"), "{stdout}{stderr}");
    // A list of CI that has no key is no reason to believe the file.
    repository.trust_nothing();
    let (_, stderr) = repository.fails(&["guard", "."], "");
    assert!(stderr.contains("does not list:") && !stderr.contains("the file alone"), "{stderr}");
}

#[test]
fn a_key_of_no_cluster_may_have_been_renewed() {
    let repository = Repository::new();
    repository.seal(DB);
    fs::copy(repository.path(".sealed-secrets/us.pem"), repository.path(".sealed-secrets/eu.pem")).unwrap();
    let (stdout, _) = printed(&repository.unprepared("", &["guard", "."]), Some(1));
    let causes = "is sealed for f5b8ca6cdb64…, which is the key of no cluster in the project file; if the key of a cluster was renewed, \
                  reseal the file with kubeseal-rs reseal; else find out who added this recipient, and remove it with";
    assert!(stdout.contains(causes), "{stdout}");
}

/// Both names justify it, and the rule names the second one.
#[test]
fn a_key_that_two_clusters_have() {
    let repository = Repository::new();
    repository.seal(DB);
    repository.succeeds(&["guard", "."], "");
    fs::copy(repository.path(".sealed-secrets/us.pem"), repository.path(".sealed-secrets/also.pem")).unwrap();
    let clusters = "  also: { certificate: .sealed-secrets/also.pem }\n";
    repository.write_rules(&format!("{clusters}rules: [{{ path: \"**\", to: [dr, eu, also] }}]\n"));
    printed(&repository.unprepared("", &["guard", "."]), Some(0));
    repository.write_rules(&format!("{clusters}rules: [{{ path: \"**\", to: [dr, eu] }}]\n"));
    assert!(printed(&repository.unprepared("", &["guard", "."]), Some(1)).0.contains(" for us ("));
}

#[test]
fn rules_that_were_not_accepted() {
    let repository = Repository::new();
    repository.seal(DB);
    let text = repository.read(".sealed-secrets.yaml");
    let in_front = text.replace("rules:\n", "rules:\n  - { path: \"**\", to: [us, eu, dr] }\n");
    repository.write(".sealed-secrets.yaml", &in_front);
    let (_, stderr) = repository.fails(&["guard", "."], "");
    assert!(stderr.contains("error: recipients are not compared with the project file\n"), "{stderr}");
    assert!(stderr.contains("does not list:"), "{stderr}");
    // Plaintext is found all the same.
    repository.write("secret.yaml", &format!("kind: Secret\n{SECRET}"));
    let (stdout, stderr) = repository.finds(&["."]);
    assert!(stdout.starts_with("secret.yaml:") && stderr.contains("recipients are not compared"), "{stderr}");
    fs::remove_file(repository.path("secret.yaml")).unwrap();

    // On a machine where a key was accepted, and no rules.
    let key = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";
    printed(&repository.unprepared("", &["clusters", "trust", "eu", "--fingerprint", key]), Some(0));
    let (stdout, stderr) = printed(&repository.unprepared("", &["guard", "."]), Some(1));
    assert!(stderr.contains("are not those that were accepted on this machine"), "{stderr}");
    assert!(stdout.contains(", which is trusted for no cluster") && !stdout.contains("eu ("), "{stdout}");
}

#[test]
fn a_project_file_that_cannot_be_read() {
    let repository = Repository::new();
    repository.seal(DB);
    repository.write(".sealed-secrets.yaml", "clusters: {}\nrulez: []\n");
    let (_, stderr) = repository.fails(&["guard", "apps"], "");
    assert!(stderr.contains("recipients are not compared with the project file"), "{stderr}");
    assert!(stderr.contains("cannot read the project file"), "{stderr}");
    // Where there is nothing to compare, it does not matter.
    repository.succeeds(&["guard", ".sealed-secrets.yaml"], "");
}

#[test]
fn an_annotation_that_cannot_be_read() {
    let outside = tempfile::tempdir().unwrap();
    let sealed = |annotation: &str| {
        format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: shop\n  annotations:\n    \
             {RECIPIENTS}: {annotation}\nspec: {{encryptedData: {{a: AgAA...}}}}\n"
        )
    };
    for (annotation, why) in [
        ("'{\"v\":1,'".to_owned(), "it is not JSON"),
        (
            "'{\"v\":2,\"groups\":[]}'".into(),
            "it has a \"v\" that is not 1, the only version that is supported",
        ),
        ("'{\"v\":1,\"odd\\u001b[2J\":[]}'".into(), "odd?[2J is not a known member"),
        (format!("'{}'", "x".repeat(262_145)), "it is longer than 262,144 bytes"),
        ("5".into(), "it is a number, and no text"),
        ("{v: 1}".into(), "it is a map, and no text"),
        (String::new(), "it is not JSON"),
    ] {
        fs::write(outside.path().join("db.yaml"), sealed(&annotation)).unwrap();
        let mut command = crate::support::program::program(&["guard", "."]);
        command.current_dir(outside.path());
        let (stdout, stderr) = printed(&finish(command, b""), Some(1));
        let finding = format!(
            "db.yaml:7: document 1: the annotation for the recipients of SealedSecret shop/db cannot be read, because {why}; take the file from version \
             control, or seal the Secret again\n"
        );
        assert_eq!(stdout, finding);
        assert!(stderr.contains("wrong recipients or a wrong scope: 1 place"), "{stderr}");
    }
}

#[test]
fn a_scope_that_is_wider_than_the_rules() {
    let repository = Repository::new();
    repository.seal(DB);
    repository.seal("wide/db.yaml");
    repository.seal("eu/db.yaml");
    repository.succeeds(&["guard", "."], "");
    for file in [DB, "wide/db.yaml", "eu/db.yaml"] {
        let text = repository.read(file);
        let wide = "    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n  name: db\n";
        repository.write(file, &text.replacen("  name: db\n", wide, 1));
    }
    let (stdout, _) = repository.finds(&["."]);
    assert_eq!(stdout.lines().count(), 3, "{stdout}");
    for (file, rule) in [
        (DB, "strict, that of the rule apps/*/prod/**;"),
        ("wide/db.yaml", "namespace-wide, that of the rule wide/**;"),
        ("eu/db.yaml", "strict, that of the rule eu/**;"),
    ] {
        let line = stdout.lines().find(|line| line.starts_with(file)).unwrap();
        let words = format!("SealedSecret shop/db has the scope cluster-wide, which is wider than {rule}");
        assert!(line.contains(&words), "{stdout}");
        assert!(!repository.run(&["reseal", "--check", file], "").status.success());
    }
}

/// What client-side `kubectl apply` keeps of a SealedSecret is sealed, too.
#[test]
fn a_copy_of_a_sealed_secret_is_no_plaintext() {
    let repository = Repository::new();
    repository.seal(DB);
    let mut object = repository.object(DB);
    let copy = object.to_string();
    object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = json!(copy);
    repository.write(DB, &object.to_string());
    repository.succeeds(&["guard", "apps"], "");
}

/// Another repository has its own project file, or none.
#[test]
fn each_file_is_compared_with_the_project_file_of_its_repository() {
    let repository = Repository::new();
    repository.seal(DB);
    for directory in ["vendor/.git/objects", "vendor/eu"] {
        fs::create_dir_all(repository.path(directory)).unwrap();
    }
    repository.write("vendor/.git/HEAD", "ref: refs/heads/main\n");
    fs::copy(repository.path(DB), repository.path("vendor/eu/db.yaml")).unwrap();
    repository.succeeds(&["guard", "vendor", "apps"], "");
    let other = Repository::new();
    other.seal(DB);
    let stranger = other.add_stranger();
    let output =
        other.unprepared("", &["guard", path(&repository.path("vendor")), path(&other.path("apps"))]);
    assert!(printed(&output, Some(1)).0.contains(&stranger[..12]));
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
