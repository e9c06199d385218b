//! For which namespace a Secret without one is sealed: the kubeconfig's rules, as in kubectl.

use crate::support::program::{finish, fixture, program};
use std::ffi::OsStr;

const SECRET: &[u8] = b"metadata: {name: a}\nstringData: {k: v}\n";

/// The namespace that is sealed for with this `KUBECONFIG`, or the error.
fn namespace(kubeconfig: &OsStr, arguments: &[&str]) -> Result<String, String> {
    let mut command = program(&[&["--cert", "test-only.crt"], arguments].concat());
    command.env("KUBECONFIG", kubeconfig);
    let output = finish(command, SECRET);
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr).unwrap());
    }
    let sealed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    Ok(sealed["metadata"]["namespace"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn several_files_are_one_and_missing_ones_do_not_matter() {
    let directory = tempfile::tempdir().unwrap();
    let first = directory.path().join("first.yaml");
    std::fs::write(
        &first,
        "current-context: own\ncontexts:\n- {name: own, context: {cluster: c, user: u, namespace: mine}}\n",
    )
    .unwrap();
    let missing = directory.path().join("missing.yaml");
    let list = std::env::join_paths([&missing, &first, &fixture("kubeconfig.yaml")]).unwrap();
    assert_eq!(namespace(&list, &[]).unwrap(), "mine");
    assert_eq!(namespace(&list, &["--context", "shop"]).unwrap(), "shop");
    assert_eq!(namespace(&list, &["--context", "plain"]).unwrap(), "default");
    assert!(namespace(missing.as_os_str(), &[]).unwrap_err().contains("--namespace NAMESPACE"));
}

#[test]
fn a_kubeconfig_is_opened_only_where_it_is_needed() {
    let broken = OsStr::new("test-only.key");
    assert!(namespace(broken, &[]).unwrap_err().contains("is not a kubeconfig"));
    assert_eq!(namespace(broken, &["-n", "web"]).unwrap(), "web");
    assert_eq!(namespace(broken, &["--scope", "cluster-wide"]).unwrap(), "");
}
