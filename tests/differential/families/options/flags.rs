//! How flags are written: values joined or separate, booleans in all forms, repeated flags; kubectl's and klog's flags.

use std::sync::Arc;

use anyhow::Result;

use crate::case::Case;
use crate::families::JSON;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

/// Forms of one flag. Everything is sealed into `shop/db`.
const FORMS: &[&str] = &[
    "-oyaml",
    "-o=yaml",
    "-o yaml",
    "--format=yaml",
    "--format yaml",
    "-o yaml -o json",
    "-nshop",
    "-n=shop",
    "--namespace=shop",
    "-n ns/shop",
    "-n namespace/shop",
    "--namespace=namespaces/shop",
    "--namespace shop --namespace other",
    "--namespace other --namespace shop",
    "--name=x",
    "--name x --name y",
    "--scope=cluster-wide",
    "--scope cluster-wide --scope strict",
    "--form yaml",
    "--Format yaml",
    "-format yaml",
    "--allow_empty_data",
    "--controller_name x",
    "--sealed_secret_file out.yaml",
    "-n shop -o yaml --",
    "--secret-file=",
    "--sealed-secret-file=",
    "--merge-into=",
    "--recovery-private-key=",
    "--from-file=",
    "--name=",
    "--namespace=",
    "-on yaml",
    "-noyaml",
];

const KUBECTL: &[&str] = &[
    "--as me",
    "--as=",
    "--kubeconfig=",
    "--context=",
    "--certificate-authority=",
    "--client-certificate= --client-key=",
    "--server=",
    "--token=",
    "--request-timeout=",
    "--insecure-skip-tls-verify=",
    "--as me --as-group a --as-group b",
    "--as-uid 5",
    "--certificate-authority nowhere.crt",
    "--client-certificate nowhere.crt --client-key nowhere.key",
    "--cluster nowhere",
    "--context plain --kubeconfig kubeconfig",
    "--disable-compression",
    "--disable-compression=false",
    "--disable-compression=maybe",
    "--insecure-skip-tls-verify",
    "--insecure-skip-tls-verify=false",
    "--password x --username y",
    "--password -secret --username y",
    "--token -secret",
    "--as me --as-group -x",
    "--name --raw",
    "--proxy-url http://127.0.0.1:1",
    "--request-timeout 5s",
    "--request-timeout 0",
    "--request-timeout soon",
    "--server https://127.0.0.1:1",
    "--tls-server-name x",
    "--token x",
    "--user nobody",
    "-s https://127.0.0.1:1",
    "--controller-name x --controller-namespace y",
];

const KLOG: &[&str] = &[
    "-v 4",
    "-v=9",
    "-v4",
    "--v=2",
    "--v 2",
    "-v",
    "-v x",
    "--v=-1",
    "--vmodule a=2",
    "--vmodule=a=2,b=3",
    "--vmodule a",
    "--logtostderr",
    "--logtostderr=false",
    "--logtostderr=maybe",
    "--alsologtostderr",
    "--alsologtostderr=true",
    "--alsologtostderrthreshold 1",
    "--add_dir_header",
    "--log_backtrace_at :0",
    "--log_backtrace_at x.go:12",
    "--log_backtrace_at x",
    "--log_dir .",
    "--log_dir=",
    "--log_file log.txt",
    "--log_file_max_size 5",
    "--log_file_max_size=x",
    "--one_output",
    "--skip_headers",
    "--skip_log_headers",
    "--stderrthreshold 2",
    "--stderrthreshold=ERROR",
    "--stderrthreshold=error",
    "--stderrthreshold=LOUD",
    "--legacy_stderr_threshold_behavior",
    "--legacy_stderr_threshold_behavior=false",
    "--log-dir .",
    "--skip-headers",
    "--one-output",
];

const BOOLEANS: [&str; 16] = [
    "=true", "=false", "=True", "=FALSE", "=TRUE", "=t", "=F", "=1", "=0", "=yes", "=no", "=", "=tRue",
    " true", " false", "",
];

const EMPTY: &str = "kind: Secret\nmetadata: {name: db, namespace: shop}\n";

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let all = FORMS.iter().chain(KUBECTL).chain(KLOG);
    let mut cases: Vec<Case> = all.map(|args| Case::seal(*args, JSON).args(args)).collect();
    for value in BOOLEANS {
        let case = Case::seal(format!("--allow-empty-data{value}"), EMPTY);
        cases.push(case.args(&format!("--allow-empty-data{value}")));
    }
    for flag in ["--raw", "--fetch-cert", "--re-encrypt", "--validate", "--recovery-unseal", "--version"] {
        cases.push(Case::seal(format!("{flag}=false"), JSON).arg(format!("{flag}=false")));
    }
    for namespace in ["Shop", "sho_p", "shop/ns"] {
        let args = format!("--raw --cert cert.pem --name db -n {namespace}");
        cases.push(Case::bare(args.clone(), &args).stdin("x"));
    }
    for flag in ["--rotate", "--rotate=false"] {
        cases.push(Case::seal(flag, JSON).arg(flag));
    }
    judge(&stage, Family::Flags, cases).await
}
