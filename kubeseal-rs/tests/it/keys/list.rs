//! `keys list`: what it could not look into is not counted as nothing.

use crate::support::key_lines::{key_lines, nothing_sealed};
use crate::support::program::run;
use crate::support::server::{Server, status};

pub(super) fn fingerprint() -> String {
    let server = Server::start(
        key_lines()
            .into_iter()
            .chain([("/sealedsecrets?&limit=500", 403, status(403, "Forbidden", "not you"))])
            .collect(),
    );
    let kubeconfig = server.kubeconfig("{}");
    let kubeconfig = kubeconfig.path().to_str().unwrap();
    let args = ["keys", "list", "-o", "json", "--warn=always", "--kubeconfig", kubeconfig];
    let output = run(&args, b"");
    // Who may read keys may not be one who may list SealedSecrets: what can be told is told.
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("the right to list sealedsecrets"), "{told}");
    let listing: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listing["keys"][0]["cluster"], serde_json::Value::Null);
    assert_eq!(listing["keys"][0]["newest"], true);
    listing["keys"][0]["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn what_was_not_looked_into_is_not_counted_as_nothing() {
    let mut lines = key_lines();
    lines.push(nothing_sealed());
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let list = |arguments: &[&str]| {
        let all = ["keys", "list", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let output = run(&[&all, arguments].concat(), b"");
        let [told, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), told, error)
    };
    let (code, told, error) = list(&["nowhere", "-o", "json"]);
    let listing: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(code, Some(1), "{error}");
    assert!(listing["keys"][0]["files"].is_null() && listing["keys"][0]["cluster"] == 0, "{told}");
    let not_looked = listing["notLookedInto"].as_array().unwrap();
    assert!(not_looked.len() == 1 && not_looked[0].as_str().unwrap().starts_with("nowhere: "), "{told}");
    assert!(error.contains("1 of what was named could not be looked into"), "{error}");
    let (code, told, _) = list(&["nowhere"]);
    assert!(
        code == Some(1) && told.contains("FILES") && told.contains("  ?      sealed-secrets-keyabcde"),
        "{told}"
    );

    let empty = tempfile::tempdir().unwrap();
    let (code, told, error) = list(&[empty.path().to_str().unwrap(), "-o", "json"]);
    let listing: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(code, Some(0), "{error}");
    assert!(listing["keys"][0]["files"] == 0 && listing["notLookedInto"] == serde_json::json!([]), "{told}");
}
