//! `create --merge-into` and `edit` of a SealedSecret that several clusters open.

use super::repository::{Repository, SECRET};
use crate::support::program::{finish, fixture};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

const DB: &str = "apps/shop/prod/db.yaml";

impl Repository {
    /// Edits the file with a shell script as editor.
    fn edit(&self, file: &str, script: &str, more: &[&str]) -> Output {
        let editor = self.outside("editor");
        fs::write(&editor, format!("#!/bin/sh\nset -e\n{script}\n")).unwrap();
        fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
        let memory = self.outside("memory");
        fs::create_dir_all(&memory).unwrap();
        let mut command = self.command(&[&["edit", file], more].concat());
        command.env("EDITOR", editor).env("XDG_RUNTIME_DIR", memory).env("PATH", "/usr/bin:/bin");
        finish(command, b"")
    }

    fn merge(&self, file: &str, literal: &str, more: &[&str]) -> Output {
        let literal = format!("--from-literal={literal}");
        self.run(&[&["create", "db", &literal, "--merge-into", file], more].concat(), "")
    }

    /// The item as it is in the file.
    fn item(&self, file: &str, name: &str) -> String {
        let line = format!("    {name}: ");
        self.read(file).lines().find_map(|text| text.strip_prefix(&line).map(str::to_owned)).unwrap()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn only_changed_items_get_another_group() {
    let repository = Repository::new();
    repository.seal(DB);
    let (user, first) = (repository.item(DB, "user"), repository.annotation(DB).unwrap());

    let output = repository.edit(DB, r#"sed -i 's/  password: .*/  password: new/' "$1""#, &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let output = repository.merge(DB, "token=t", &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(repository.item(DB, "user"), user);
    let annotation = repository.annotation(DB).unwrap();
    let names: Vec<Vec<&str>> = annotation.groups().iter().map(|group| group.names().collect()).collect();
    assert_eq!(names, [["user"], ["password"], ["token"]]);
    assert_eq!(annotation.groups()[0].to(), first.groups()[0].to());
    let values = json!({ "user": "YWRtaW4=", "password": "bmV3", "token": "dA==" });
    for cluster in ["eu", "us"] {
        assert_eq!(repository.opened(DB, cluster), Some(values.clone()), "{cluster}");
    }

    // Items that are removed lose their entries; the last takes the annotation with it.
    let output = repository.edit(DB, r#"sed -i '/  user: \|  token: /d' "$1""#, &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(repository.annotation(DB).unwrap().groups().len(), 1);
    let output = repository.edit(DB, r#"sed -i '/  password: /d' "$1""#, &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(repository.annotation(DB).is_none());
}

#[test]
fn new_items_are_sealed_to_the_first_cluster_of_the_rule() {
    let repository = Repository::new();
    repository.succeeds(&["seal", "-w", DB, "--for=us,eu"], SECRET);
    let output = repository.merge(DB, "token=t", &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    for cluster in ["eu", "us"] {
        assert_eq!(repository.opened(DB, cluster).unwrap()["token"], "dA==", "{cluster}");
    }
}

#[test]
fn the_file_of_a_cluster_is_changed_for_it_alone() {
    let repository = Repository::new();
    repository.seal("apps/shop/dev/db.yaml");
    let file = "apps/shop/dev/db.us.yaml";
    assert!(
        repository.edit(file, r#"sed -i 's/  password: .*/  password: new/' "$1""#, &[]).status.success()
    );
    assert!(repository.merge(file, "token=t", &[]).status.success());
    assert_eq!(repository.opened(file, "us").unwrap()["token"], "dA==");
    assert!(repository.opened("apps/shop/dev/db.eu.yaml", "eu").unwrap().get("token").is_none());
    // The name without a cluster means all of them.
    let all = "apps/shop/dev/db.yaml";
    let output = repository.merge(all, "more=m", &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    for cluster in ["eu", "us"] {
        let opened = repository.opened(&format!("apps/shop/dev/db.{cluster}.yaml"), cluster).unwrap();
        assert_eq!(opened["more"], "bQ==", "{cluster}");
    }
    let error = stderr(&repository.edit(all, "exit 1", &[]));
    assert!(error.contains("no such file or directory"), "{error}");
    fs::copy(repository.path(file), repository.path(all)).unwrap();
    let error = stderr(&repository.edit(all, "exit 1", &[]));
    assert!(error.contains("is none of the files that the rule writes for its clusters"), "{error}");
    // All of them are changed, or none.
    let before = repository.read("apps/shop/dev/db.eu.yaml");
    repository.write(file, "kind: Other\n");
    let error = stderr(&repository.merge(all, "last=m", &[]));
    assert!(error.contains("found no SealedSecret in apps/shop/dev/db.us.yaml"), "{error}");
    assert_eq!(repository.read("apps/shop/dev/db.eu.yaml"), before);
}

#[test]
fn items_that_other_clusters_do_not_open_are_named() {
    let repository = Repository::new();
    let cert = fixture("test-only.crt");
    repository.succeeds(&["--cert", cert.to_str().unwrap(), "-w", DB], SECRET);
    let output = repository.merge(DB, "token=t", &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("password, user of "), "{}", stderr(&output));
    assert!(stderr(&output).contains("opens in one cluster only"), "{}", stderr(&output));
    assert!(repository.opened(DB, "eu").is_some() && repository.opened(DB, "us").is_none());
}

#[test]
fn a_file_keeps_its_recipients_where_no_rule_is_for_it() {
    let repository = Repository::new();
    repository.seal(DB);
    let before = repository.read(DB);
    for rules in ["rules: [{ path: \"infra/**\", to: [eu] }]\n", ""] {
        if rules.is_empty() {
            fs::remove_file(repository.path(".sealed-secrets.yaml")).unwrap();
            repository.trust_nothing();
        } else {
            repository.write_rules(rules);
            let error = stderr(&repository.merge(DB, "token=t", &[]));
            let digest = error.split("rules ").nth(1).and_then(|rest| rest.split(':').next()).unwrap();
            fs::write(repository.outside("trusted"), format!("rules {digest}\n")).unwrap();
        }
        for output in [repository.merge(DB, "token=t", &[]), repository.edit(DB, "exit 1", &[])] {
            let error = stderr(&output);
            assert!(error.contains("would take items of the SealedSecret in "), "{error}");
            assert!(error.contains("--cert FILE") && !error.contains("editor"), "{error}");
            assert_eq!(repository.read(DB), before);
        }
    }
    // Not without a word.
    let cert = fixture("test-only.crt");
    let cert = ["--cert", cert.to_str().unwrap()];
    let output = repository.merge(DB, "token=t", &cert);
    assert!(output.status.success() && stderr(&output).contains("token of "), "{}", stderr(&output));
    assert!(stderr(&output).contains("is sealed for one cluster alone"), "{}", stderr(&output));
    // Upstream's flags do it as they always did, and warn.
    let input = "stringData: {token: u}\n";
    let (_, warned) = repository.succeeds(&[&cert[..], &["--merge-into", DB]].concat(), input);
    assert!(warned.contains("is sealed for one cluster alone"), "{warned}");
    assert!(repository.opened(DB, "eu").is_some() && repository.opened(DB, "us").is_none());
}

#[test]
fn sixteen_groups_are_the_most() {
    let repository = Repository::new();
    repository.seal(DB);
    for index in 1..16 {
        let output = repository.merge(DB, &format!("k{index}=t"), &[]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    assert_eq!(repository.annotation(DB).unwrap().groups().len(), 16);
    let before = repository.read(DB);
    let error = stderr(&repository.merge(DB, "last=t", &[]));
    assert!(error.contains("a 17th is refused") && error.contains("seal the whole Secret again"), "{error}");
    assert_eq!(repository.read(DB), before);
    // One that is changed again needs no group more.
    assert!(repository.merge(DB, "k3=u", &[]).status.success());
    assert!(repository.opened(DB, "us").is_some());
    // A user who can open it makes one group of them.
    let key = repository.key_of("us");
    let (stdout, _) = repository.succeeds(&["reseal", "--recipients", DB, &key], "");
    assert!(stdout.contains("1 changed"), "{stdout}");
    assert_eq!(repository.annotation(DB).unwrap().groups().len(), 1);
    assert!(repository.merge(DB, "last=t", &[]).status.success());
    assert!(repository.opened(DB, "eu").is_some());
}
