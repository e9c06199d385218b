//! `keys list`: files and SealedSecrets that it could not read are not counted as none.

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
    // A user who may read keys may not be allowed to list SealedSecrets. The command prints what it can.
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.contains("the right to list sealedsecrets"), "{printed}");
    let listing: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listing["keys"][0]["cluster"], serde_json::Value::Null);
    assert_eq!(listing["keys"][0]["newest"], true);
    assert_eq!(listing["keys"][0]["backedUp"], serde_json::Value::Null);
    listing["keys"][0]["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn files_that_cannot_be_read_are_not_counted_as_none() {
    let mut lines = key_lines();
    lines.push(nothing_sealed());
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let list = |arguments: &[&str]| {
        let all = ["keys", "list", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let output = run(&[&all, arguments].concat(), b"");
        let [printed, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), printed, error)
    };
    let (code, printed, error) = list(&["nowhere", "-o", "json"]);
    let listing: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(code, Some(1), "{error}");
    assert!(listing["keys"][0]["files"].is_null() && listing["keys"][0]["cluster"] == 0, "{printed}");
    let not_looked = listing["notLookedInto"].as_array().unwrap();
    assert!(not_looked.len() == 1 && not_looked[0].as_str().unwrap().starts_with("nowhere: "), "{printed}");
    assert!(error.contains("1 of the given paths could not be read"), "{error}");
    let (code, printed, _) = list(&["nowhere"]);
    assert!(
        code == Some(1) && printed.contains("FILES") && printed.contains("  ?      sealed-secrets-keyabcde"),
        "{printed}"
    );

    let empty = tempfile::tempdir().unwrap();
    let (code, printed, error) = list(&[empty.path().to_str().unwrap(), "-o", "json"]);
    let listing: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(code, Some(0), "{error}");
    assert!(
        listing["keys"][0]["files"] == 0 && listing["notLookedInto"] == serde_json::json!([]),
        "{printed}"
    );
}
