//! `completion`: what a shell offers, as the scripts ask for it. The shells themselves are driven in the package `tests`.

use crate::support::key_lines::key_lines;
use crate::support::program::{finish, fixture, program, run};
use crate::support::server::Server;
use std::path::Path;

/// The values that a shell is offered at the end of this line, in this folder.
fn offered_in(folder: &Path, line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let index = (words.len() - 1).to_string();
    let mut command = program(&[&["--", line, &index], &words[..]].concat());
    command.env("KUBESEAL_RS_COMPLETE", "fish").current_dir(folder);
    let output = finish(command, b"");
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

fn offered(line: &str) -> Vec<String> {
    offered_in(&fixture(""), line)
}

#[test]
fn scripts_name_both_programs_and_others_have_no_hidden_flags() {
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(run(&["completion", shell], b"").stdout).unwrap();
        assert!(
            script.contains("kubeseal-rs") && script.contains(" kubeseal\n") || shell == "fish",
            "{script}"
        );
        assert!(!script.contains("VARIABLE") && !script.contains("PROGRAM"), "{script}");
    }
    for shell in ["elvish", "powershell"] {
        let script = String::from_utf8(run(&["completion", shell], b"").stdout).unwrap();
        for word in ["merge-into", "reseal", "quiet"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        for flag in ["logtostderr", "vmodule", "log_dir", "stderrthreshold"] {
            assert!(!script.contains(flag), "{shell}: {flag}");
        }
    }
}

#[test]
fn values_come_from_the_kubeconfig() {
    for (line, expected) in [
        ("kubeseal-rs --kubeconfig kubeconfig.yaml keys list --context ", &["plain", "shop"][..]),
        ("kubeseal-rs keys list --kubeconfig=kubeconfig.yaml --context p", &["plain"]),
        ("kubeseal-rs --kubeconfig kubeconfig.yaml --cluster ", &["nowhere"]),
        ("kubeseal-rs --kubeconfig kubeconfig.yaml --user ", &["nobody"]),
        // The cluster does not answer.
        ("kubeseal-rs --kubeconfig kubeconfig.yaml -n ", &["shop"]),
        ("kubeseal-rs --kubeconfig missing.yaml --context ", &[]),
        ("kubeseal-rs --kubeconfig test-only.key -n ", &[]),
    ] {
        assert_eq!(offered(line), expected, "{line}");
    }
}

#[test]
fn values_come_from_the_cluster() {
    let namespaces = r#"{"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": {}, "items": [
        {"metadata": {"name": "shop"}}, {"metadata": {"name": "web"}}]}"#;
    let allowed = r#"{"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "metadata": {}, "spec": {},
        "status": {"allowed": true}}"#;
    let lines = vec![
        ("/namespaces?&limit=1000", 200, namespaces.to_owned()),
        ("/namespaces/web/secrets?&limit=1000", 200, namespaces.replace("shop", "db").replace("web", "mail")),
        ("/selfsubjectaccessreviews?", 201, allowed.to_owned()),
    ];
    let server = Server::start([key_lines(), lines].concat());
    let kubeconfig = server.kubeconfig("{}");
    let flags = format!("--kubeconfig {}", kubeconfig.path().display());
    assert_eq!(offered(&format!("kubeseal-rs {flags} -n ")), ["shop", "web"]);
    assert_eq!(offered(&format!("kubeseal seal {flags} --namespace=s")), ["--namespace=shop"]);
    assert_eq!(
        offered(&format!("kubeseal-rs keys retire {flags} ")),
        ["f5b8ca6cdb64"],
        "{:?}",
        server.requests()
    );
    assert_eq!(offered(&format!("kubeseal-rs create {flags} -n web --from-live ")), ["db", "mail"]);
    let requests = server.requests().len();
    assert_eq!(offered(&format!("kubeseal-rs {flags} --context ")), ["plain", "shop"]);
    assert_eq!(server.requests().len(), requests);
}

#[test]
fn items_come_from_the_file_that_is_named() {
    for line in [
        "kubeseal-rs create db --merge-into inspect/sealed.yaml --prompt ",
        "kubeseal-rs create db --merge-into=inspect/sealed.yaml --prompt pass",
    ] {
        assert_eq!(offered(line), ["password"], "{line}");
    }
    assert_eq!(offered("kubeseal-rs create db --merge-into test-only.key --prompt "), [""; 0]);
}

/// Bash, as it splits words.
#[test]
fn bash_gets_the_end_of_a_word() {
    let line = "kubeseal-rs --scope=cl";
    let mut command = program(&["--", line, "3", "kubeseal-rs", "--scope", "=", "cl"]);
    command.env("KUBESEAL_RS_COMPLETE", "bash");
    assert_eq!(finish(command, b"").stdout, b"cluster-wide\n");
}

#[test]
#[cfg(unix)]
fn no_program_is_run_and_no_strange_word_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let plugin = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: touch, args: ['{}']}}}}",
        mark.display()
    );
    let server = Server::start_tls(Vec::new(), false);
    let kubeconfig = server.kubeconfig(&plugin);
    let text = std::fs::read_to_string(kubeconfig.path()).unwrap();
    let strange = text
        .replace("- name: shop\n", "- name: $(touch mark)\n")
        .replace("namespace: shop", "namespace: ;id");
    std::fs::write(folder.path().join("kubeconfig"), strange).unwrap();
    std::fs::write(folder.path().join(".sealed-secrets.yaml"), "clusters: {$(touch mark): {}}\n").unwrap();
    let pipe = folder.path().join("pipe.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let offered = |line: &str| offered_in(folder.path(), line);
    let flags = "--kubeconfig kubeconfig --insecure-skip-tls-verify";
    assert_eq!(offered(&format!("kubeseal-rs {flags} -n ")), [""; 0]);
    assert_eq!(offered(&format!("kubeseal-rs {flags} keys retire ")), [""; 0]);
    assert_eq!(offered("kubeseal-rs --kubeconfig kubeconfig --context "), ["plain"]);
    assert_eq!(offered("kubeseal-rs seal --for "), [""; 0]);
    assert_eq!(offered("kubeseal-rs create db --merge-into pipe.yaml --prompt "), [""; 0]);
    assert!(!mark.exists() && server.requests().is_empty());
    // A command itself runs it.
    let mut command = program(&["keys", "list", "--insecure-skip-tls-verify"]);
    command
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("KUBECONFIG", folder.path().join("kubeconfig"));
    assert!(!finish(command, b"").status.success() && mark.exists());
}

#[test]
fn clusters_come_from_the_project_file() {
    let folder = tempfile::tempdir().unwrap();
    let project = "clusters:\n  eu: {certificate: eu.pem}\n  us: {certificate: us.pem}\nrules:\n- {path: \"**\", to: [eu, us]}\n";
    std::fs::write(folder.path().join(".sealed-secrets.yaml"), project).unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for line in [
        "kubeseal-rs seal --for ",
        "kubeseal-rs keys list --for ",
        "kubeseal-rs clusters fetch ",
        "kubeseal-rs recipients add ",
    ] {
        assert_eq!(offered_in(folder.path(), line), ["eu", "us"], "{line}");
    }
    assert_eq!(offered_in(folder.path(), "kubeseal-rs seal --for eu,u"), ["eu,us"]);
}
