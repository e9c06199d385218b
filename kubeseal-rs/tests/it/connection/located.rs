//! Which Service is taken for the controller's, where it does not have the default name, and which is only shown.

use crate::support::program::{fixture, run};
use crate::support::server::{Line, PORTS, Server, status};
use std::process::Output;

const DEFAULT: &str = "/namespaces/kube-system/services/sealed-secrets-controller";
const HELMS: &str = "/namespaces/kube-system/services/sealed-secrets";
const HERE: &str = "/namespaces/kube-system/services?labelSelector=app.kubernetes.io/name%3Dsealed-secrets";
const EVERYWHERE: &str = "/api/v1/services?labelSelector=app.kubernetes.io/name%3Dsealed-secrets";
const PROXY: &str = "/services/http:sealed-secrets:web/proxy/v1/cert.pem";

fn service(namespace: &str, name: &str, component: &str) -> String {
    let labels = format!(
        r#"{{"app.kubernetes.io/name": "sealed-secrets", "app.kubernetes.io/component": "{component}"}}"#
    );
    let metadata =
        format!(r#""metadata": {{"name": "{name}", "namespace": "{namespace}", "labels": {labels}}}"#);
    PORTS.replace(r#""metadata": {}"#, &metadata)
}

fn list(services: &[String]) -> String {
    format!(
        r#"{{"kind": "ServiceList", "apiVersion": "v1", "metadata": {{}}, "items": [{}]}}"#,
        services.join(", ")
    )
}

fn absent(path: &'static str) -> Line {
    (path, 404, status(404, "NotFound", "services not found"))
}

fn forbidden(path: &'static str) -> Line {
    (path, 403, status(403, "Forbidden", "jane cannot"))
}

fn pem() -> Line {
    (PROXY, 200, std::fs::read_to_string(fixture("test-only.crt")).unwrap())
}

/// Runs `--fetch-cert` with these arguments; also the paths that were requested.
fn fetch(lines: Vec<Line>, arguments: &[&str]) -> (Output, Vec<String>) {
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let all =
        [&["--fetch-cert", "--warn=always", "--kubeconfig", kubeconfig.path().to_str().unwrap()], arguments]
            .concat();
    let output = run(&all, b"");
    let path = |request: String| request.split(' ').nth(1).unwrap().to_owned();
    (output, server.requests().into_iter().map(path).collect())
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_name_of_a_helm_release_is_found_by_its_label() {
    let both =
        [service("kube-system", "sealed-secrets", "x"), service("kube-system", "s-metrics", "metrics")];
    let (output, _) = fetch(vec![absent(DEFAULT), (HERE, 200, list(&both)), pem()], &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(output.stdout.starts_with(b"-----BEGIN CERTIFICATE-----"));
    let note = "note: the controller's Service is kube-system/sealed-secrets, found by its label\n";
    assert_eq!(stderr(&output), note);
}

/// With the chart's own Role, a user may read the one Service, and list none.
#[test]
fn the_rights_of_the_chart_are_enough() {
    let served = service("kube-system", "sealed-secrets", "x");
    let (output, _) = fetch(vec![forbidden(DEFAULT), forbidden(HERE), (HELMS, 200, served), pem()], &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    // What is called so may be anything.
    let unlabelled = PORTS.to_owned();
    let lines =
        vec![forbidden(DEFAULT), forbidden(HERE), (HELMS, 200, unlabelled), forbidden(EVERYWHERE), pem()];
    let (output, requests) = fetch(lines, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!requests.iter().any(|path| path.contains("proxy")), "{requests:?}");
    let said = stderr(&output);
    assert!(said.contains("right to get services in namespace kube-system"), "{said}");
    assert!(
        said.contains(
            "tried: the default name, and the label app.kubernetes.io/name=sealed-secrets, in kube-system"
        ),
        "{said}"
    );
}

/// Anyone who may create a Service somewhere could hand out a certificate of their own.
#[test]
fn a_service_in_another_namespace_is_shown_and_not_used() {
    let stranger = [service("shop", "sealed-secrets", "x")];
    let lines = || vec![absent(DEFAULT), (HERE, 200, list(&[])), (EVERYWHERE, 200, list(&stranger)), pem()];
    let (output, requests) = fetch(lines(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(!requests.iter().any(|path| path.contains("proxy")), "{requests:?}");
    let said = stderr(&output);
    assert!(
        said.contains("if it is yours, add --controller-namespace shop --controller-name sealed-secrets;"),
        "{said}"
    );

    let mut found = lines();
    found[2].2 = list(&[stranger[0].clone(), service("vault", "v", "x")]);
    let said = stderr(&fetch(found, &[]).0);
    assert!(
        said.contains(
            "--controller-namespace shop --controller-name sealed-secrets, or --controller-namespace vault --controller-name v;"
        ),
        "{said}"
    );
    let mut nothing = lines();
    nothing[2].2 = list(&[]);
    let said = stderr(&fetch(nothing, &[]).0);
    assert!(said.contains("no Service of the cluster has the label"), "{said}");
}

#[test]
fn of_several_none_is_used() {
    let several = [service("kube-system", "sealed-secrets", "x"), service("kube-system", "other", "x")];
    let (output, requests) = fetch(vec![absent(DEFAULT), (HERE, 200, list(&several)), pem()], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!requests.iter().any(|path| path.contains("proxy")), "{requests:?}");
    let said = stderr(&output);
    assert!(said.contains("several Services in namespace kube-system have the label"), "{said}");
    assert!(
        said.contains("sealed-secrets, other") && said.contains("--controller-name sealed-secrets"),
        "{said}"
    );
}

#[test]
fn a_name_that_was_typed_is_never_replaced() {
    let served = || list(&[service("kube-system", "sealed-secrets", "x")]);
    let lines = vec![absent(DEFAULT), (HERE, 200, served()), (EVERYWHERE, 200, served()), pem()];
    let (output, requests) = fetch(lines, &["--controller-name", "sealed-secrets-controller"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!requests.iter().any(|path| path.contains("proxy")), "{requests:?}");
    let said = stderr(&output);
    assert!(
        said.contains("add --controller-namespace kube-system --controller-name sealed-secrets"),
        "{said}"
    );
    let (output, requests) =
        fetch(vec![forbidden(DEFAULT)], &["--controller-name=sealed-secrets-controller"]);
    assert_eq!((output.status.code(), requests.len()), (Some(1), 1), "{requests:?}");
}
