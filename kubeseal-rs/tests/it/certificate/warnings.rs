//! Warnings: a script gets none beside a result, a person at a terminal does.

use crate::support::key_lines::{KEY, LABELLED, LEGACY, changed, key, list};
use crate::support::program::{finish, fixture, program};
use crate::support::server::{Server, status};
use crate::support::terminal::Terminal;
use serde_json::json;
use std::process::Output;

const SECRET: &[u8] = b"metadata: {name: a, namespace: shop}\nstringData: {k: v}\n";

/// A certificate that expires in ten days.
fn ending() -> tempfile::NamedTempFile {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, days) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24 * 10));
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", start, days).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate.to_pem()).unwrap();
    file
}

/// Standard error of a run that succeeds.
fn printed(output: &Output) -> String {
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}");
    printed.into_owned()
}

#[test]
fn a_script_gets_no_warnings_unless_it_sets_the_flag() {
    let ending = ending();
    let seal = |more: &[&str], variable: Option<(&str, &str)>| {
        let mut command = program(&[&["--cert", ending.path().to_str().unwrap()], more].concat());
        command.envs(variable);
        printed(&finish(command, SECRET))
    };
    for (more, variable) in [
        (&[][..], None),
        (&["--warn=auto"], None),
        (&["--warn=never"], None),
        (&["--warn=always", "--quiet"], None),
        (&[], Some(("SEALED_SECRETS_WARN", "never"))),
        (&["--warn", "auto"], Some(("SEALED_SECRETS_WARN", "always"))),
    ] {
        assert_eq!(seal(more, variable), "", "{more:?} {variable:?}");
    }
    for (more, variable) in [(&["--warn=always"][..], None), (&[], Some(("SEALED_SECRETS_WARN", "always")))] {
        let printed = seal(more, variable);
        assert!(
            printed.starts_with("warning: the certificate ") && printed.contains(" expires on "),
            "{printed}"
        );
        assert_eq!(printed.lines().count(), 1, "{printed}");
    }
}

#[test]
fn a_terminal_gets_warnings() {
    let ending = ending();
    let run = |more: &[&str]| {
        let file = fixture("kubeconfig.yaml");
        let arguments = [
            "create",
            "a",
            "-n",
            "b",
            "--from-file",
            file.to_str().unwrap(),
            "--cert",
            ending.path().to_str().unwrap(),
        ];
        Terminal::start(program(&[&arguments, more].concat())).end()
    };
    let (code, output, shown) = run(&[]);
    assert!(code == Some(0) && output.contains("SealedSecret"), "{shown}");
    assert!(shown.contains("warning: the certificate ") && shown.contains(" expires on "), "{shown}");
    assert_eq!(run(&["--warn=never"]).2, "");
}

/// The warnings may explain the error that follows.
#[test]
fn warnings_follow_an_error() {
    let ending = ending();
    let arguments = ["--cert", ending.path().to_str().unwrap()];
    let output = finish(program(&arguments), b"kind: ConfigMap\n");
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    let warning = printed.find("warning: the certificate ").unwrap();
    assert!(
        printed.starts_with("error: ") && warning > printed.find("hint: ").unwrap_or_default(),
        "{printed}"
    );
    let quiet = finish(program(&[&arguments[..], &["--quiet"]].concat()), b"kind: ConfigMap\n");
    assert!(!String::from_utf8_lossy(&quiet.stderr).contains("warning: "));
}

/// Warnings that a script must not miss: a key that is missing in the backup, a file that was not read.
#[test]
fn an_incomplete_result_is_an_error_for_scripts_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.yaml"), "kind: Secret\ndata: {a: [\n").unwrap();
    let output = finish(program(&["guard", folder.path().to_str().unwrap()]), b"");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(printed.contains("broken.yaml"), "{printed}");
}

#[test]
fn files_that_inspect_skipped_are_an_error_for_scripts_too() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = finish(program(&["--cert", "test-only.crt", "-o", "yaml"]), SECRET);
    std::fs::write(folder.path().join("sealed.yaml"), &sealed.stdout).unwrap();
    let template = "{{ if .a }}\nkind: SealedSecret\n{{ end }}\n";
    std::fs::write(folder.path().join("template.yaml"), template).unwrap();
    let folder = folder.path().to_str().unwrap();
    let printed_with = |more: &[&str]| printed(&finish(program(&[&["inspect", folder], more].concat()), b""));
    let alert = printed_with(&["--cert", "test-only.crt"]);
    assert!(alert.starts_with("warning: ") && alert.contains("template.yaml does not parse"), "{alert}");
    assert_eq!(printed_with(&["--cert", "test-only.crt", "--quiet"]), "");
}

/// If the annotation stays, the controller makes another key as soon as the new one is deleted.
#[test]
fn a_request_for_renewal_that_stays_is_an_error_for_scripts_too() {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, year) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24 * 365));
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", start, year).unwrap();
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let mut new = key();
    new["metadata"]["name"] = json!("sealed-secrets-keynewer");
    new["data"] = json!({
        "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()),
    });
    let server = Server::start(vec![
        (LABELLED, 200, list(&[key()])),
        (LABELLED, 200, list(&[new, key()])),
        (LEGACY, 200, list(&[])),
        changed(),
        (KEY, 403, status(403, "Forbidden", "no patch")),
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let alert = printed(&finish(
        program(&["keys", "renew", "--kubeconfig", kubeconfig.path().to_str().unwrap()]),
        b"",
    ));
    assert!(alert.contains("the request for renewal stays on Secret sealed-secrets-keyabcde: "), "{alert}");
}
