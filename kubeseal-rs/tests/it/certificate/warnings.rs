//! Warnings: a script sees none beside a result, a person does.

use crate::support::key_lines::{KEY, LABELLED, LEGACY, changed, key, list};
use crate::support::program::{finish, fixture, program};
use crate::support::server::{Server, status};
use crate::support::terminal::Terminal;
use serde_json::json;
use std::process::Output;

const SECRET: &[u8] = b"metadata: {name: a, namespace: shop}\nstringData: {k: v}\n";

/// A certificate that ends in ten days.
fn ending() -> tempfile::NamedTempFile {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, days) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24 * 10));
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", start, days).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate.to_pem()).unwrap();
    file
}

/// What stands on standard error of a run that succeeds.
fn told(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    told.into_owned()
}

#[test]
fn a_script_gets_none_with_its_result_unless_it_asks() {
    let ending = ending();
    let seal = |more: &[&str], variable: Option<(&str, &str)>| {
        let mut command = program(&[&["--cert", ending.path().to_str().unwrap()], more].concat());
        command.envs(variable);
        told(&finish(command, SECRET))
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
        let told = seal(more, variable);
        assert!(told.starts_with("warning: the certificate ") && told.contains(" expires on "), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn a_person_gets_them() {
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

/// What comes before the error may explain it.
#[test]
fn an_error_brings_them_along_behind_it() {
    let ending = ending();
    let arguments = ["--cert", ending.path().to_str().unwrap()];
    let output = finish(program(&arguments), b"kind: ConfigMap\n");
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    let warning = told.find("warning: the certificate ").unwrap();
    assert!(told.starts_with("error: ") && warning > told.find("hint: ").unwrap_or_default(), "{told}");
    let quiet = finish(program(&[&arguments[..], &["--quiet"]].concat()), b"kind: ConfigMap\n");
    assert!(!String::from_utf8_lossy(&quiet.stderr).contains("warning: "));
}

/// What a script must not miss: a key that is not in the backup, a file that was not looked into.
#[test]
fn what_is_not_whole_is_told_to_scripts_as_well() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.yaml"), "kind: Secret\ndata: {a: [\n").unwrap();
    let output = finish(program(&["guard", folder.path().to_str().unwrap()]), b"");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("broken.yaml"), "{told}");
}

#[test]
fn what_inspect_did_not_look_into_is_told_to_scripts_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = finish(program(&["--cert", "test-only.crt", "-o", "yaml"]), SECRET);
    std::fs::write(folder.path().join("sealed.yaml"), &sealed.stdout).unwrap();
    let template = "{{ if .a }}\nkind: SealedSecret\n{{ end }}\n";
    std::fs::write(folder.path().join("template.yaml"), template).unwrap();
    let folder = folder.path().to_str().unwrap();
    let told_of = |more: &[&str]| told(&finish(program(&[&["inspect", folder], more].concat()), b""));
    let alert = told_of(&["--cert", "test-only.crt"]);
    assert!(alert.starts_with("warning: ") && alert.contains("template.yaml does not parse"), "{alert}");
    assert_eq!(told_of(&["--cert", "test-only.crt", "--quiet"]), "");
}

/// Left there, it counts as asked again once the new key is gone.
#[test]
fn a_request_for_renewal_that_stays_is_told_to_scripts_as_well() {
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
    let alert =
        told(&finish(program(&["keys", "renew", "--kubeconfig", kubeconfig.path().to_str().unwrap()]), b""));
    assert!(alert.contains("the request for renewal stays on Secret sealed-secrets-keyabcde: "), "{alert}");
}
