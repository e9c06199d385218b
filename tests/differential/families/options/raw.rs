//! `--raw`: every combination of scopes, names and namespaces, and every way to give the value.

use std::sync::Arc;

use anyhow::Result;

use crate::case::Case;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const SCOPES: [&str; 5] =
    ["", "--scope strict", "--scope namespace-wide", "--scope cluster-wide", "--scope="];
const NAMES: [&str; 3] = ["", "--name db", "--name="];
const NAMESPACES: [&str; 7] = [
    "",
    "-n shop",
    "--kubeconfig kubeconfig",
    "--kubeconfig kubeconfig --context plain",
    "-n other --kubeconfig kubeconfig",
    "-n dummyNamespace",
    "-n dummyNamespace --kubeconfig kubeconfig",
];

/// How the value is given, and under which arguments.
const VALUES: &[&str] = &[
    "",
    "--from-file value.txt",
    "--from-file=value.txt",
    "--from-file key=value.txt",
    "--from-file =value.txt",
    "--from-file key=",
    "--from-file /dev/stdin",
    "--from-file key=/dev/stdin",
    "--from-file -",
    "--from-file nowhere.txt",
    "--from-file .",
    "--from-file empty.txt",
    "--from-file binary",
    "--from-file a=b.txt",
    "--from-file x=a=b.txt",
    "--from-file value.txt --from-file value.txt",
    "--from-file value.txt,empty.txt",
    "--from-file \"value.txt\"",
    "--from-file=",
    "-o yaml",
    "-o json",
    "-w out.txt",
    "-w out.yaml",
    "-f value.txt",
    "--allow-empty-data",
    "--from-file empty.txt --allow-empty-data",
    "--raw=true",
    "--validate=false",
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let mut cases = Vec::new();
    for scope in SCOPES {
        for name in NAMES {
            for namespace in NAMESPACES {
                let args = format!("{scope} {name} {namespace}");
                cases.push(Case::bare(&args, "--raw --cert cert.pem").args(&args).stdin("hunter2\n"));
            }
        }
    }
    for value in VALUES {
        for (kind, stdin) in [("text", "on stdin\n"), ("nothing", "")] {
            let case =
                Case::bare(format!("{value}, {kind} on stdin"), "--raw --cert cert.pem -n shop --name db");
            cases.push(
                case.args(value)
                    .stdin(stdin)
                    .file("value.txt", "from a file\n")
                    .file("empty.txt", "")
                    .file("binary", [0, 255, 10, 13])
                    .file("b.txt", "b")
                    .file("a=b.txt", "a=b"),
            );
        }
    }
    cases.push(Case::bare("bytes", "--raw --cert cert.pem --scope cluster-wide").stdin([0, 255, 10, 13]));
    cases.push(Case::bare("large", "--raw --cert cert.pem --scope cluster-wide").stdin("x".repeat(500_000)));
    cases.push(Case::bare("dotted", "--raw --cert cert.pem -n shop --name a.b").stdin("x"));
    judge(&stage, Family::Raw, cases).await
}
