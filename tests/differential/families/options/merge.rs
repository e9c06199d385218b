//! `--merge-into`: which items are added, replaced, kept and refused.

use std::sync::Arc;

use anyhow::Result;
use tests::lab::Maker;

use crate::case::Case;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

/// What is sealed first: a name, a Secret, flags.
const TARGETS: &[(&str, &str, &str)] = &[
    ("strict", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: old, b: kept}\n", ""),
    (
        "namespace-wide",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: old, b: kept}\n",
        "--scope namespace-wide",
    ),
    (
        "cluster-wide",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: old, b: kept}\n",
        "--scope cluster-wide",
    ),
    (
        "rich",
        "kind: Secret\ntype: kubernetes.io/basic-auth\nimmutable: true\nmetadata: {name: db, namespace: shop, labels: {l: old, m: kept}, \
              annotations: {x: old, z: kept}}\nstringData: {a: old, b: kept}\n",
        "",
    ),
    ("empty", "kind: Secret\nmetadata: {name: db, namespace: shop}\n", "--allow-empty-data"),
];

/// The input that is merged into it.
const INPUTS: &[(&str, &str)] = &[
    ("add", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {c: new}\n"),
    ("replace", "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: new}\n"),
    (
        "add and replace",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: new, c: new}\n",
    ),
    ("no name", "kind: Secret\nstringData: {a: new}\n"),
    ("other name", "kind: Secret\nmetadata: {name: other}\nstringData: {a: new}\n"),
    ("other namespace", "kind: Secret\nmetadata: {name: db, namespace: other}\nstringData: {a: new}\n"),
    ("no namespace", "kind: Secret\nmetadata: {name: db}\nstringData: {a: new}\n"),
    (
        "labels",
        "kind: Secret\nmetadata: {name: db, namespace: shop, labels: {l: new, o: new}, annotations: {x: new, w: new}}\nstringData: {a: new}\n",
    ),
    (
        "other scope",
        "kind: Secret\nmetadata: {name: db, namespace: shop, annotations: {sealedsecrets.bitnami.com/cluster-wide: 'true'}}\nstringData: {a: new}\n",
    ),
    (
        "type",
        "kind: Secret\ntype: example.com/t\nimmutable: false\nmetadata: {name: db, namespace: shop}\nstringData: {a: new}\n",
    ),
    ("no data", "kind: Secret\nmetadata: {name: db, namespace: shop}\n"),
    (
        "two documents",
        "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: new}\n---\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {c: new}\n",
    ),
    ("nothing", ""),
    ("broken", "kind: [Secret\n"),
    (
        "finalizers",
        "kind: Secret\nmetadata: {name: db, namespace: shop, finalizers: [a/b]}\nstringData: {a: new}\n",
    ),
];

/// Flags beside `--merge-into`, for one target and one input.
const FLAGS: &[&str] = &[
    "--scope cluster-wide",
    "--scope namespace-wide",
    "--scope strict",
    "-n shop",
    "-n other",
    "--name db",
    "--name other",
    "-w out.yaml",
    "-o yaml",
    "-o json",
    "--allow-empty-data",
    "-f in.yaml",
    "--raw",
    "--kubeconfig kubeconfig",
];

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let mut cases = Vec::new();
    for (target, secret, args) in TARGETS {
        for format in ["json", "yaml"] {
            let sealed = stage.sealed(Maker::Upstream, &format!("{args} -o {format}"), secret).await?;
            for (input, text) in INPUTS {
                let name = format!("{input} into {target} in {format}");
                cases.push(merge(name, &format!("target.{format}"), &sealed, format).stdin(text));
            }
        }
    }
    for (maker, format) in [(Maker::Ours, "json"), (Maker::Upstream, "yaml")] {
        let (_, secret, _) = TARGETS[0];
        let (_, input) = INPUTS[2];
        let sealed = stage.sealed(maker, &format!("-o {format}"), secret).await?;
        for flags in FLAGS {
            let case =
                merge(format!("{flags} into {format}"), "target", &sealed, "").args(flags).stdin(input);
            cases.push(case.file("in.yaml", input));
        }
        cases.extend(targets(format, &sealed).into_iter().map(|case| case.stdin(input)));
    }
    judge(&stage, Family::Merge, cases).await
}

/// With the format as a flag: without it, upstream's kubeseal writes JSON, whatever the file was.
fn merge(name: String, file: &str, sealed: &str, format: &str) -> Case {
    let case = Case::bare(name, "--cert cert.pem --merge-into").arg(file).file(file, sealed);
    if format.is_empty() { case } else { case.args("-o").arg(format) }
}

/// Targets that are not a valid SealedSecret.
fn targets(format: &str, sealed: &str) -> Vec<Case> {
    let case = |name: &str, text: String| merge(format!("{name} in {format}"), "target", &text, format);
    vec![
        case("empty target", String::new()),
        case("text as target", "hello\n".into()),
        case(
            "Secret as target",
            "kind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: x}\n".into(),
        ),
        case("two targets", format!("{sealed}---\n{sealed}")),
        case("separator before the target", format!("---\n{sealed}")),
        case("comment in the target", format!("# a comment\n{sealed}")),
        case("target with CRLF", sealed.replace('\n', "\r\n")),
        case("target without a namespace", sealed.replace("namespace", "clusterName")),
        case(
            "target without a name",
            sealed
                .replace("name: db", "clusterName: db")
                .replace(r#""name": "db""#, r#""clusterName": "db""#),
        ),
        Case::bare(format!("no target for {format}"), "--cert cert.pem --merge-into nowhere.yaml"),
        Case::bare(format!("folder as target for {format}"), "--cert cert.pem --merge-into ."),
    ]
}
