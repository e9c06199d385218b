//! `SEALED_SECRETS_*`: each flag from the environment, and whether flag or variable wins.

use std::sync::Arc;

use anyhow::Result;

use crate::case::{Case, Compared};
use crate::families::JSON;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const NO_NAMESPACE: &str = "kind: Secret\nmetadata: {name: db}\nstringData: {k: v}\n";

/// Variables, arguments, and whether the input has no namespace.
const VARIABLES: &[(&str, &str)] = &[
    ("CERT=cert.pem", ""),
    ("CERT=nowhere.pem", "--cert cert.pem"),
    ("CERT=cert.pem", "--cert nowhere.pem"),
    ("CERT=cert.pem", "--cert="),
    ("FORMAT=yaml", "--cert cert.pem"),
    ("FORMAT=yaml", "--cert cert.pem -o json"),
    ("FORMAT=xml", "--cert cert.pem"),
    ("FORMAT=xml", "--cert cert.pem -o json"),
    ("FORMAT=", "--cert cert.pem"),
    ("SECRET_FILE= SEALED_SECRET_FILE= MERGE_INTO= NAME= NAMESPACE= SCOPE=", "--cert cert.pem"),
    (
        "KUBECONFIG= CERTIFICATE_AUTHORITY= CLIENT_CERTIFICATE= CLIENT_KEY= REQUEST_TIMEOUT=",
        "--cert cert.pem",
    ),
    ("REQUEST_TIMEOUT=soon", "--fetch-cert --server http://127.0.0.1:1"),
    ("RAW= FETCH_CERT= VALIDATE= RE_ENCRYPT= RECOVERY_UNSEAL=", "--cert cert.pem"),
    ("RECOVERY_PRIVATE_KEY=", "--recovery-unseal"),
    ("SCOPE=cluster-wide", "--cert cert.pem"),
    ("SCOPE=cluster-wide", "--cert cert.pem --scope strict"),
    ("SCOPE=nowhere", "--cert cert.pem"),
    ("NAME=from-env", "--cert cert.pem"),
    ("NAMESPACE=from-env", "--cert cert.pem"),
    ("NAMESPACE=from-env", "--cert cert.pem -n shop"),
    ("NAMESPACE=shop", "--cert cert.pem"),
    ("SECRET_FILE=in.yaml", "--cert cert.pem"),
    ("SECRET_FILE=nowhere.yaml", "--cert cert.pem"),
    ("SEALED_SECRET_FILE=out.yaml", "--cert cert.pem"),
    ("ALLOW_EMPTY_DATA=true", "--cert cert.pem -f empty.yaml"),
    ("ALLOW_EMPTY_DATA=1", "--cert cert.pem -f empty.yaml"),
    ("ALLOW_EMPTY_DATA=false", "--cert cert.pem -f empty.yaml"),
    ("ALLOW_EMPTY_DATA=true", "--cert cert.pem -f empty.yaml --allow-empty-data=false"),
    ("ALLOW_EMPTY_DATA=maybe", "--cert cert.pem"),
    ("ALLOW_EMPTY_DATA=", "--cert cert.pem"),
    ("RAW=true", "--cert cert.pem --name db -n shop"),
    ("RAW=1 NAME=from-env NAMESPACE=from-env SCOPE=strict", "--cert cert.pem"),
    ("RAW=true FROM_FILE=in.yaml SCOPE=cluster-wide", "--cert cert.pem"),
    ("RAW=true FROM_FILE=in.yaml,empty.yaml SCOPE=cluster-wide", "--cert cert.pem"),
    ("FROM_FILE=in.yaml", "--cert cert.pem --raw --scope cluster-wide --from-file empty.yaml"),
    ("RAW=true", "--cert cert.pem --fetch-cert"),
    ("FETCH_CERT=true", "--cert cert.pem"),
    ("FETCH_CERT=true", "--cert cert.pem --fetch-cert=false"),
    ("KUBECONFIG=kubeconfig", "--cert cert.pem -f bare.yaml"),
    ("KUBECONFIG=kubeconfig CONTEXT=plain", "--cert cert.pem -f bare.yaml"),
    ("CONTROLLER_NAME=x CONTROLLER_NAMESPACE=y", "--cert cert.pem"),
    ("MERGE_INTO=nowhere.yaml", "--cert cert.pem"),
    ("RECOVERY_UNSEAL=true", "--cert cert.pem"),
    ("NO_SUCH_FLAG=true", "--cert cert.pem"),
    ("VERSION=true", "--cert cert.pem"),
    ("VERSION=0.38.4", "--cert cert.pem"),
    ("HELP=true", "--cert cert.pem"),
    ("V=4", "--cert cert.pem"),
    ("V=x", "--cert cert.pem"),
    ("LOGTOSTDERR=false", "--cert cert.pem"),
    ("AS=me REQUEST_TIMEOUT=5s", "--cert cert.pem"),
    ("INSECURE_SKIP_TLS_VERIFY=true", "--cert cert.pem"),
    ("INSECURE_SKIP_TLS_VERIFY=perhaps", "--cert cert.pem"),
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let mut cases = Vec::new();
    for (variables, args) in VARIABLES {
        let mut case = Case::bare(format!("{variables} {args}"), args)
            .stdin(JSON)
            .file("in.yaml", NO_NAMESPACE.replace("name: db", "name: other, namespace: shop"))
            .file("bare.yaml", NO_NAMESPACE)
            .file("empty.yaml", "kind: Secret\nmetadata: {name: db, namespace: shop}\n");
        for (name, value) in variables.split(' ').filter_map(|pair| pair.split_once('=')) {
            case = case.env(&format!("SEALED_SECRETS_{name}"), value);
        }
        case.compared = match *variables {
            "VERSION=true" => Compared::Version,
            "HELP=true" => Compared::Status,
            _ => Compared::Everything,
        };
        cases.push(case);
    }
    // KUBECONFIG with several files, some of which do not exist.
    for files in ["kubeconfig", "nowhere", "nowhere:kubeconfig", "kubeconfig:nowhere", "admin:kubeconfig", ""]
    {
        let case = Case::seal(format!("KUBECONFIG {files:?}"), NO_NAMESPACE).env("KUBECONFIG", files);
        cases.push(case);
    }
    cases.push(
        Case::seal("flag before KUBECONFIG", NO_NAMESPACE)
            .args("--kubeconfig kubeconfig")
            .env("KUBECONFIG", "nowhere"),
    );
    cases.push(Case::seal("in the home", NO_NAMESPACE).env("HOME", "/nowhere"));
    cases.push(Case::seal("POD_NAMESPACE", NO_NAMESPACE).env("POD_NAMESPACE", "shop"));
    judge(&stage, Family::Environment, cases).await
}
