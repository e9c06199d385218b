//! SealedSecrets and the controller: verified, resealed in place and in a stream.

use crate::support::program::{program, run};
use crate::support::server::{Line, PORTS, Server};
use std::process::Output;

const SEALED: &str = "# Kept.\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db # also kept\n  \
                      namespace: shop\nspec:\n  encryptedData:\n    password: AgA=\n";

fn service() -> Line {
    ("/services/sealed-secrets-controller", 200, PORTS.into())
}

fn answer(name: &str, annotations: &str) -> Line {
    let answer = format!(
        r#"{{"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {{"name": "{name}", "namespace": "shop", "annotations": {annotations}}}, "spec": {{"template": {{"type": "hunter2"}}, "encryptedData": {{"password": "AgNEW="}}}}}}"#
    );
    ("rotate", 200, answer)
}

fn ask(server: &Server, arguments: &[&str], input: &[u8]) -> Output {
    let kubeconfig = server.kubeconfig("{}");
    run(&[&["--kubeconfig", kubeconfig.path().to_str().unwrap()], arguments].concat(), input)
}

#[test]
fn every_document_is_verified() {
    let server = Server::start(vec![service(), ("verify", 200, String::new())]);
    let output = ask(&server, &["--validate"], format!("{SEALED}---\n{SEALED}").as_bytes());
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|request| request.starts_with("POST ")).count(), 2);
    assert!(asked[1].contains(r#""encryptedData":{"password":"AgA="}"#), "{}", asked[1]);
}

#[test]
fn it_is_asked_again_where_there_were_too_many_requests() {
    let busy = || ("verify", 429, String::new());
    let server = Server::start(vec![service(), busy(), busy(), ("verify", 200, String::new())]);
    assert!(ask(&server, &["--validate"], SEALED.as_bytes()).status.success());
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn a_file_is_resealed_in_place_and_keeps_the_rest() {
    let server = Server::start(vec![
        service(),
        answer("db", r#"{"sealedsecrets.bitnami.com/certificate-fingerprint": "ab"}"#),
    ]);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    std::fs::write(&path, format!("{SEALED}---\nkind: ConfigMap\n---\n{SEALED}")).unwrap();
    let output = ask(&server, &["--re-encrypt", "-f", path.to_str().unwrap()], b"");
    assert!(
        output.status.success() && output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("password: AgNEW=").count(), 2, "{text}");
    assert_eq!(text.matches("certificate-fingerprint: ab").count(), 2, "{text}");
    assert_eq!(text.matches("# also kept").count(), 2);
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_stream_is_resealed_to_a_stream() {
    let server = Server::start(vec![service(), answer("db", "{}")]);
    let output = ask(
        &server,
        &["--rotate", "-o", "yaml", "--warn=always"],
        format!("{SEALED}---\n{SEALED}").as_bytes(),
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches("password: AgNEW=").count(), 2, "{text}");
    assert_eq!(output.stderr, b"warning: --rotate is the old name of --re-encrypt\n");
    let output = ask(&server, &["--rotate", "--quiet"], SEALED.as_bytes());
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn another_object_or_a_wider_scope_is_not_followed() {
    for line in [answer("other", "{}"), answer("db", r#"{"sealedsecrets.bitnami.com/cluster-wide": "true"}"#)]
    {
        let server = Server::start(vec![service(), line]);
        let output = ask(&server, &["--re-encrypt"], SEALED.as_bytes());
        assert!(String::from_utf8_lossy(&output.stderr).contains("is not the same SealedSecret"));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn nothing_is_written_unless_all_of_it_is_resealed() {
    let refused = ("rotate", 409, String::new());
    let server = Server::start(vec![service(), answer("db", "{}"), refused]);
    let file = tempfile::NamedTempFile::new().unwrap();
    let before = format!("{SEALED}---\n{SEALED}");
    std::fs::write(file.path(), &before).unwrap();
    let output = ask(&server, &["--re-encrypt", "-f", file.path().to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), before);
}

#[test]
fn what_names_no_namespace_is_told_so_and_placed_by_a_flag() {
    let none = SEALED.replace("  namespace: shop\n", "");
    for (job, path) in [("--validate", "verify"), ("--re-encrypt", "rotate")] {
        let server = Server::start(vec![service(), (path, 409, String::new())]);
        let stderr = String::from_utf8(ask(&server, &[job], none.as_bytes()).stderr).unwrap();
        assert!(
            stderr.contains("hint: it names no namespace") && stderr.contains("-n NAMESPACE"),
            "{stderr}"
        );
        let stderr = String::from_utf8(ask(&server, &[job, "-n", "shop"], none.as_bytes()).stderr).unwrap();
        assert!(stderr.contains("hint: it was sealed for another cluster"), "{stderr}");
        assert!(server.asked().last().unwrap().contains(r#""namespace":"shop""#));
        // Its own counts.
        ask(&server, &[job, "-n", "other"], SEALED.as_bytes());
        assert!(server.asked().last().unwrap().contains(r#""namespace":"shop""#));
    }
    let server = Server::start(vec![service(), answer("db", "{}")]);
    let output = ask(&server, &["--re-encrypt", "-n", "shop", "-o", "yaml"], none.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("AgNEW=") && !text.contains("shop"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_file_that_changed_while_the_controller_resealed_it_is_left_alone() {
    let server = Server::start(vec![service(), answer("db", "{}")]);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    std::fs::write(&path, SEALED).unwrap();
    // A kubeconfig that is read once the other side writes it, by when the file was read.
    let pipe = directory.path().join("kubeconfig");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let arguments = ["--kubeconfig", pipe.to_str().unwrap(), "--re-encrypt", "-f", path.to_str().unwrap()];
    let child = program(&arguments).spawn().unwrap();
    let kubeconfig = std::fs::read(server.kubeconfig("{}").path()).unwrap();
    let mut writer = std::fs::File::options().write(true).open(&pipe).unwrap();
    assert!(std::fs::File::open(&path).unwrap().try_lock().is_err(), "another of us would not wait");
    // An editor knows of no lock.
    let saved = format!("{SEALED}# saved meanwhile\n");
    std::fs::write(&path, &saved).unwrap();
    std::io::Write::write_all(&mut writer, &kubeconfig).unwrap();
    drop(writer);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1) && stderr.contains("another program changed it meanwhile"),
        "{stderr}"
    );
    assert!(server.asked().iter().any(|request| request.starts_with("POST ")), "it was not resealed");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), saved);
}
