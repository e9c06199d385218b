//! `keys unwrap`, which opens keys on this machine, and `keys wrap` and `rewrap`, which wait for the controller.

use super::retire::newer;
use crate::support::key_lines::{KEY, LABELLED, LEGACY, changed, key, list, nothing_sealed};
use crate::support::program::{program, run};
use crate::support::server::{Line, Server};
use crate::support::terminal::Terminal;
use crate::support::wrapped::{IDENTITY, RECIPIENT, STRANGER, fixture_wrapped, of_a_plugin, wrapped};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::path::PathBuf;

/// End of the path that lists the Secret which `keys unwrap` has stored.
const READ_BACK: &str = "%3Dsealed-secrets-keyabcde-plain";
const KMS: &str = "kmsv2:unix:///run/kms/kms.sock";
const CREATE: &str = "/namespaces/kube-system/secrets?";

struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("me.txt"), format!("# mine\n{IDENTITY}\n")).unwrap();
        std::fs::write(folder.path().join("stranger.txt"), STRANGER).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        path.to_str().unwrap().to_owned()
    }
}

/// The fixture's key, wrapped for the cluster `prod`.
fn one() -> Value {
    wrapped(&key(), "sealed-secrets-keyabcde", "wrapped", "prod")
}

/// The Secret in plain that is made of it.
fn plain() -> Value {
    let mut plain = key();
    plain["metadata"]["name"] = json!("sealed-secrets-keyabcde-plain");
    plain
}

fn short(secret: &Value) -> String {
    let pem = BASE64_STANDARD.decode(secret["data"]["tls.crt"].as_str().unwrap()).unwrap();
    let certificate = envelope::Certificate::from_pem(std::str::from_utf8(&pem).unwrap());
    certificate.unwrap().fingerprint().short()
}

/// Runs a command of `keys` with these responses: exit code, standard output, standard error, and the requests.
fn keys(lines: Vec<Line>, arguments: &[&str]) -> (Option<i32>, String, String, Vec<String>) {
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap(), "--warn=always"];
    let output = run(&[&["keys"], arguments, &connection].concat(), b"");
    let [printed, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), printed, error, server.requests())
}

fn there(keys: &[Value]) -> Vec<Line> {
    vec![(LABELLED, 200, list(keys)), (LEGACY, 200, list(&[]))]
}

/// Responses to the whole of `keys unwrap`, of which the Secret that is read back is this one.
fn unwrapping(keys: &[Value], read_back: &[Value]) -> Vec<Line> {
    let mut lines = there(keys);
    lines.extend([(CREATE, 201, plain().to_string()), (READ_BACK, 200, list(read_back)), changed()]);
    lines
}

fn writes(requests: &[String]) -> Vec<&str> {
    requests.iter().filter(|it| !it.starts_with("GET ")).map(String::as_str).collect()
}

#[test]
fn a_wrapped_key_is_stored_in_plain_read_back_and_then_deleted() {
    let files = Files::new();
    let mut wrapped = one();
    for name in ["wrap", "rewrap", "unbound-providers"] {
        wrapped["metadata"]["annotations"][format!("sealedsecrets.bitnami.com/{name}")] = json!("x");
    }
    let lines = unwrapping(&[wrapped], &[plain()]);
    let (code, printed, error, requests) =
        keys(lines, &["unwrap", &short(&key()), "--yes", "-i", &files.path("me.txt")]);
    assert_eq!(code, Some(0), "{printed}{error}");
    let expected = format!(
        "{} is in plain (Secret kube-system/sealed-secrets-keyabcde-plain); the wrapped Secret kube-system/sealed-secrets-keyabcde is deleted\n",
        short(&key())
    );
    assert_eq!(printed, expected);
    assert!(error.contains("the private keys lie in etcd in plain now"), "{error}");
    let writes = writes(&requests);
    assert!(
        writes.len() == 2 && writes[1].starts_with("DELETE ") && writes[1].contains("\"uid\""),
        "{writes:?}"
    );
    let body: Value = serde_json::from_str(&writes[0][writes[0].find('{').unwrap()..]).unwrap();
    assert_eq!(body["metadata"]["name"], "sealed-secrets-keyabcde-plain");
    assert_eq!(
        body["metadata"]["annotations"],
        json!({ "mine": "yes", "sealedsecrets.bitnami.com/renew": "2026" })
    );
    assert_eq!(
        body["metadata"]["labels"],
        json!({ "sealedsecrets.bitnami.com/sealed-secrets-key": "active" })
    );
    assert_eq!((&body["type"], &body["immutable"]), (&json!("kubernetes.io/tls"), &json!(true)));
    let private = BASE64_STANDARD.decode(body["data"]["tls.key"].as_str().unwrap()).unwrap();
    let pem = std::fs::read_to_string(crate::support::program::fixture("test-only.key")).unwrap();
    let expected = envelope::PrivateKey::from_pem(&pem).unwrap().to_pkcs1_pem().unwrap();
    assert_eq!(private, expected.as_bytes());
    // It is nowhere else.
    assert!(!format!("{printed}{error}").contains("PRIVATE KEY"), "{printed}{error}");
}

#[test]
fn the_wrapped_key_stays_unless_the_one_in_plain_is_what_was_written() {
    let files = Files::new();
    let unwrap = ["unwrap", "--all", "--yes", "-i", &files.path("me.txt")];
    for read_back in [vec![], vec![newer()], vec![one()]] {
        let (code, _, error, requests) = keys(unwrapping(&[one()], &read_back), &unwrap);
        assert!(code == Some(1) && error.contains("does not hold key"), "{error}");
        assert_eq!(writes(&requests).len(), 1, "{requests:?}");
    }
    let (code, printed, _, requests) =
        keys(unwrapping(&[one()], &[plain()]), &[&unwrap[..], &["--keep"]].concat());
    assert!(code == Some(0) && printed.ends_with("sealed-secrets-keyabcde stays\n"), "{printed}");
    assert_eq!(writes(&requests).len(), 1);
    // The Secret in plain is there already: it is as a run was that did not end.
    let (code, _, error, requests) = keys(unwrapping(&[one(), plain()], &[plain()]), &unwrap);
    let writes = writes(&requests);
    assert!(code == Some(0) && writes.len() == 1 && writes[0].starts_with("DELETE "), "{error}{writes:?}");
}

#[test]
fn nothing_is_written_without_a_yes_and_in_a_dry_run() {
    let files = Files::new();
    let unwrap = ["unwrap", "--all", "-i", &files.path("me.txt")];
    let (code, printed, error, requests) =
        keys(unwrapping(&[one()], &[]), &[&unwrap[..], &["--dry-run"]].concat());
    let words = format!(
        "{} opens with {RECIPIENT}, and would be stored in plain (Secret kube-system/sealed-secrets-keyabcde-plain)\n",
        short(&key())
    );
    assert!(code == Some(0) && printed == words && writes(&requests).is_empty(), "{printed}{error}");
    let (code, _, error, requests) = keys(unwrapping(&[one()], &[]), &unwrap);
    assert!(code == Some(1) && error.contains("a confirmation is needed"), "{error}");
    assert!(writes(&requests).is_empty());
}

#[test]
fn what_does_not_open_says_why_and_keeps_no_other_from_it() {
    let files = Files::new();
    let (me, stranger) = (files.path("me.txt"), files.path("stranger.txt"));
    let mut damaged = fixture_wrapped();
    damaged["data"]["tls.crt"] = newer()["data"]["tls.crt"].clone();
    for (secret, arguments, words) in [
        (one(), vec!["-i", &stranger], "no configured provider opens it"),
        (one(), vec!["-i", &stranger], "give the identity of age1unwpu3uck"),
        (
            of_a_plugin(&one()),
            vec!["-i", &me],
            "it is wrapped with kmsv2:unix:///run/kms/kms.sock; name the provider with --key-unwrap-with",
        ),
        (
            one(),
            vec!["-i", &me, "--cluster-name", "test"],
            "it was wrapped for the cluster prod, and this one is test",
        ),
        (damaged, vec!["-i", &me], "the private key does not decrypt under its data key"),
    ] {
        let (code, _, error, requests) =
            keys(there(&[secret]), &[&["unwrap", "--all", "--yes"], &arguments[..]].concat());
        assert!(code == Some(1) && error.contains(words) && error.contains("hint: "), "{error}");
        assert!(
            error.contains("1 of the wrapped keys did not open") && writes(&requests).is_empty(),
            "{error}"
        );
    }
    // The other key opens.
    let both = [of_a_plugin(&wrapped(&newer(), "new", "wrapped", "prod")), one()];
    let (code, printed, error, _) =
        keys(unwrapping(&both, &[plain()]), &["unwrap", "--all", "--yes", "-i", &me]);
    assert!(code == Some(1) && printed.contains("is in plain (Secret"), "{printed}{error}");
}

/// An age identity opens what was wrapped for any cluster.
#[test]
fn keys_of_several_clusters_are_opened_for_the_one_that_is_named() {
    let files = Files::new();
    let me = files.path("me.txt");
    let other = wrapped(&newer(), "other", "wrapped", "test");
    let unwrap = ["unwrap", "--all", "--yes", "-i", &me];
    let (code, _, error, requests) = keys(there(&[one(), other.clone()]), &unwrap);
    let words = format!("wrapped for several clusters: prod: {}; test: {}", short(&one()), short(&other));
    assert!(code == Some(1) && error.contains(&words) && error.contains("--cluster-name NAME"), "{error}");
    assert!(writes(&requests).is_empty(), "{requests:?}");
    let lines = unwrapping(&[one(), other], &[plain()]);
    let (code, printed, error, _) = keys(lines, &[&unwrap[..], &["--cluster-name", "prod"]].concat());
    assert!(
        code == Some(1) && printed.contains(&format!("{} is in plain", short(&one()))),
        "{printed}{error}"
    );
    assert!(error.contains("it was wrapped for the cluster test, and this one is prod"), "{error}");
}

/// The recipient is public, so that other users can wrap a key for it.
#[test]
fn a_key_that_nothing_names_is_warned_of() {
    let files = Files::new();
    let me = files.path("me.txt");
    let unwrap = |secret: &Value, sealed: Vec<Line>| {
        let lines = [there(std::slice::from_ref(secret)), sealed].concat();
        let (code, _, error, _) = keys(lines, &["unwrap", "--all", "--dry-run", "-i", &me]);
        assert_eq!(code, Some(0), "{error}");
        error
    };
    let words = format!("no SealedSecret of the cluster and no record of a backup names {}", short(&one()));
    let error = unwrap(&one(), vec![nothing_sealed()]);
    assert!(error.contains(&words) && error.contains("keys renew"), "{error}");
    let mut backed_up = one();
    backed_up["metadata"]["annotations"]["sealedsecrets.bitnami.com/backed-up"] =
        json!(format!(r#"{{"{RECIPIENT}": "2026-01-01T00:00:00Z"}}"#));
    let error = unwrap(&backed_up, vec![nothing_sealed()]);
    assert!(!error.contains("no SealedSecret of"), "{error}");
}

#[test]
fn flags_that_are_wrong_or_missing_are_named_and_no_option_is_shown() {
    let files = Files::new();
    let me = files.path("me.txt");
    for (arguments, words) in [
        (vec!["unwrap", "--all"], "keys unwrap needs --identity or --key-unwrap-with"),
        (vec!["unwrap", "-i", &me], "keys unwrap needs fingerprints of keys, or --all"),
        (vec!["unwrap", "--all", "abcdef01", "-i", &me], "cannot be used with"),
        (vec!["wrap"], "keys wrap needs fingerprints of keys, or --all"),
        (
            vec!["unwrap", "--all", "--key-unwrap-with", "vault:x?token=hunter2"],
            "--key-unwrap-with: provider 1 cannot be used",
        ),
        (
            vec!["unwrap", "--all", "--key-unwrap-with", KMS, "--key-unwrap-with", IDENTITY],
            "--key-unwrap-with: provider 2 cannot be used",
        ),
        (vec!["unwrap", "--all", "--key-unwrap-with", IDENTITY], "which --identity names"),
        (
            vec!["unwrap", "--all", "-i", &me, "--cluster-name", "Prod"],
            "--cluster-name is no name of a cluster",
        ),
    ] {
        let (code, _, error, requests) = keys(there(&[one()]), &arguments);
        assert!(code == Some(2) && error.contains(words) && !error.contains("hunter2"), "{error}");
        assert!(!error.contains("AGE-SECRET-KEY-"), "{arguments:?}");
        assert!(requests.is_empty(), "{requests:?}");
    }
}

#[test]
fn keys_that_are_no_wrapped_ones_are_left_as_they_are() {
    let files = Files::new();
    let me = files.path("me.txt");
    let unwrap = |keys_there: &[Value], which: &str| {
        keys(unwrapping(keys_there, &[plain()]), &["unwrap", which, "--yes", "-i", &me])
    };
    let this = short(&key());
    let (code, printed, _, _) = unwrap(&[key()], "--all");
    assert!(code == Some(0) && printed == "no key in namespace kube-system is wrapped\n", "{printed}");
    let (code, printed, _, _) = unwrap(&[key()], &this);
    assert!(code == Some(0) && printed == format!("{this} is in plain already\n"), "{printed}");
    let leaked = wrapped(&key(), "sealed-secrets-keyabcde", "compromised", "prod");
    let (code, _, error, requests) = unwrap(std::slice::from_ref(&leaked), &this);
    assert!(code == Some(1) && error.contains("is compromised, and stays as it is"), "{error}");
    assert!(writes(&requests).is_empty());
    let (_, printed, _, requests) = unwrap(&[leaked], "--all");
    assert!(printed.contains("no key in namespace") && writes(&requests).is_empty(), "{printed}");
    // A retired key stays retired.
    let retired = wrapped(&key(), "sealed-secrets-keyabcde", "retired", "prod");
    let mut retired_plain = plain();
    retired_plain["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("retired");
    let lines = unwrapping(&[retired], &[retired_plain]);
    let (code, _, error, requests) = keys(lines, &["unwrap", "--all", "--yes", "-i", &me]);
    assert!(code == Some(0) && writes(&requests)[0].contains("sealed-secrets-key\":\"retired\""), "{error}");
}

#[test]
fn an_escrow_copy_becomes_a_key_where_it_is_named_and_stays() {
    let files = Files::new();
    let me = files.path("me.txt");
    let copy = || wrapped(&key(), "sealed-secrets-keyabcde-escrow", "escrow", "prod");
    let (_, printed, _, requests) =
        keys(unwrapping(&[copy()], &[]), &["unwrap", "--all", "--yes", "-i", &me]);
    assert!(printed.contains("no key in namespace") && writes(&requests).is_empty(), "{printed}");
    let lines = unwrapping(&[copy()], &[plain()]);
    let (code, printed, error, requests) = keys(lines, &["unwrap", &short(&key()), "--yes", "-i", &me]);
    assert!(
        code == Some(0) && printed.ends_with("sealed-secrets-keyabcde-escrow stays\n"),
        "{printed}{error}"
    );
    let writes = writes(&requests);
    assert!(writes.len() == 1 && writes[0].contains("sealed-secrets-key\":\"active\""), "{writes:?}");
}

#[test]
fn the_controller_is_asked_to_wrap_and_waited_for() {
    let mut lines = vec![
        (LABELLED, 200, list(&[key()])),
        (LABELLED, 200, list(&[key()])),
        // It is there in both forms, and the one in plain is still there.
        (LABELLED, 200, list(&[fixture_wrapped(), key()])),
        (LABELLED, 200, list(&[fixture_wrapped()])),
        (LEGACY, 200, list(&[])),
    ];
    lines.push(changed());
    let (code, printed, error, requests) = keys(lines, &["wrap", "--all"]);
    let this = short(&key());
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(printed, format!("{this} is wrapped: age (Secret kube-system/sealed-secrets-keywrapped)\n"));
    assert!(error.contains("still have these keys in plain: make a new key with `"), "{error}");
    let writes = writes(&requests);
    let is_request = writes[0].contains(KEY) && writes[0].contains("sealedsecrets.bitnami.com/wrap");
    assert!(writes.len() == 1 && is_request, "{writes:?}");

    let (code, printed, error, _) = keys(there(&[fixture_wrapped()]), &["wrap", "--all"]);
    assert!(
        code == Some(0) && printed == "no key in use is in plain\n" && error.is_empty(),
        "{printed}{error}"
    );
    let (code, printed, _, _) = keys(there(&[fixture_wrapped()]), &["wrap", &this]);
    assert!(code == Some(0) && printed == format!("{this} is wrapped: age already\n"), "{printed}");
}

#[test]
fn a_key_that_is_wrapped_anew_has_another_secret() {
    let mut anew = one();
    anew["metadata"]["name"] = json!("sealed-secrets-keyabcde-wrapped");
    anew["metadata"]["uid"] = json!("another");
    let lines = vec![
        (LABELLED, 200, list(&[one()])),
        (LABELLED, 200, list(&[one()])),
        (LABELLED, 200, list(&[one(), anew.clone()])),
        (LABELLED, 200, list(&[anew])),
        (LEGACY, 200, list(&[])),
        changed(),
    ];
    let (code, printed, error, requests) = keys(lines, &["rewrap", &short(&key())]);
    assert!(
        code == Some(0) && printed.contains("(Secret kube-system/sealed-secrets-keyabcde-wrapped)"),
        "{printed}{error}"
    );
    assert!(error.contains("for the providers of before"), "{error}");
    assert!(writes(&requests)[0].contains("sealedsecrets.bitnami.com/rewrap"), "{requests:?}");

    let (code, _, error, _) = keys(there(&[key()]), &["rewrap", &short(&key())]);
    let command = format!("keys wrap {}` has the controller wrap it", short(&key()));
    assert!(code == Some(1) && error.contains("is in plain") && error.contains(&command), "{error}");
}

#[test]
fn a_controller_that_does_not_do_it_is_named_with_where_to_look() {
    let mut lines = there(&[key()]);
    lines.push(changed());
    let (code, _, error, requests) = keys(lines, &["wrap", "--all", "--timeout", "1s"]);
    assert_eq!(code, Some(1), "{error}");
    let words = format!(
        "the controller did not wrap these keys within 1 s:\n  {} (Secret kube-system/sealed-secrets-keyabcde)",
        short(&key())
    );
    assert!(error.contains(&words), "{error}");
    assert!(error.contains("kubectl events -n kube-system --for secret/sealed-secrets-keyabcde"), "{error}");
    assert_eq!(writes(&requests).len(), 1, "the request stays");
}

#[test]
fn the_question_says_what_follows_and_a_passphrase_may_protect_the_identity() {
    let files = Files::new();
    let mut scrypt = age::scrypt::Recipient::new("correct horse".to_owned().into());
    scrypt.set_work_factor(2);
    let protected = age::encrypt(&scrypt, IDENTITY.as_bytes()).unwrap();
    std::fs::write(files.folder.path().join("safe.age"), protected).unwrap();
    let safe = files.path("safe.age");
    for (answer, code, writes_there) in [("n\n", 1, 0), ("y\n", 0, 2)] {
        let server = Server::start(unwrapping(&[one()], &[plain()]));
        let kubeconfig = server.kubeconfig("{}");
        let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let unwrap = ["keys", "unwrap", "--all", "-i", &safe];
        let mut terminal = Terminal::start(program(&[&unwrap[..], &connection[..]].concat()));
        terminal.wait_for(&format!("passphrase of {safe}: "));
        terminal.type_in("correct horse\n");
        terminal.wait_for("Go on? [y/N] ");
        terminal.type_in(answer);
        let (ended, _, shown) = terminal.end();
        let question = format!("Store {} in plain in namespace kube-system of ", short(&key()));
        assert!(shown.contains(&format!("\r\n    {} since 20", short(&key()))), "{shown}");
        assert!(shown.contains(&question) && shown.contains("then has the private keys"), "{shown}");
        assert!(!shown.contains("correct horse") && !shown.contains("SECRET-KEY"), "{shown}");
        assert_eq!((ended, writes(&server.requests()).len()), (Some(code), writes_there), "{shown}");
    }
}

/// The passphrase in the file is that of the backup, and the identity has another.
#[test]
fn an_identity_that_the_passphrase_file_does_not_open_is_asked_for() {
    let files = Files::new();
    let mut scrypt = age::scrypt::Recipient::new("correct horse".to_owned().into());
    scrypt.set_work_factor(2);
    let safe = files.path("safe.age");
    std::fs::write(&safe, age::encrypt(&scrypt, IDENTITY.as_bytes()).unwrap()).unwrap();
    let other = files.path("pass.txt");
    std::fs::write(&other, "of the backup\n").unwrap();
    let unwrap = ["unwrap", "--all", "--dry-run", "-i", &safe, "--passphrase-file", &other];
    let (code, _, error, _) = keys(there(&[one()]), &unwrap);
    assert!(code == Some(1) && error.contains("safe.age"), "{error}");
    let server = Server::start(there(&[one()]));
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut terminal = Terminal::start(program(&[&["keys"], &unwrap[..], &connection].concat()));
    terminal.wait_for(&format!("passphrase of {safe}: "));
    terminal.type_in("correct horse\n");
    let (code, printed, shown) = terminal.end();
    assert!(code == Some(0) && printed.contains("and would be stored in plain"), "{printed}{shown}");
}
