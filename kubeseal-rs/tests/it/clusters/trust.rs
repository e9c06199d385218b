//! `clusters trust`, the list for CI, and what happens to a project file that a pull request changed.

use super::repository::{Repository, newer};
use crate::support::certificates::{fingerprint, pem};
use crate::support::program::finish;
use crate::support::terminal::Terminal;
use std::fs;

const FILE: &str = "clusters:
  prod-eu: { certificate: prod-eu.pem }
rules:
  - { path: \"apps/**\", to: [prod-eu] }
";

fn repository() -> Repository {
    let repository = Repository::new(&[]);
    repository.write(".sealed-secrets.yaml", FILE);
    repository.write("prod-eu.pem", &pem());
    repository
}

#[test]
fn what_is_new_is_shown_and_asked_for() {
    let repository = repository();
    let trust = ["clusters", "trust"];
    let error = repository.fails(&trust);
    assert!(
        error.starts_with("error: the project file says what was not accepted on this machine:\n"),
        "{error}"
    );
    assert!(error.contains("clusters trust`. A script") && error.contains("--trusted FILE"), "{error}");
    let (code, _, shown) = repository.answers(&trust, "n\n");
    assert!(code == Some(1) && shown.contains("aborted"), "{shown}");
    let (code, output, shown) = repository.answers(&trust, "y\n");
    assert_eq!((code, output.as_str()), (Some(0), "accepted\n"));
    let key = format!("prod-eu: certificate {}, valid until 2126-10-30", fingerprint(&pem()));
    assert!(shown.contains(&key) && shown.contains("+ { path: \"apps/**\""), "{shown}");
    assert_eq!(repository.succeeds(&trust), "everything was accepted before\n");

    // A comment, a moved file and another spelling mean the same.
    fs::rename(repository.path("prod-eu.pem"), repository.path("moved.pem")).unwrap();
    let spelt = "# hello\nrules: [{ to: [prod-eu], path: apps/**, scope: strict }]\nclusters: { prod-eu: { certificate: moved.pem } }\n";
    repository.write(".sealed-secrets.yaml", spelt);
    assert_eq!(repository.succeeds(&trust), "everything was accepted before\n");

    // A rule in front is seen.
    let front = FILE
        .replace("rules:\n", "rules:\n  - { path: \"**\", to: [prod-eu] }\n")
        .replace("prod-eu.pem", "moved.pem");
    repository.write(".sealed-secrets.yaml", &front);
    let error = repository.fails(&trust);
    assert!(error.contains("    + { path: \"**\"") && error.contains("      { path: \"apps/**\""), "{error}");
    let (code, output, _) = repository.run(&["clusters", "list"]);
    assert!(code == Some(0) && output.contains("The rules are not trusted."), "{output}");

    // So is another certificate. Another repository knows nothing of all this.
    repository.write("moved.pem", &newer());
    let error = repository.fails(&["clusters", "trust", "prod-eu"]);
    assert!(
        error.contains("(accepted before: f5b8ca6cdb64)") && error.contains("clusters trust prod-eu`"),
        "{error}"
    );
    let other = self::repository();
    let mut command = other.command(&trust);
    command.env("XDG_CONFIG_HOME", repository.beside("config"));
    assert!(!finish(command, b"").status.success());
}

/// How a cluster is reached can be accepted before its certificate is there, because `clusters fetch` needs that.
#[test]
fn a_certificate_that_cannot_be_used_stops_nothing_else() {
    let repository = repository();
    let damaged = pem().replace("BEGIN CERTIFICATE", "BEGN CERTIFICATE");
    let us = "  prod-us: { certificate: us.pem, context: us }\nrules:";
    repository.write(".sealed-secrets.yaml", &FILE.replace("rules:", us));
    for (text, why) in [
        (None, "clusters fetch prod-us` writes it"),
        (Some(&damaged), "delete it, or take it from version control"),
    ] {
        if let Some(text) = text {
            repository.write("us.pem", text);
        }
        let (code, output, shown) = repository.answers(&["clusters", "trust"], "n\n");
        assert!(code == Some(1) && shown.contains("prod-eu: certificate"), "{output}{shown}");
        assert!(
            shown.contains("warning: prod-us: its key is not accepted: ") && shown.contains(why),
            "{shown}"
        );
    }
    let (code, output, shown) = repository.answers(&["clusters", "trust", "prod-us"], "y\n");
    assert_eq!((code, output.as_str()), (Some(1), "accepted\n"));
    assert!(
        shown.contains("prod-us: is reached") && shown.contains("1 of the keys was not accepted"),
        "{shown}"
    );
    assert!(
        !repository.fails(&["clusters", "fetch", "prod-us"]).contains("was not accepted on this machine")
    );
    assert_eq!(repository.answers(&["clusters", "trust"], "y\n").1, "accepted\n");
    let (code, output, _) = repository.run(&["clusters", "trust"]);
    assert_eq!((code, output.as_str()), (Some(1), "everything else was accepted before\n"));
}

#[test]
fn a_script_accepts_what_it_knows() {
    let repository = repository();
    let other = fingerprint(&newer());
    let error = repository.fails(&["clusters", "trust", "prod-eu", "--fingerprint", &other]);
    assert!(error.contains("cluster prod-eu has another key: f5b8ca6cdb64"), "{error}");
    let error = repository.fails(&["clusters", "trust", "--rules", &"0".repeat(64)]);
    let digest = error.split("other rules: ").nth(1).unwrap().lines().next().unwrap();
    let key = fingerprint(&pem());
    repository.succeeds(&["clusters", "trust", "prod-eu", "--fingerprint", &key]);
    repository.succeeds(&["clusters", "trust", "--rules", digest]);
    assert_eq!(repository.succeeds(&["clusters", "trust"]), "everything was accepted before\n");
    assert_eq!(repository.run(&["clusters", "trust", "--fingerprint", &key]).0, Some(2));
    assert_eq!(repository.run(&["clusters", "trust", "--fingerprint", "ab"]).0, Some(2));
}

#[test]
fn a_list_for_ci_counts_alone() {
    let repository = repository();
    assert!(repository.fails(&["clusters", "list", "--trusted-file"]).contains("not accepted"));
    assert_eq!(repository.answers(&["clusters", "trust"], "y\n").0, Some(0));
    let list = repository.succeeds(&["clusters", "list", "--trusted-file"]);
    let file = repository.beside("trusted");
    fs::write(&file, &list).unwrap();
    let trusted = |repository: &Repository| -> serde_json::Value {
        let mut command = repository.command(&["clusters", "list", "-o", "json"]);
        // Not the store of this machine.
        command.env("XDG_CONFIG_HOME", repository.beside("empty")).env("SEALED_SECRETS_TRUSTED", &file);
        serde_json::from_slice(&finish(command, b"").stdout).unwrap()
    };
    let json = trusted(&repository);
    assert_eq!(
        (&json["clusters"][0]["trusted"], &json["rules"]["trusted"], &json["clusters"][0]["fingerprint"]),
        (&true.into(), &true.into(), &fingerprint(&pem()).into())
    );
    fs::write(&file, "").unwrap();
    let json = trusted(&repository);
    assert_eq!((&json["clusters"][0]["trusted"], &json["rules"]["trusted"]), (&false.into(), &false.into()));
    // A list that a pull request could change is none.
    repository.write("trusted", &list);
    let error = repository.fails(&["clusters", "list", "--trusted", "trusted"]);
    assert!(error.contains("trusted is inside of the repository"), "{error}");
}

#[test]
fn the_list_for_ci_has_connections() {
    let repository = repository();
    let file = FILE.replace("prod-eu.pem }", "prod-eu.pem, context: \"prod #1\", controllerName: mine }");
    repository.write(".sealed-secrets.yaml", &file);
    assert_eq!(repository.answers(&["clusters", "trust"], "y\n").0, Some(0));
    let list = repository.succeeds(&["clusters", "list", "--trusted-file"]);
    let line = "prod-eu context \"prod #1\" controllerName mine\n";
    assert!(list.contains(line), "{list}");
    fs::write(repository.beside("trusted"), &list).unwrap();
    let printed = repository.succeeds(&["clusters", "list", "--trusted-file", "--trusted", "../trusted"]);
    assert_eq!(printed, list);
    // What is not in the project file any more is not listed.
    repository.write(".sealed-secrets.yaml", FILE);
    assert_eq!(repository.succeeds(&["clusters", "list", "--trusted-file"]), list.replace(line, ""));

    for (text, expected) in [
        (
            "# mine\nprod-eu contxt x\n",
            "line 2 of ../trusted\n  because: it names no key, no connection and no rules",
        ),
        (
            "prod-eu context \"x\n",
            "line 1 of ../trusted\n  because: what is in quotes is not a string of JSON",
        ),
        (
            "prod-eu context x\nprod-eu context y",
            "line 2 of ../trusted\n  because: an earlier line says so already",
        ),
    ] {
        fs::write(repository.beside("trusted"), text).unwrap();
        let error = repository.fails(&["clusters", "list", "--trusted", "../trusted"]);
        assert!(error.contains(expected) && error.contains("NAME context CONTEXT, NAME url URL"), "{error}");
    }
}

#[test]
fn a_link_of_the_repository_leads_to_no_list() {
    use std::os::unix::fs::symlink;
    let repository = repository();
    fs::write(repository.beside("trusted"), "").unwrap();
    symlink("../trusted", repository.path("list")).unwrap();
    symlink("repo/list", repository.beside("link")).unwrap();
    for path in ["list", "../link"] {
        let error = repository.fails(&["clusters", "list", "--trusted", path]);
        assert!(error.contains("or behind a link in it, and a pull request could change it"), "{error}");
    }
    repository.succeeds(&["clusters", "list", "--trusted", "../trusted"]);
}

/// What is accepted while a question is open stays accepted.
#[test]
fn two_processes_accept_at_once() {
    let repository = repository();
    let other = newer();
    repository.write("prod-us.pem", &other);
    let file = FILE.replace("rules:", "  prod-us: { certificate: prod-us.pem }\nrules:");
    repository.write(".sealed-secrets.yaml", &file);
    let mut terminal = Terminal::start(repository.command(&["clusters", "trust", "prod-eu"]));
    terminal.wait_for(" [y/N] ");
    repository.succeeds(&["clusters", "trust", "prod-us", "--fingerprint", &fingerprint(&other)]);
    terminal.type_in("y\n");
    assert_eq!(terminal.end().0, Some(0));
    for name in ["prod-eu", "prod-us"] {
        let output = repository.succeeds(&["clusters", "trust", name]);
        assert_eq!(output, "everything was accepted before\n", "{name}");
    }
}

#[test]
fn another_clone_at_the_same_path_is_asked_for() {
    let repository = repository();
    let trust = ["clusters", "trust"];
    assert_eq!(repository.answers(&trust, "y\n").0, Some(0));
    fs::rename(repository.path(".git"), repository.beside("git")).unwrap();
    repository.write(".git/HEAD", "ref: refs/heads/main\n");
    fs::create_dir(repository.path(".git/objects")).unwrap();
    let error = repository.fails(&trust);
    assert!(error.contains("\n  what was accepted before was for another clone at this path\n"), "{error}");
    assert!(error.contains("(accepted before: f5b8ca6cdb64)"), "{error}");
    let (code, _, shown) = repository.answers(&trust, "y\n");
    assert!(code == Some(0) && shown.contains("another clone"), "{shown}");
    assert_eq!(repository.succeeds(&trust), "everything was accepted before\n");
    // The first clone is the other one now.
    fs::remove_dir_all(repository.path(".git")).unwrap();
    fs::rename(repository.beside("git"), repository.path(".git")).unwrap();
    assert!(repository.fails(&trust).contains("another clone"));
}

#[test]
fn a_revoked_key_is_not_accepted() {
    let repository = repository();
    assert_eq!(repository.answers(&["clusters", "trust"], "y\n").0, Some(0));
    let file = format!("cache/kubeseal-rs/withdrawn/{}.json", fingerprint(&pem()));
    let file = repository.beside(&file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, r#"{ "how": "revoked", "at": "2026-01-01T00:00:00Z", "from": "kube-system of here" }"#)
        .unwrap();
    let error = repository.fails(&["clusters", "trust"]);
    assert!(error.contains("the certificate of cluster prod-eu cannot be used"), "{error}");
    assert!(error.contains("its key was revoked on 2026-01-01 (kube-system of here)"), "{error}");
}

#[test]
fn upstreams_flags_never_read_the_project_file() {
    const SECRET: &[u8] = b"metadata: {name: a, namespace: shop}\nstringData: {k: v}\n";
    let repository = repository();
    for text in ["certainly: { not: a project file", FILE] {
        repository.write(".sealed-secrets.yaml", text);
        repository.write("apps/.sealed-secrets.yaml", text);
        let mut command = repository.command(&["--cert", "prod-eu.pem", "-w", "apps/a.yaml"]);
        command.env("SEALED_SECRETS_TRUSTED", "/nonexistent");
        let output = finish(command, SECRET);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty());
        // The certificate is that of the flag: without one, of the cluster.
        let output = finish(repository.command(&["-w", "apps/a.yaml"]), SECRET);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("cannot fetch the certificate from the cluster"), "{error}");
    }
}

#[test]
fn what_was_accepted_for_a_cluster_is_forgotten() {
    let repository = repository();
    let trust = ["clusters", "trust"];
    assert_eq!(repository.answers(&trust, "y\n").0, Some(0));
    let error = repository.fails(&["clusters", "trust", "--forget", "prod-us"]);
    assert!(error.contains("nothing was accepted for a cluster \"prod-us\""), "{error}");
    assert!(error.contains("something was accepted for prod-eu"), "{error}");
    // Also when the project file has no such cluster any more.
    repository.write(".sealed-secrets.yaml", "clusters: { dev: { certificate: prod-eu.pem } }\n");
    assert_eq!(repository.succeeds(&["clusters", "trust", "--forget", "prod-eu"]), "forgotten: prod-eu\n");
    repository.write(".sealed-secrets.yaml", FILE);
    let error = repository.fails(&trust);
    assert!(error.contains("prod-eu: certificate") && !error.contains("accepted before"), "{error}");
}
