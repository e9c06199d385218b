//! Errors before anything is sealed: flags that do not exist or do not fit, files that do not exist.

use std::sync::Arc;

use anyhow::Result;

use crate::case::{Case, Compared};
use crate::families::JSON;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

/// Arguments; each case gets a Secret on standard input.
const ARGUMENTS: &[&str] = &[
    "--cert cert.pem --no-such-flag",
    "--cert cert.pem -x",
    "--cert cert.pem extra",
    "--cert cert.pem -- extra",
    "--cert cert.pem -",
    "--cert cert.pem --format xml",
    "--cert cert.pem -o YAML",
    "--cert cert.pem -o Json",
    "--cert cert.pem -o yml",
    "--cert cert.pem -oxml",
    "--cert cert.pem --format=",
    "--cert cert.pem -o",
    "--cert cert.pem -w out.yaml -o xml",
    "--cert cert.pem --raw --scope cluster-wide -o xml",
    "--cert cert.pem --fetch-cert -o xml",
    "--version -o xml",
    "--cert cert.pem --scope wide",
    "--cert cert.pem --scope Strict",
    "--cert cert.pem --scope cluster",
    "--cert cert.pem --secret-file nowhere.yaml",
    "--cert cert.pem -f .",
    "--cert cert.pem -w nowhere/out.yaml",
    "--cert cert.pem -w .",
    "--cert cert.pem --allow-empty-data=maybe",
    "--cert cert.pem --raw=maybe",
    "--cert cert.pem --raw=",
    "--cert cert.pem --raw",
    "--cert cert.pem --raw -n shop",
    "--cert cert.pem --raw --scope cluster-wide -f nowhere.txt",
    "--cert cert.pem --raw --scope cluster-wide --from-file nowhere.txt",
    "--cert cert.pem --raw --scope cluster-wide --from-file cert.pem --from-file cert.pem",
    "--cert cert.pem --allow-empty-data true",
    "--cert cert.pem --from-file cert.pem",
    "--cert cert.pem --raw --fetch-cert",
    "--cert cert.pem --fetch-cert --validate",
    "--cert cert.pem --raw --validate",
    "--cert cert.pem --merge-into nowhere.yaml",
    "--cert cert.pem --recovery-unseal",
    "--recovery-unseal --recovery-private-key nowhere.pem",
    "--cert nowhere.pem",
    "--cert http://127.0.0.1:1/cert.pem",
    "--cert ftp://127.0.0.1:1/cert.pem",
    "--cert cert.pem -n",
    "--cert cert.pem --name",
    "--cert",
    "--cert=",
    "--cert cert.pem --kubeconfig nowhere",
    "--cert cert.pem --kubeconfig nowhere -n shop",
    "--cert cert.pem --kubeconfig cert.pem",
    "--cert cert.pem --kubeconfig kubeconfig --context nowhere",
    "--kubeconfig kubeconfig",
    "--kubeconfig nowhere",
    "",
    "--fetch-cert",
    "--fetch-cert --kubeconfig kubeconfig",
    "--validate",
    "--re-encrypt",
    "--rotate",
    "--recovery-unseal",
    "--fetch-cert --kubeconfig nowhere",
    "--fetch-cert --kubeconfig kubeconfig --context nowhere",
    "--fetch-cert --kubeconfig kubeconfig --user nowhere",
    "--fetch-cert -s http://127.0.0.1:1",
    "--fetch-cert -s http://127.0.0.1:1 --request-timeout soon",
    "--validate -s http://127.0.0.1:1 --request-timeout soon",
    "--re-encrypt -s http://127.0.0.1:1 --request-timeout 5x",
    "--fetch-cert -s http://127.0.0.1:1 --request-timeout -5s",
    "--fetch-cert --insecure-skip-tls-verify=maybe",
    "--cert cert.pem --request-timeout",
    "---x",
    "--=x",
    "-=x",
    "--help",
    "-h",
    "--help=true",
    "--help=false --cert cert.pem",
    "--help=maybe",
    "--help --no-such-flag",
    "-h --no-such-flag",
    "--no-such-flag --help",
    "--no-such-flag -h",
    "--help extra",
    "--help --cert nowhere.pem",
    "--version",
    "--version=maybe",
    "--version --no-such-flag",
    "--version extra",
    "--version --cert nowhere.pem",
    "-version",
    "version",
    "help",
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let mut cases: Vec<Case> = ARGUMENTS.iter().map(|args| Case::bare(*args, args).stdin(JSON)).collect();
    // Output for people is not compared.
    for case in &mut cases {
        if case.name.contains("help") || case.name.contains("-h") {
            case.compared = Compared::Status;
        } else if case.name.starts_with("--version") {
            case.compared = Compared::Version;
        }
    }
    cases.push(Case::seal("not UTF-8", b"kind: Secret\nstringData: {a: \xff\xfe}\n"));
    cases.push(Case::seal("UTF-16", b"\xff\xfek\0i\0n\0d\0:\0 \0S\0e\0c\0r\0e\0t\0\n\0"));
    cases.push(Case::seal("bytes", [0_u8, 159, 146, 150, 1, 2, 3]));
    judge(&stage, Family::Wrong, cases).await
}
