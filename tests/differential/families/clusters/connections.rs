//! How the cluster is reached, and as which user: proxies, certificate authorities, client certificates, tokens,
//! credential plugins, several kubeconfigs, impersonation. The controller is the same for all; a request without the
//! right identity is refused.
//!
//! `kubeconfig`: the entries that cases name; `people`: the users' permissions; `proxy`: the proxy of the cases.

mod kubeconfig;
mod people;
mod plugins;
mod proxy;

use anyhow::{Result, ensure};
use serde_json::Value;

use self::kubeconfig::{context_file, kubeconfig, with_odd_user};
use self::people::People;
use self::proxy::Proxy;
use crate::case::Case;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const IMPERSONATION: &[&str] = &[
    "--as reader",
    "--as other",
    "--as reader --as-group readers",
    "--as reader --as-group readers --as-group others",
    "--as reader --as-group readers,others",
    "--as reader --as-group others",
    "--as reader --as-uid 5",
    "--as reader --as-uid 6",
    "--as reader --as-group readers --as-uid 5",
    "--as-group readers",
    "--as-uid 5",
    "--as=",
];

/// Flags for the user without credentials, with a cluster that works.
const FLAGS: &[&str] = &[
    "--token-of-fixture",
    "--client-certificate admin.crt --client-key admin.key",
    "--client-certificate admin.crt",
    "--client-key admin.key",
    "--client-certificate admin.crt --client-key pkcs8.pem",
    "--client-certificate nowhere.crt --client-key nowhere.key",
    "--username me --password x",
    "--user token",
    "--user nowhere",
    "--user token --cluster dead",
    "--user token --cluster nowhere",
    "--user token --certificate-authority cert.pem",
    "--user token --certificate-authority nowhere.pem",
    "--user token --insecure-skip-tls-verify",
    "--user token --insecure-skip-tls-verify --certificate-authority cert.pem",
    "--user token --cluster no-authority --certificate-authority ca.crt",
    "--user token --cluster no-authority --insecure-skip-tls-verify",
    "--user token --tls-server-name kubernetes",
    "--user token --tls-server-name elsewhere",
    "--user token --server https://127.0.0.1:1",
    "--user token --cluster dead -s @server",
    "--user token --cluster dead --server @server --certificate-authority ca.crt",
    "--user token --proxy-url http://127.0.0.1:1",
    "--user token --cluster named --proxy-url @proxy",
    "--user token --cluster proxied --proxy-url http://127.0.0.1:1",
    "--user admin --token wrong",
    "--user wrong-token --client-certificate admin.crt --client-key admin.key",
    "--user token-file --token wrong",
    "--context whole",
    "--context whole --user nobody",
    "--context whole --cluster dead",
    "--user token --disable-compression",
];

/// Variables for the cluster whose name only the proxy can resolve.
const PROXIES: &[&str] = &[
    "",
    "HTTPS_PROXY=@proxy",
    "https_proxy=@proxy",
    "HTTPS_PROXY=@bare",
    "HTTP_PROXY=@proxy",
    "ALL_PROXY=@proxy",
    "HTTPS_PROXY=http://127.0.0.1:1",
    "HTTPS_PROXY=@proxy https_proxy=http://127.0.0.1:1",
    "https_proxy=@proxy HTTPS_PROXY=http://127.0.0.1:1",
    "HTTPS_PROXY=@proxy NO_PROXY=*",
    "HTTPS_PROXY=@proxy no_proxy=*",
    "HTTPS_PROXY=@proxy NO_PROXY=kubernetes.default.svc",
    "HTTPS_PROXY=@proxy NO_PROXY=.default.svc",
    "HTTPS_PROXY=@proxy NO_PROXY=default.svc",
    "HTTPS_PROXY=@proxy NO_PROXY=elsewhere,svc",
    "HTTPS_PROXY=@proxy NO_PROXY=kubernetes",
    "HTTPS_PROXY=@proxy NO_PROXY=kubernetes.default.svc:1",
    "HTTPS_PROXY=@guarded",
    "HTTPS_PROXY=@password",
    "HTTPS_PROXY=@wrong",
];

/// Cases which show that others fail for their own reasons.
const POSSIBLE: &[&str] = &[
    "--fetch-cert --cluster proxied --user token",
    "--fetch-cert --cluster proxied-with-password --user token",
    "--fetch-cert --user admin-beside",
    "--fetch-cert --user as-reader-of-uid",
    "--fetch-cert --user as-reader-with-extra",
    "--validate --user plugin",
    "--validate --user plugin-told-the-cluster",
    "--validate --user token-file",
    "--re-encrypt --as reader --as-group readers --as-uid 5",
    "flags --client-certificate admin.crt --client-key admin.key",
    "named with HTTPS_PROXY=@proxy",
    "named with HTTPS_PROXY=@password",
    "KUBECONFIG=context:config",
    "in the home",
];

pub(crate) async fn agree(stage: &Stage, sealed: &str) -> Result<()> {
    let people = People::settle(stage).await?;
    let proxy = Proxy::start(stage.lab.control_plane.port()).await?;
    let config = kubeconfig(stage, &people, &proxy)?;
    let mut cases = Vec::new();
    let choices =
        |kind, choice: fn(&str) -> String| names(&config, kind).into_iter().map(move |name| choice(&name));
    for to in choices("clusters", |name| format!("--cluster {name} --user token")) {
        cases.push(Case::bare(format!("--fetch-cert {to}"), "--fetch-cert").args(&to));
    }
    for by in choices("users", |name| format!("--user {name}")) {
        for verb in ["--fetch-cert", "--validate"] {
            cases.push(Case::bare(format!("{verb} {by}"), verb).args(&by));
        }
    }
    for flags in FLAGS {
        let given = proxy.named(flags).replace("@server", &stage.lab.control_plane.url());
        let given = given.replace("--token-of-fixture", &format!("--token {}", people.token));
        cases.push(Case::bare(format!("flags {flags}"), "--fetch-cert").args(&given));
    }
    for flags in IMPERSONATION {
        for verb in ["--fetch-cert", "--re-encrypt"] {
            let case = Case::bare(format!("{verb} {flags}"), verb).args("--user impersonator");
            cases.push(case.args(flags));
        }
    }
    for cluster in ["named", "proxied", "live"] {
        // NO_PROXY matters only where a proxy is set.
        for variables in PROXIES.iter().filter(|it| cluster == "named" || !it.contains("NO_PROXY")) {
            let mut case =
                Case::bare(format!("{cluster} with {variables}"), "--fetch-cert --user token --cluster");
            for (name, value) in variables.split(' ').filter_map(|pair| pair.split_once('=')) {
                case = case.env(name, &proxy.named(value));
            }
            cases.push(case.arg(cluster));
        }
    }
    let mut cases: Vec<Case> = cases.into_iter().map(|case| case.env("KUBECONFIG", "config")).collect();
    cases.extend(several());
    for case in &mut cases {
        case.is_possible = POSSIBLE.contains(&case.name.as_str());
    }
    let possible = cases.iter().filter(|case| case.is_possible).count();
    ensure!(possible == POSSIBLE.len(), "{possible} cases of {POSSIBLE:?}");
    let cases = cases.into_iter().map(|case| with_files(case.stdin(sealed), &config, &people)).collect();
    judge(stage, Family::Connections, cases).await
}

/// Kubeconfigs in several files, and the one in the home directory.
fn several() -> Vec<Case> {
    let paths = [
        "config",
        "context:config",
        "config:context",
        "context",
        "other-user:context:config",
        "context:config:other-user",
        "nowhere:context:config",
        "context:broken:config",
        "context::config",
        "empty:context:config",
        "folder/config",
        "context:folder/config",
    ];
    let mut cases: Vec<Case> = paths
        .iter()
        .map(|paths| Case::bare(format!("KUBECONFIG={paths}"), "--fetch-cert").env("KUBECONFIG", paths))
        .collect();
    for flags in [
        "--kubeconfig config --context whole",
        "--kubeconfig context",
        "--kubeconfig context:config",
        "--kubeconfig folder/config --context whole",
        "--kubeconfig odd --context whole",
        "--kubeconfig odd --user odd",
    ] {
        let case = Case::bare(format!("KUBECONFIG=admin {flags}"), "--fetch-cert").args(flags);
        cases.push(case.env("KUBECONFIG", "admin"));
    }
    cases.push(Case::bare("in the home", "--fetch-cert --context whole").env("HOME", "."));
    cases.push(
        Case::bare("in the home, but for KUBECONFIG", "--fetch-cert")
            .env("HOME", ".")
            .env("KUBECONFIG", "context"),
    );
    cases
}

fn with_files(case: Case, config: &Value, people: &People) -> Case {
    let case = people.credentials(case);
    case.file("config", config.to_string())
        .file("context", context_file("token").to_string())
        .file("other-user", context_file("nobody").to_string())
        .file("odd", with_odd_user(config).to_string())
        .file("broken", "clusters: [")
        .file("empty", "")
        .file("wrong", "wrong")
        .file("token.line", format!("{}\n", people.token))
        .file("folder/config", config.to_string())
        .file("folder/token", &people.token)
        .file(".kube/config", config.to_string())
        .file(".kube/token", &people.token)
}

fn names(config: &Value, kind: &str) -> Vec<String> {
    let entries = config[kind].as_array().into_iter().flatten();
    entries.filter_map(|entry| entry["name"].as_str()).map(str::to_owned).collect()
}
