//! Which cluster and controller of the project file a command talks to. What was not accepted is not used.

use super::repository::{Repository, newer};
use crate::support::certificates::pem;
use crate::support::key_lines::key;
use crate::support::program::fixture;
use crate::support::server::{Line, Server, status};
use serde_json::json;
use std::fs;

pub(super) const FILE: &str = "clusters:
  prod-eu: { certificate: prod-eu.pem, context: eu, controllerName: by-file, controllerNamespace: of-file }
rules:
  - { path: \"covered/**\", to: [prod-eu] }
";

pub(super) const SEALED: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\n\
                      spec: {encryptedData: {password: AgA=}}\n";

const FINGERPRINT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";

/// A repository with this project file, a SealedSecret, and a kubeconfig with this current context.
pub(super) fn repository(contexts: &[(&str, &Server)], current: &str, file: &str) -> Repository {
    let repository = Repository::new(contexts);
    let kubeconfig = repository.beside("kubeconfig");
    let text = fs::read_to_string(&kubeconfig).unwrap();
    fs::write(kubeconfig, format!("{text}current-context: {current}\n")).unwrap();
    repository.write(".sealed-secrets.yaml", file);
    repository.write("prod-eu.pem", &pem());
    repository.write("db.yaml", SEALED);
    repository
}

pub(super) fn accept(repository: &Repository) {
    let (code, _, shown) = repository.answers(&["clusters", "trust"], "y\n");
    assert_eq!(code, Some(0), "{shown}");
}

/// A cluster that refuses everything.
pub(super) fn refusing() -> Server {
    let forbidden: Vec<Line> = vec![("", 403, status(403, "Forbidden", "not you"))];
    Server::start_tls(forbidden, false)
}

/// The paths of the requests.
pub(super) fn paths(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.split(' ').nth(1).unwrap().to_owned()).collect()
}

/// The commands that talk to one cluster, for these flags.
fn commands<'a>(file: &'a str, more: &[&'a str]) -> Vec<Vec<&'a str>> {
    let all: [&[&str]; 10] = [
        &["keys", "list"],
        &["keys", "renew"],
        &["keys", "retire", FINGERPRINT],
        &["keys", "revoke", FINGERPRINT, "--yes"],
        &["keys", "backup", "--plain"],
        &["keys", "restore", "../backup.json"],
        &["inspect", "--live", file],
        &["reseal", file],
        &["reseal", "--check", file],
        &["reseal", "--check", "--recovery-private-key", "../key.pem", file],
    ];
    all.into_iter().map(|command| [command, more].concat()).collect()
}

#[test]
fn every_command_for_one_cluster_finds_the_one_that_is_named() {
    let [eu, current] = [(); 2].map(|()| refusing());
    let repository = repository(&[("eu", &eu), ("current", &current)], "current", FILE);
    fs::copy(fixture("test-only.key"), repository.beside("key.pem")).unwrap();
    fs::write(repository.beside("backup.json"), json!({ "items": [key()] }).to_string()).unwrap();
    let commands = commands("db.yaml", &["--for", "prod-eu"]);
    // No request is sent before the connection was accepted.
    for command in &commands {
        let (code, _, error) = repository.run(command);
        assert_eq!(code, Some(1), "{command:?}: {error}");
        assert!(error.contains("context eu, controllerName by-file, controllerNamespace of-file"), "{error}");
        assert!(error.contains("clusters trust prod-eu`"), "{error}");
    }
    let (_, _, shown) = repository.answers(&["keys", "list", "--for", "prod-eu"], "n\n");
    assert!(shown.contains("aborted"), "{shown}");
    assert!(eu.requests().is_empty());
    let (_, _, shown) = repository.answers(&["keys", "list", "--for", "prod-eu"], "y\n");
    assert!(shown.contains("not you"), "{shown}");
    for command in &commands {
        let before = eu.requests().len();
        let error = repository.fails(command);
        let new = paths(&eu).split_off(before);
        assert!(new.iter().any(|path| path.contains("/namespaces/of-file/")), "{command:?}: {new:?} {error}");
    }
    assert!(current.requests().is_empty());
}

#[test]
fn the_controller_of_the_selected_context_is_found_and_no_context_is_changed() {
    let [eu, current] = [(); 2].map(|()| refusing());
    let repository = repository(&[("eu", &eu), ("current", &current)], "current", FILE);
    accept(&repository);
    let create = ["create", "db", "-n=shop", "--from-literal=a=b", "-w", "uncovered.yaml"];
    let mut all = commands("db.yaml", &[]);
    all.truncate(8);
    all.push(create.to_vec());
    fs::write(repository.beside("backup.json"), json!({ "items": [key()] }).to_string()).unwrap();
    for command in &all {
        let before = [eu.requests().len(), current.requests().len()];
        repository.fails(command);
        let new = paths(&current).split_off(before[1]);
        assert!(new[0].contains("/namespaces/kube-system/"), "{command:?}: {new:?}");
        let error = repository.fails(&[&command[..], &["--context=eu"]].concat());
        let new = paths(&eu).split_off(before[0]);
        assert!(new[0].contains("/namespaces/of-file/"), "{command:?}: {new:?} {error}");
        assert!(!error.contains("was not accepted"), "{error}");
    }
}

/// A pull request leads to a namespace that its author controls.
#[test]
fn a_controller_that_was_not_accepted_is_not_used() {
    let eu = refusing();
    let repository = repository(&[("eu", &eu)], "eu", FILE);
    let warned = |arguments: &[&str], namespace: &str| {
        let before = eu.requests().len();
        let error = repository.fails(arguments);
        let new = paths(&eu).split_off(before);
        let namespace = format!("/namespaces/{namespace}/");
        assert!(!new.is_empty() && new.iter().all(|path| path.contains(&namespace)), "{new:?}: {error}");
        error.lines().filter(|line| line.starts_with("warning: ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let list = ["keys", "list"];
    let expected = "warning: kube-system/sealed-secrets-controller is used, and not of-file/by-file, which the project file names for \
                    context eu and which was not accepted; to accept it: `kubeseal-rs clusters trust prod-eu`";
    assert_eq!(warned(&list, "kube-system"), [expected]);
    assert_eq!(warned(&["create", "db", "-n=shop", "--from-literal=a=b"], "kube-system").len(), 1);
    assert_eq!(warned(&["reseal", "db.yaml"], "kube-system").len(), 1);
    // Nothing is warned of where the user says everything.
    let said = ["keys", "list", "--controller-namespace=mine", "--controller-name=mine"];
    assert!(warned(&said, "mine").is_empty());
    accept(&repository);
    assert!(warned(&list, "of-file").is_empty());
    // A second cluster takes nothing from the accepted one.
    let second = "  other: { certificate: other.pem, context: eu, controllerNamespace: theirs }\nrules:";
    repository.write(".sealed-secrets.yaml", &FILE.replace("rules:", second));
    assert_eq!(warned(&list, "of-file").len(), 1);
    // A file that a rule covers needs no controller.
    repository.write(".sealed-secrets.yaml", &FILE.replace("Namespace: of-file", "Namespace: theirs"));
    repository.write("covered/a", "");
    let before = eu.requests().len();
    let create = ["create", "db", "-n=shop", "--from-literal=a=b", "-w", "covered/db.yaml"];
    let (code, _, error) = repository.run(&create);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert_eq!(eu.requests().len(), before);
}

#[test]
fn several_controllers_of_a_context_are_an_error() {
    let eu = refusing();
    let second = "  other: { certificate: other.pem, context: eu }\nrules:";
    let repository = repository(&[("eu", &eu)], "eu", &FILE.replace("rules:", second));
    repository.write("other.pem", &newer());
    accept(&repository);
    let (code, _, error) = repository.run(&["keys", "list"]);
    assert_eq!(code, Some(2));
    let expected = "error: the project file names several controllers for context \"eu\": of-file/by-file of prod-eu, \
                    kube-system/sealed-secrets-controller of other\nhint: name the cluster with --for NAME";
    assert!(error.starts_with(expected) && eu.requests().is_empty(), "{error}");
    // It asks the controller nothing.
    let (code, stdout, error) = repository.run(&["inspect", "db.yaml"]);
    assert!(code == Some(0) && stdout.contains("shop/db"), "{stdout}{error}");
    assert!(
        error.starts_with("warning: the present certificate is not known: the project file names"),
        "{error}"
    );
    for (name, namespace) in [("prod-eu", "/namespaces/of-file/"), ("other", "/namespaces/kube-system/")] {
        repository.fails(&["keys", "list", "--for", name]);
        assert!(paths(&eu).last().unwrap().contains(namespace));
    }
}

#[test]
fn a_name_that_leads_to_no_cluster_is_an_error() {
    let eu = refusing();
    let file = FILE.replace("context: eu,", "url: \"https://eu.example/cert.pem\",");
    let repository = repository(&[("eu", &eu)], "eu", &file);
    let (code, _, error) = repository.run(&["keys", "list", "--for", "prod-ue"]);
    assert!(code == Some(2) && error.contains("hint: write prod-eu\n"), "{error}");
    let (code, _, error) = repository.run(&["keys", "list", "--for", "prod-eu"]);
    assert!(code == Some(2) && error.contains("names no context for cluster prod-eu\n"), "{error}");
    assert!(error.contains("--context CONTEXT"), "{error}");
    let (code, _, error) = repository.run(&["reseal", "--recipients", "--for", "prod-eu", "db.yaml"]);
    assert!(code == Some(2) && error.contains("--recipients and --for exclude each other"), "{error}");
    fs::remove_file(repository.path(".sealed-secrets.yaml")).unwrap();
    let error = repository.fails(&["keys", "list", "--for", "prod-eu"]);
    assert!(error.contains("there is no .sealed-secrets.yaml in "), "{error}");
    assert!(eu.requests().is_empty());
}

#[test]
fn another_context_than_that_of_the_cluster_is_named() {
    let [eu, other] = [(); 2].map(|()| refusing());
    let repository = repository(&[("eu", &eu), ("other", &other)], "eu", FILE);
    accept(&repository);
    let error = repository.fails(&["keys", "list", "--for=prod-eu", "--context=other"]);
    let expected = "warning: context other is used, which --context or SEALED_SECRETS_CONTEXT names; that of cluster prod-eu is eu\n";
    assert!(error.contains(expected), "{error}");
    assert!(eu.requests().is_empty() && paths(&other)[0].contains("/namespaces/of-file/"));
}
