//! `keys backup`: what a backup holds, and where it is written.

use super::retire::newer;
use crate::support::key_lines::{KEY, LABELLED, LEGACY, changed, key, key_lines, list};
use crate::support::program::{finish, program, run};
use crate::support::server::{Server, status};
use serde_json::{Value, json};
use std::fs::File;
use std::process::Stdio;

const BACKED_UP: &str = "sealedsecrets.bitnami.com/backed-up";

#[test]
fn a_reader_that_goes_away_has_no_backup() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&[&["keys", "backup", "--plain"], &connection[..]].concat());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command.stdout(Stdio::from(writer));
    let output = finish(command, b"");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(1) && printed.contains("cannot write to standard output"),
        "{printed}"
    );
}

#[test]
fn a_standard_output_that_cannot_be_written_to_is_an_error() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&[&["keys", "backup", "--plain"], &connection[..]].concat());
    command.stdout(Stdio::from(File::open("/dev/null").unwrap()));
    let output = finish(command, b"");
    let printed = String::from_utf8_lossy(&output.stderr);
    let is_error = printed.contains("cannot write to standard output");
    assert!(output.status.code() == Some(1) && is_error, "{printed}");
}

#[test]
fn a_dash_is_standard_output() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let folder = tempfile::tempdir().unwrap();
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let mut command = program(&[&["keys", "backup", "--plain", "-o", "-"], &connection[..]].concat());
    command.current_dir(folder.path());
    let output = finish(command, b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8(output.stdout).unwrap().contains("kind: List"));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn symbolic_links_are_followed_and_stay() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let folder = tempfile::tempdir().unwrap();
    let backup = |file: &str, flags: &[&str]| {
        let all = [&["keys", "backup", "--plain", "--no-record", "-o", file], flags, &connection[..]];
        run(&all.concat(), b"")
    };
    // A symbolic link to a device. If `backup` replaced files here, it would replace the link.
    let device = folder.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &device).unwrap();
    for flags in [&["--force"][..], &[]] {
        let output = backup(device.to_str().unwrap(), flags);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(device.is_symlink() && std::fs::metadata("/dev/null").unwrap().len() == 0);
        assert!(output.stdout.is_empty(), "a summary may land in the backup");
    }
    // The whole backup, and nothing else.
    let output = backup("/dev/stdout", &[]);
    let whole = run(&[&["keys", "backup", "--plain", "--no-record"], &connection[..]].concat(), b"");
    assert!(whole.status.success() && output.stdout == whole.stdout);

    let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
    std::fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert!(backup(link.to_str().unwrap(), &["--force"]).status.success());
    assert!(link.is_symlink() && std::fs::read(&file).unwrap().starts_with(b"apiVersion: v1\n"));
}

#[test]
fn what_is_no_key_is_named_and_left_out() {
    let mut damaged = key();
    damaged["metadata"]["name"] = json!("damaged");
    damaged["data"]["tls.key"] = json!("eA==");
    let theirs = json!({
        "metadata": { "name": "theirs", "labels": { "sealedsecrets.bitnami.com/sealed-secrets-key": "active" } },
        "type": "Opaque", "data": { "password": "aHVudGVyMg==" },
    });
    let lines = |all: &[Value]| vec![(LABELLED, 200, list(all)), (LEGACY, 200, list(&[]))];
    let backup = |all: &[Value]| {
        let server = Server::start(lines(all));
        let kubeconfig = server.kubeconfig("{}");
        run(&["keys", "backup", "--plain", "--kubeconfig", kubeconfig.path().to_str().unwrap()], b"")
    };
    let output = backup(&[key(), damaged.clone(), theirs.clone()]);
    let [text, printed] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success() && text.matches("- apiVersion").count() == 1, "{text}");
    assert!(!text.contains("aHVudGVyMg"), "{text}");
    for name in ["damaged", "theirs"] {
        assert!(printed.contains(&format!("warning: Secret kube-system/{name} is labelled")), "{printed}");
    }
    let output = backup(&[damaged, theirs]);
    assert!(output.status.code() == Some(1) && output.stdout.is_empty());
}

#[test]
fn the_key_from_before_labels_has_the_name_that_the_prefix_is() {
    let mut legacy = key();
    legacy["metadata"]["name"] = json!("our-keys");
    legacy["metadata"]["labels"] = json!({});
    let server = Server::start(vec![
        (LABELLED, 200, list(&[])),
        (LEGACY, 200, list(&[])),
        ("fieldSelector=metadata.name%3Dour-keys", 200, list(&[legacy])),
    ]);
    let kubeconfig = server.kubeconfig("{}");
    let args = ["keys", "backup", "--plain", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    assert_eq!(run(&args, b"").status.code(), Some(1));
    let by_flag = run(&[&args[..], &["--key-prefix", "our-keys"]].concat(), b"");
    let mut command = program(&args);
    command.env("SEALED_SECRETS_KEY_PREFIX", "our-keys");
    let by_environment = finish(command, b"");
    for output in [by_flag, by_environment] {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("name: our-keys"), "{text}");
    }
    let wrong = run(&[&args[..], &["--key-prefix", "a,b"]].concat(), b"");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("check --key-prefix"));
}

#[test]
fn a_backup_has_nothing_of_its_cluster() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "backup", "--plain"], &connection[..]].concat(), b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.starts_with("apiVersion: v1\nkind: List\nitems:\n"), "{text}");
    for there in ["mine: ", "creationTimestamp: ", "tls.key: ", "name: sealed-secrets-keyabcde"] {
        assert!(text.contains(there), "no {there} in {text}");
    }
    for gone in ["resourceVersion", "uid", "managedFields", "sealedsecrets.bitnami.com/renew"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
}

const AGE: &str = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45";
const IDENTITY: &str = "AGE-SECRET-KEY-1RS0RFZUWV29JTLAFGJYUCS9F4PN3SCY0QVEJHDZW3AQXZXQ3LQCQ6H8VFV\n";

#[test]
fn the_key_says_which_recipients_have_it_and_so_does_the_backup() {
    let mut before = key();
    before["metadata"]["annotations"][BACKED_UP] = json!(r#"{"age1old":"2026-01-01T00:00:00Z"}"#);
    let server = Server::start(vec![(LABELLED, 200, list(&[before])), (LEGACY, 200, list(&[])), changed()]);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "backup", "--recipient", AGE], &connection[..]].concat(), b"");
    assert!(output.status.success() && output.stderr.is_empty());
    let requests = server.requests();
    let record = requests.iter().find(|request| request.starts_with("PATCH ")).unwrap();
    for words in [BACKED_UP, AGE, "age1old", "2026-01-01T00:00:00Z"] {
        assert!(record.contains(words), "no {words} in {record}");
    }
    let output = run(&[&["keys", "backup", "--plain"], &connection[..]].concat(), b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(BACKED_UP) && text.contains("not encrypted"), "{text}");
}

#[test]
fn without_the_right_to_patch_the_backup_is_whole_and_a_warning_says_so() {
    let mut lines = key_lines();
    lines.push((KEY, 403, status(403, "Forbidden", "no patch")));
    let server = Server::start(lines);
    let kubeconfig = server.kubeconfig("{}");
    let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let output = run(&[&["keys", "backup", "--recipient", AGE], &connection[..]].concat(), b"");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b"-----BEGIN AGE"), "{error}");
    assert!(error.contains("does not say so") && error.contains("the right to patch secrets"), "{error}");
    let output =
        run(&[&["keys", "backup", "--recipient", AGE, "--no-record"], &connection[..]].concat(), b"");
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn a_directory_gets_a_file_that_is_named_by_the_time() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "keys",
        "backup",
        "--no-record",
        "--kubeconfig",
        kubeconfig.path().to_str().unwrap(),
        "--recipient",
        AGE,
    ];
    let output = run(&[&args[..], &["-o", folder.path().to_str().unwrap()]].concat(), b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    let [name] = names.try_into().unwrap();
    assert!(name.starts_with("keys-2") && name.ends_with("Z.age"), "{name}");
}

#[test]
fn a_check_says_whether_the_newest_key_is_in_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("me"), IDENTITY).unwrap();
    let stranger = "AGE-SECRET-KEY-16V44DRTLSV067T4WZ0UV8ZH9DEP64UF6TQLW3A7JF3G57HWDFW0S49MZNE\n";
    std::fs::write(path("stranger"), stranger).unwrap();
    let keys = |keys: &[Value], args: &[&str]| {
        let server = Server::start(vec![(LABELLED, 200, list(keys)), (LEGACY, 200, list(&[]))]);
        let kubeconfig = server.kubeconfig("{}");
        let connection = ["--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let output = run(&[&["keys", "backup"], args, &connection[..]].concat(), b"");
        let [printed, error] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        (output.status.code(), printed, error)
    };
    let (file, plain, me, stranger) = (path("keys.age"), path("keys.yaml"), path("me"), path("stranger"));
    keys(&[key()], &["--no-record", "-o", &file, "--recipient", AGE]);
    keys(&[key()], &["--no-record", "-o", &plain, "--plain"]);
    for args in [&["--check", &file, "-i", &me][..], &["--check", &plain]] {
        let (code, printed, error) = keys(&[key()], args);
        assert!(code == Some(0) && printed.contains(": has the newest key, ") && error.is_empty(), "{error}");
        let (code, _, error) = keys(&[newer(), key()], args);
        assert!(code == Some(1) && error.contains("does not have the newest key, "), "{error}");
        assert!(error.contains("keys backup -o NEWFILE"), "{error}");
    }
    keys(&[newer()], &["--no-record", "-o", &path("new"), "--plain"]);

    // Without an identity, only a file from before the key is known not to have it.
    let mut there = key();
    there["metadata"]["annotations"][BACKED_UP] = json!(r#"{"age1old":"2026-01-01T00:00:00Z"}"#);
    let (code, _, error) = keys(&[there], &["--check", &file]);
    assert!(code == Some(1) && error.contains("it is not known whether"), "{error}");
    assert!(
        error.contains("encrypted to 1 recipient,") && error.contains("\n  age1old, 2026-01-01"),
        "{error}"
    );
    let mut later = key();
    later["metadata"]["creationTimestamp"] =
        json!(jiff::Timestamp::now() + jiff::SignedDuration::from_secs(60));
    let (code, _, error) = keys(&[later], &["--check", &file]);
    assert!(
        code == Some(1) && error.contains("does not have the newest key") && error.contains("was written at"),
        "{error}"
    );
    let (code, _, error) = keys(&[key()], &["--check", &file, "-i", &stranger]);
    assert!(code == Some(1) && error.contains("other recipients"), "{error}");
    let (code, ..) = keys(&[key()], &["--check", &file, "--plain"]);
    assert_eq!(code, Some(2));
}

#[test]
fn backups_of_one_second_have_names_of_their_own() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        let flags = ["keys", "backup", "--plain", "--no-record", "-o", folder.path().to_str().unwrap()];
        let output = run(&[&flags[..], &["--kubeconfig", kubeconfig.path().to_str().unwrap()]].concat(), b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn one_usable_recipient_is_enough() {
    let server = Server::start(key_lines());
    let kubeconfig = server.kubeconfig("{}");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ecdsa = file(
        "ecdsa.pub",
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBL alice\n",
    );
    let usable = file("age.pub", "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45\n");
    let backup = |recipients: &[&str]| {
        let flags = ["keys", "backup", "--no-record", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
        let output = run(&[&flags[..], recipients].concat(), b"");
        (output.status.code(), String::from_utf8(output.stderr).unwrap(), output.stdout)
    };
    let (code, error, backup_text) = backup(&["-R", &ecdsa, "-R", &usable]);
    assert!(code == Some(0) && backup_text.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"), "{error}");
    assert!(error.contains(&format!("the backup is encrypted to no recipient of {ecdsa}\n")), "{error}");
    let (code, error, _) = backup(&["-R", &ecdsa]);
    assert!(code == Some(1) && error.contains("hint: "), "{error}");
    // A file without a key was not mounted, or is another one.
    for text in ["", "# admins\n\n"] {
        let empty = file("empty.txt", text);
        let (code, error, backup_text) = backup(&["-R", &usable, "-R", &empty]);
        assert!(code == Some(1) && backup_text.is_empty(), "{error}");
        assert!(error.contains(&format!("{empty} names no recipient\n")), "{error}");
    }
}
