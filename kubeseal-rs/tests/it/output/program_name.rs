//! The program uses the name that it was called by: help pages and hints say `kubeseal` if it was called `kubeseal`.
//! Its own name is tested in `tests/cases`.

use crate::support::key_lines::{key_lines, nothing_sealed};
use crate::support::program::{finish, fixture, program};
use crate::support::server::Server;
use std::os::unix::process::CommandExt as _;

/// Words that stay the same under every name of the program.
const FIXED: [&str; 2] = ["# kubeseal-rs: allow", "id: kubeseal-rs-guard"];

fn printed(name: &str, arguments: &[&str], input: &[u8]) -> String {
    let mut command = program(arguments);
    command.arg0(format!("/usr/local/bin/{name}"));
    let output = finish(command, input);
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Asserts that the output is the same under both names, except for the name itself, which must occur.
fn check(arguments: &[&str], input: &[u8]) {
    let ours = printed("kubeseal-rs", arguments, input);
    assert!(ours.contains("kubeseal-rs"), "{arguments:?}:\n{ours}");
    check_same(arguments, input);
}

/// Asserts that the output is the same under both names, except for the name itself.
fn check_same(arguments: &[&str], input: &[u8]) {
    let [ours, theirs] = ["kubeseal-rs", "kubeseal"].map(|name| printed(name, arguments, input));
    let hide = |text: &str| FIXED.iter().fold(text.to_owned(), |text, fixed| text.replace(fixed, ""));
    let (ours, theirs) = (hide(&ours), hide(&theirs));
    // A shorter name breaks lines at other words.
    let words = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&theirs), words(&ours.replace("kubeseal-rs", "kubeseal")), "{arguments:?}");
}

#[test]
fn help_has_the_name_that_was_called() {
    check(&["--help"], b"");
    for command in ["create", "guard", "inspect", "keys", "completion", "edit", "reseal"] {
        check(&["help", command], b"");
        check(&[command, "-h"], b"");
        check(&[command, "--no-such-flag"], b"");
    }
    for command in ["list", "renew", "retire", "revoke", "backup", "restore"] {
        check(&["help", "keys", command], b"");
    }
}

#[test]
fn hints_have_the_name_that_was_called() {
    check(&["guard", "guard/db.yaml"], b"");
    let server = Server::start([key_lines(), vec![nothing_sealed()]].concat());
    let kubeconfig = server.kubeconfig("{}");
    let kubeconfig = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    for arguments in
        [&["keys", "retire", "00000000"][..], &["keys", "retire", "f5b8ca6cdb64"], &["keys", "restore", "-"]]
    {
        check(&[arguments, &kubeconfig].concat(), b"kind: Secret\nmetadata: {name: a}\n");
    }
    let sealed = std::fs::read_to_string(fixture("inspect/sealed.yaml")).unwrap();
    let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    std::fs::write(file.path(), sealed.replace("name: db", "name: other").replace("f5b8", "0000")).unwrap();
    let path = file.path().to_str().unwrap();
    let reseal = ["reseal", "--cert", "test-only.crt", "--recovery-private-key", "test-only.key"];
    // Its hint names flags only.
    check_same(&[&reseal[..], &[path]].concat(), b"");
    std::fs::write(file.path(), sealed.replace("name: db", "name: {{ .Values.name }}")).unwrap();
    check(&[&reseal[..], &[path]].concat(), b"");
}
