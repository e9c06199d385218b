//! Users with credential plugins.

use serde_json::{Value, json};

use super::people::People;

const GROUP: &str = "client.authentication.k8s.io";

pub(super) fn plugins(people: &People) -> Value {
    let printed = |version: &str| {
        json!({
            "apiVersion": format!("{GROUP}/{version}"), "kind": "ExecCredential", "status": { "token": people.token },
        })
        .to_string()
    };
    let checked =
        |part: &str| format!("case \"$KUBERNETES_EXEC_INFO\" in *'{part}'*) cat credential.json;; esac");
    json!({
        "plugin": exec("v1", "cat", &["credential.json"]),
        "plugin-v1beta1": exec("v1beta1", "cat", &["credential-v1beta1.json"]),
        "plugin-v1alpha1": exec("v1alpha1", "cat", &["credential-v1alpha1.json"]),
        "plugin-of-other-version": exec("v1", "cat", &["credential-v1beta1.json"]),
        "plugin-with-arguments": exec("v1", "echo", &[&printed("v1")]),
        "plugin-with-certificate": exec("v1", "cat", &["credential-certificate.json"]),
        "plugin-with-half-a-certificate": exec("v1", "cat", &["credential-half.json"]),
        "plugin-expired": exec("v1", "cat", &["credential-expired.json"]),
        "plugin-with-wrong-token": exec("v1", "cat", &["credential-wrong.json"]),
        "plugin-without-status": exec("v1", "cat", &["credential-none.json"]),
        "plugin-beside": exec("v1", "./plugin", &["credential.json"]),
        "plugin-nowhere": exec("v1", "no-such-plugin", &[]),
        "plugin-fails": exec("v1", "sh", &["-c", "cat credential.json; exit 1"]),
        "plugin-silent": exec("v1", "true", &[]),
        "plugin-text": exec("v1", "echo", &["hello"]),
        "plugin-other-kind": exec("v1", "echo", &[r#"{"apiVersion":"v1","kind":"Secret"}"#]),
        "plugin-loud": exec("v1", "sh", &["-c", "echo loud >&2; cat credential.json"]),
        "plugin-that-reads": exec("v1", "sh", &["-c", "cat > /dev/null; cat credential.json"]),
        "plugin-told-the-cluster": with(exec("v1", "sh", &["-c", &checked("127.0.0.1")]), "provideClusterInfo", true),
        "plugin-not-told-the-cluster": exec("v1", "sh", &["-c", &checked("127.0.0.1")]),
        "plugin-told-of-no-terminal": exec("v1", "sh", &["-c", &checked("\"interactive\":false")]),
        "plugin-told-its-version": exec("v1", "sh", &["-c", &checked("client.authentication.k8s.io/v1\"")]),
        "plugin-if-available": with(exec("v1", "cat", &["credential.json"]), "interactiveMode", "IfAvailable"),
        "plugin-always": with(exec("v1", "cat", &["credential.json"]), "interactiveMode", "Always"),
        "plugin-of-no-mode": with(exec("v1", "cat", &["credential.json"]), "interactiveMode", Value::Null),
        "plugin-with-environment": with(
            exec("v1", "sh", &["-c", "cat \"$WHICH\""]),
            "env",
            json!([{ "name": "WHICH", "value": "credential.json" }]),
        ),
        "plugin-and-token": { "exec": exec("v1", "cat", &["credential-wrong.json"])["exec"], "token": people.token },
        "plugin-and-wrong-token": { "exec": exec("v1", "cat", &["credential.json"])["exec"], "token": "wrong" },
        "plugin-and-impersonation": { "exec": exec("v1", "cat", &["credential.json"])["exec"], "as": "reader" },
        "plugin-of-an-impersonator": {
            "exec": exec("v1", "cat", &["credential-impersonator.json"])["exec"], "as": "reader",
        },
    })
}

/// A plugin that no client can start.
pub(super) fn odd() -> Value {
    with(exec("v1", "cat", &["credential.json"]), "interactiveMode", "Sometimes")
}

fn exec(version: &str, command: &str, args: &[&str]) -> Value {
    json!({ "exec": {
        "apiVersion": format!("{GROUP}/{version}"), "command": command, "args": args, "interactiveMode": "Never",
    } })
}

fn with(mut user: Value, field: &str, value: impl Into<Value>) -> Value {
    user["exec"][field] = value.into();
    user
}
