//! What a pull request can write into the project file, and into a sealed file: every verb that writes stops, and the file stays.

use super::repository::{RECIPIENTS, Repository, SECRET};
use crate::support::program::fixture;
use crate::support::terminal::Terminal;
use std::fs;

const DB: &str = "apps/shop/prod/db.yaml";

impl Repository {
    /// Asserts that every verb that writes stops with these words.
    fn stops(&self, words: &str) {
        let before = self.read(DB);
        let merge = ["create", "db", "--from-literal=a=b", "--merge-into", DB];
        let create =
            ["create", "db", "-n=shop", "--from-literal=user=b", "--from-literal=password=b", "-w", DB];
        for arguments in [&["seal", "-w", DB][..], &merge, &create, &["edit", DB]] {
            let (_, error) = self.fails(arguments, SECRET);
            assert!(error.contains(words), "{arguments:?}: {error}");
            // No editor was started.
            assert!(!error.contains("editor"), "{arguments:?}: {error}");
            assert_eq!(self.read(DB), before);
        }
    }

    /// Replaces a part of the annotation.
    fn write_annotation(&self, from: &str, to: &str) {
        // YAML in double quotes has the escapes of JSON.
        let written = |text: &str| serde_json::to_string(text).unwrap();
        let object = self.object(DB);
        let before = object["metadata"]["annotations"][RECIPIENTS].as_str().unwrap();
        let (text, after) = (self.read(DB), before.replacen(from, to, 1));
        assert!(after != before && text.contains(&written(before)));
        self.write(DB, &text.replace(&written(before), &written(&after)));
    }
}

#[test]
fn a_rule_that_was_put_in_front() {
    let repository = Repository::new();
    repository.seal(DB);
    let text = repository.read(".sealed-secrets.yaml");
    repository
        .write(".sealed-secrets.yaml", &text.replace("rules:\n", "rules:\n  - { path: \"**\", to: [us] }\n"));
    repository.stops("does not list:");
    // `--for` takes scope and layout from the rule.
    let (_, error) = repository.fails(&["seal", "-w", DB, "--for=eu"], SECRET);
    assert!(error.contains("does not list:"), "{error}");
}

#[test]
fn another_certificate() {
    let repository = Repository::new();
    repository.seal(DB);
    fs::copy(repository.path(".sealed-secrets/us.pem"), repository.path(".sealed-secrets/eu.pem")).unwrap();
    repository.stops("does not list:");
}

/// The team accepted it, and so it is no question of trust.
#[test]
fn a_certificate_without_an_rsa_key() {
    let repository = Repository::new();
    repository.seal(DB);
    fs::copy(fixture("not-rsa.crt"), repository.path(".sealed-secrets/us.pem")).unwrap();
    repository.stops(".sealed-secrets/us.pem");
    let (_, error) = repository.fails(&["seal", "-w", DB], SECRET);
    assert!(error.contains("RSA"), "{error}");
}

#[test]
fn a_recipient_that_no_rule_names() {
    let repository = Repository::new();
    repository.seal(DB);
    let stranger = age::x25519::Identity::generate().to_public().to_string();
    repository.write_annotation("\"to\":[", &format!("\"to\":[{{\"age\":\"{stranger}\",\"key\":\"AAAA\"}},"));
    repository.stops(&format!("names recipients that its rule does not: {}…", &stranger[..12]));
    // The user says who the recipients are.
    let merge = ["create", "db", "--from-literal=a=b", "--merge-into", DB, "--for=eu,us"];
    repository.succeeds(&merge, "");
    let annotation = repository.annotation(DB).unwrap();
    assert_eq!(annotation.groups()[1].to().len(), 2);
    repository.succeeds(&["seal", "-w", DB, "--for=eu,us", "--force"], SECRET);
    assert!(!repository.read(DB).contains(&stranger));

    repository.seal("apps/shop/prod/other.yaml");
    repository.write(DB, &repository.read("apps/shop/prod/other.yaml"));
    let eu = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";
    repository.write_annotation(eu, &"0a".repeat(32));
    repository.stops("names recipients that its rule does not: 0a0a0a0a0a0a");
}

#[test]
fn an_annotation_that_is_broken() {
    let repository = Repository::new();
    repository.seal(DB);
    repository.write_annotation("\"v\":1", "\"v\":1,");
    repository.stops("cannot read the recipients of the SealedSecret in ");
}

/// Without its rule, the value would be sealed for the cluster of the present context.
#[test]
fn a_rule_that_was_taken_away() {
    let repository = Repository::new();
    let text = repository.read(".sealed-secrets.yaml");
    repository.write(".sealed-secrets.yaml", &text.replace("apps/*/prod/**", "app/*/prod/**"));
    let create = ["create", "db", "-n=shop", "--from-literal=a=hunter2", "-w", DB];
    let (_, error) = repository.fails(&create, "");
    assert!(error.contains("does not list:"), "{error}");
    fs::remove_file(repository.path(".sealed-secrets.yaml")).unwrap();
    let (_, error) = repository.fails(&create, "");
    assert!(error.contains("had a project file when its rules were accepted"), "{error}");
    let certificate = format!("--cert={}", repository.path(".sealed-secrets/eu.pem").display());
    repository.succeeds(&[&create[..], &[certificate.as_str()]].concat(), "");
}

/// The new value would open in any namespace.
#[test]
fn a_wider_scope_in_the_file() {
    let repository = Repository::new();
    repository.seal(DB);
    let text = repository.read(DB);
    let wide = "    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n  name: db\n";
    repository.write(DB, &text.replacen("  name: db\n", wide, 1));
    let merge = ["create", "db", "--from-literal=a=hunter2", "--merge-into", DB];
    let identity = repository.identity_flag();
    for arguments in [&merge[..], &["edit", DB], &["recipients", "remove", "us", DB, &identity]] {
        let (_, error) = repository.fails(arguments, "");
        assert!(error.contains("wider than strict, the rule's"), "{arguments:?}: {error}");
    }
}

/// A folder of the repository is a link to a folder outside.
#[test]
fn a_folder_that_leads_out() {
    use std::os::unix::fs::symlink;
    let repository = Repository::new();
    let outside = repository.outside("outside");
    fs::create_dir(&outside).unwrap();
    fs::create_dir(repository.path("apps/web")).unwrap();
    for link in ["apps/web/dev", "apps/shop/dev/link"] {
        symlink(&outside, repository.path(link)).unwrap();
    }
    let text = repository.read(".sealed-secrets.yaml");
    let files = "layout: per-cluster, output: \"new/{cluster}/{name}.yaml\"";
    repository.write(".sealed-secrets.yaml", &text.replace("layout: per-cluster", files));
    repository.trust();
    for file in ["apps/web/dev/db.yaml", "apps/shop/dev/link/db.yaml", "apps/shop/dev/link/../new/db.yaml"] {
        let (_, error) = repository.fails(&["seal", "-w", file], SECRET);
        assert!(error.contains("is, or is behind, a symbolic link"), "{file}: {error}");
    }
    symlink(&outside, repository.path("apps/shop/dev/new")).unwrap();
    let (_, error) = repository.fails(&["seal", "-w", "apps/shop/dev/db.yaml"], SECRET);
    assert!(error.contains("apps/shop/dev/new/eu/db.yaml is, or is behind, a symbolic link"), "{error}");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    assert!(!repository.outside("new").exists());
}

#[test]
fn a_folder_that_becomes_a_link_while_the_user_types() {
    let repository = Repository::new();
    let outside = repository.outside("outside");
    fs::create_dir(&outside).unwrap();
    let create = ["create", "db", "-n=shop", "--prompt=password", "-w", "apps/shop/dev/db.yaml"];
    let mut terminal = Terminal::start(repository.command(&create));
    terminal.wait_for("password: ");
    fs::remove_dir(repository.path("apps/shop/dev")).unwrap();
    std::os::unix::fs::symlink(&outside, repository.path("apps/shop/dev")).unwrap();
    terminal.type_in("hunter2\n");
    terminal.wait_for("password, again: ");
    terminal.type_in("hunter2\n");
    let (code, _, shown) = terminal.end();
    assert!(code == Some(1) && shown.contains("is, or is behind, a symbolic link"), "{shown}");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

/// The cluster is trusted, for other files.
#[test]
fn an_entry_for_a_cluster_that_the_rule_does_not_name() {
    let repository = Repository::new();
    repository.seal("eu/db.yaml");
    repository.succeeds(&["recipients", "add", "us", "eu/db.yaml", &repository.key_of("eu")], "");
    let before = repository.read("eu/db.yaml");
    let (_, error) =
        repository.fails(&["recipients", "add", "dr", "eu/db.yaml", &repository.key_of("eu")], "");
    assert!(error.contains("it is sealed for us, which its rule does not name"), "{error}");
    assert_eq!(repository.read("eu/db.yaml"), before);
}
