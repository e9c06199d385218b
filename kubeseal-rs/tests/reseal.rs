//! `reseal` over trees of files: offline with keys and online with a controller that says its lines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/key_lines.rs"]
mod key_lines;
#[path = "support/program.rs"]
mod program;
#[path = "support/server.rs"]
mod server;

use program::{fixture, run};
use server::{Line, PORTS, Server};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const PRESENT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";
const SECRET: &[u8] =
    b"metadata: {name: db, namespace: shop}\nstringData: {password: hunter2, user: admin}\n";

/// What the fixture's certificate seals, laid out by a person, with a hint that says it was another.
fn old() -> String {
    let output = run(&["--cert", "test-only.crt", "-o", "yaml"], SECRET);
    let text = String::from_utf8(output.stdout).unwrap();
    text.replace(PRESENT, &"0a".repeat(32)).replace("  encryptedData:\n", "\n  # Ours.\n  encryptedData:\n")
}

struct Tree(tempfile::TempDir);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = tree.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Output, with the paths as the test named them.
    fn told(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).replace(&format!("{}/", self.0.path().display()), "")
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let root = self.0.path().to_str().unwrap();
        let output = run(&[&["reseal"], arguments, &[root]].concat(), b"");
        (output.status.code(), self.told(&output.stdout), self.told(&output.stderr))
    }
}

const CERT: [&str; 2] = ["--cert", "test-only.crt"];

fn with_key() -> Vec<&'static str> {
    [&CERT[..], &["--recovery-private-key", "test-only.key"]].concat()
}

fn opens(text: &str) -> bool {
    let key = fixture("test-only.key");
    run(&["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap()], text.as_bytes())
        .status
        .success()
}

#[test]
fn files_are_found_as_git_sees_them() {
    let old = old();
    let tree = Tree::new(&[
        (".gitignore", "ignored.yaml\nout/\n"),
        ("a.yaml", &old),
        ("b/c.yml", &old),
        ("b/d.json", "{\"kind\": \"SealedSecret\"}\n"),
        (".hidden/e.yaml", &old),
        ("f.txt", &old),
        ("ignored.yaml", &old),
        ("out/g.yaml", &old),
        (".git/h.yaml", &old),
        ("binary.json", "\u{0}\u{1}"),
        ("templates/chart.yaml", "{{ if .Values.a }}\nkind: Secret\n"),
    ]);
    let (code, stdout, stderr) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert_eq!(code, Some(1));
    let line = |path: &str| {
        format!("{path}: document 1 (SealedSecret shop/db), line 2: sealed to certificate 0a0a0a0a0a0a\n")
    };
    let expected = [".hidden/e.yaml", "a.yaml", "b/c.yml"].map(line).concat();
    assert_eq!(
        stdout,
        format!("{expected}3 of 3 SealedSecrets in 3 files not sealed to the present certificate\n")
    );
    assert_eq!(
        stderr,
        "error: 3 SealedSecrets are not sealed to the present certificate\nhint: run the same without --check\n"
    );
    assert_eq!(tree.text("a.yaml"), old);

    // What is named counts, whatever it is called; and once.
    let file = tree.path("f.txt");
    let output = run(
        &[
            "reseal",
            "--check",
            "--quiet",
            "--cert",
            "test-only.crt",
            file.to_str().unwrap(),
            file.to_str().unwrap(),
        ],
        b"",
    );
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(tree.told(&output.stderr).starts_with("error: 1 SealedSecret is not"));
}

#[test]
fn what_git_tracks_counts_though_it_is_ignored() {
    let old = old();
    let tree = Tree::new(&[(".gitignore", "a.yaml\nb.yaml\n"), ("a.yaml", &old), ("b.yaml", &old)]);
    for arguments in [&["init", "-q"][..], &["add", "-f", "a.yaml"]] {
        let git =
            std::process::Command::new("git").args(arguments).current_dir(tree.0.path()).status().unwrap();
        assert!(git.success());
    }
    let (code, stdout, stderr) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert_eq!(code, Some(1), "{stdout}{stderr}");
    assert!(
        stdout.contains("a.yaml: document 1 (SealedSecret shop/db), line")
            && stdout.contains("1 of 1 SealedSecret"),
        "{stdout}"
    );
}

#[test]
fn keys_reseal_in_place_and_keep_the_rest() {
    let old = old();
    let text = format!("# top\r\nkind: Other\r\n{}---\n{{\"a\":  1}}\n# end", old.replace('\n', "\r\n"));
    let tree = Tree::new(&[("a.yaml", &text), ("new.yaml", &old.replace(&"0a".repeat(32), PRESENT))]);
    let (code, stdout, stderr) = tree.run(&with_key());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(
        stdout,
        "a.yaml: document 2 (SealedSecret shop/db), line 4: resealed\n2 files with SealedSecrets: 1 resealed, 1 up to date\n"
    );
    let after = tree.text("a.yaml");
    let is_own =
        |line: &&str| ["password:", "user:", "certificate-fingerprint:"].iter().any(|key| line.contains(key));
    let rest =
        |text: &str| text.split('\n').filter(|line| !is_own(line)).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rest(&after), rest(&text));
    assert!(after.contains(PRESENT) && !after.contains(&"0a".repeat(32)));
    let item = |text: &str| text.lines().find(|line| line.contains("password:")).unwrap().to_owned();
    assert_ne!(item(&after), item(&text));
    assert!(opens(after.split("---").nth(1).unwrap()));

    let (code, stdout, _) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert_eq!(code, Some(0), "{stdout}");
    let before = tree.text("a.yaml");
    tree.run(&with_key());
    assert_eq!(tree.text("a.yaml"), before);
}

#[test]
fn without_a_hint_only_a_key_can_tell() {
    let text = old()
        .lines()
        .filter(|line| !line.contains("certificate-fingerprint") && !line.contains("annotations"))
        .flat_map(|line| [line, "\n"])
        .collect::<String>();
    let tree = Tree::new(&[("a.yaml", &text)]);
    let (code, stdout, _) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert!(code == Some(1) && stdout.contains("sealed to an unknown certificate"), "{stdout}");
    let (code, _, _) = tree.run(&[&with_key()[..], &["--check"]].concat());
    assert_eq!(code, Some(0));
    let (code, stdout, _) = tree.run(&with_key());
    assert!(code == Some(0) && stdout.contains("0 resealed, 1 up to date"), "{stdout}");
    // It is noted, with nothing else changed, so that nobody needs the key again.
    let noted = tree.text("a.yaml");
    assert_eq!(noted.lines().count(), text.lines().count() + 2);
    assert!(text.lines().all(|line| noted.contains(line)));
    assert_eq!(tree.run(&[&CERT[..], &["--check"]].concat()).0, Some(0));
}

#[test]
fn a_wrong_hint_is_found_where_there_is_a_key() {
    let sealed = old().replace(&"0a".repeat(32), PRESENT);
    let other = run(&["--raw", "--cert", "test-only.crt", "-n", "shop", "--name", "other"], b"x").stdout;
    let item = sealed.lines().find(|line| line.contains(" user:")).unwrap();
    let wrong = sealed.replace(item, &format!("    user: {}", String::from_utf8(other).unwrap()));
    let moved = sealed.replace("  namespace: shop\n", "");
    let tree = Tree::new(&[("a.yaml", &sealed), ("b.yaml", &wrong), ("c.yaml", &moved)]);
    assert_eq!(tree.run(&[&CERT[..], &["--check"]].concat()).0, Some(0));
    // What has no namespace may be as it says.
    let (code, stdout, _) = tree.run(&[&with_key()[..], &["--check"]].concat());
    assert_eq!(code, Some(1));
    assert!(
        stdout.starts_with(
            "b.yaml: document 1 (SealedSecret shop/db), line 2: sealed to an unknown certificate\n1 of 3"
        ),
        "{stdout}"
    );
    let (_, stdout, _) = tree.run(&[&with_key()[..], &["--check", "-n", "other"]].concat());
    assert!(stdout.contains("2 of 3"), "{stdout}");
}

#[test]
fn what_is_named_is_parsed_and_something_must_be_found() {
    let tree = Tree::new(&[
        ("broken.yaml", "a: [\n"),
        ("ok.yaml", "a: b\n"),
        ("sub/broken.yaml", "a: [\n"),
        ("a.yaml", &old()),
    ]);
    let on = |names: &[&str], flags: &[&str]| {
        let paths: Vec<PathBuf> = names.iter().map(|name| tree.path(name)).collect();
        let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
        let output = run(&[&["reseal"], flags, &paths].concat(), b"");
        (output.status.code(), tree.told(&output.stdout), tree.told(&output.stderr))
    };
    for flags in [[&CERT[..], &["--check"]].concat(), with_key()] {
        let (code, _, stderr) = on(&["broken.yaml", "ok.yaml"], &flags);
        assert!(
            code == Some(1) && stderr.contains("  broken.yaml: document 1, line 1 is not well-formed"),
            "{stderr}"
        );
        for (name, said) in [("ok.yaml", "in 1 file\n"), ("sub", "in 1 file\n")] {
            let (code, stdout, stderr) = on(&[name], &flags);
            assert!(code == Some(1) && stdout.is_empty(), "{name}: {stdout}");
            assert!(
                stderr.contains(&format!("error: found no SealedSecret {said}hint: ")),
                "{name}: {stderr}"
            );
        }
    }
    // Beside others it is told, as `inspect` does; and what a directory has beside them need not parse.
    let (code, stdout, stderr) =
        on(&["ok.yaml", "sub", "a.yaml"], &[&with_key()[..], &["--warn=always"]].concat());
    assert!(code == Some(0) && stdout.contains("1 resealed"), "{stdout}{stderr}");
    assert_eq!(stderr, "warning: found no SealedSecret in ok.yaml; it is passed over\n");
    // A shell's `*` names whatever is there.
    let chart = [
        ("c.yaml", "kind: Deployment\nspec: {{ .Values.spec }}\n"),
        ("README.md", "[a\n"),
        ("i.png", "\0\u{1}"),
    ];
    let chart = Tree::new(&[&chart[..], &[("a.yaml", &old())]].concat());
    let files = ["a.yaml", "c.yaml", "README.md", "i.png"].map(|name| chart.path(name));
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let output = run(&[&["reseal"], &with_key()[..], &files].concat(), b"");
    assert_eq!(output.status.code(), Some(0), "{}", chart.told(&output.stderr));
}

#[test]
fn templates_are_told_and_fail_where_somebody_relies_on_them() {
    let template = "{{- if .Values.sealed }}\nkind: SealedSecret\nspec: {{ .Values.spec }}\n{{- end }}\n";
    let inside = old().replace("  template:\n", "  template:\n    data: {url: '{{ .password }}'}\n");
    let other = "kind: ConfigMap # no SealedSecret\ndata: {{ .Values.data }}\n";
    let tree = Tree::new(&[("templates/a.yaml", template), ("b.yaml", &inside), ("templates/c.yaml", other)]);
    let fails =
        "templates/a.yaml: it does not parse, as templates may; what is sealed in it was not looked at\n";
    let (code, stdout, stderr) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert!(code == Some(1) && stdout.contains("1 of 1 SealedSecret in 1 file"), "{stdout}");
    let note = "warning: templates/c.yaml does not parse, as templates may; what is sealed in there was not looked at\n";
    assert!(
        stderr.starts_with(&format!("{note}error: not everything was checked:\n  {fails}hint: ")),
        "{stderr}"
    );
    assert!(stderr.contains("`helm template CHART > rendered.yaml`"), "{stderr}");
    let (code, _, stderr) = tree.run(&with_key());
    let words = "warning: templates/a.yaml, templates/c.yaml do not parse, as templates may; what is sealed in there was not \
                 looked at\n";
    assert_eq!((code, stderr.as_str()), (Some(0), words));
    let (code, stdout, stderr) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert!(code == Some(1) && stdout.contains("0 of 1 SealedSecret in 1 file"), "{stdout}{stderr}");
    // What is named is wanted.
    for name in ["templates/a.yaml", "templates/c.yaml"] {
        let file = tree.path(name);
        let output = run(&[&["reseal"], &with_key()[..], &[file.to_str().unwrap()]].concat(), b"");
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(tree.told(&output.stderr).contains(&format!("  {name}: it does not parse")), "{name}");
    }
    // A template beside it makes nothing of a document that is broken.
    fs::write(tree.path("b.yaml"), "a: '{{ .b }}'\n---\nkind: SealedSecret\na: [\n").unwrap();
    let (code, _, stderr) = tree.run(&with_key());
    assert!(code == Some(1) && stderr.contains("b.yaml: document 2, line 4 is not well-formed"), "{stderr}");
}

#[test]
fn what_names_no_namespace_is_told_so() {
    let tree = Tree::new(&[("a.yaml", &old().replace("  namespace: shop\n", ""))]);
    let (code, _, stderr) = tree.run(&with_key());
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains(
            "a.yaml: document 1 (SealedSecret db), line 2: it names no namespace, and does not open without\nhint: it names"
        ),
        "{stderr}"
    );
    assert!(stderr.contains("-n NAMESPACE"), "{stderr}");
    assert_eq!(tree.run(&[&with_key()[..], &["-n", "shop"]].concat()).0, Some(0));
}

#[test]
fn one_bad_file_does_not_stop_the_rest() {
    let old = old();
    let foreign = old.replace("name: db", "name: other");
    let tree = Tree::new(&[
        ("a.yaml", "kind: SealedSecret\nhunter2: [\n"),
        ("b.yaml", &format!("{foreign}{old}")),
        ("c.yaml", &old),
    ]);
    let missing = tree.path("missing");
    let output: Output = run(
        &[&["reseal"], &with_key()[..], &[missing.to_str().unwrap(), tree.0.path().to_str().unwrap()]]
            .concat(),
        b"",
    );
    assert_eq!(output.status.code(), Some(1));
    let stdout = tree.told(&output.stdout);
    assert!(stdout.ends_with("2 files with SealedSecrets: 2 resealed, 0 up to date, 3 failed\n"), "{stdout}");
    let stderr = tree.told(&output.stderr);
    let expected = "error: not everything was resealed:\n  missing: it cannot be read: no such file or directory\n  \
                    a.yaml: document 1, line 2 is not well-formed YAML or JSON\n  b.yaml: document 1 (SealedSecret shop/other), line 2: the values do not open\nhint: ";
    assert!(stderr.starts_with(expected), "{stderr}");
    assert!(!stderr.contains("hunter2"));
    assert!(tree.text("b.yaml").starts_with(&foreign) && tree.text("b.yaml").contains(PRESENT));
    assert!(tree.text("c.yaml").contains(PRESENT));
}

fn answer(hint: &str) -> Line {
    let answer = format!(
        r#"{{"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {{"name": "db", "namespace": "shop", "annotations": {{"sealedsecrets.bitnami.com/certificate-fingerprint": "{hint}"}}}}, "spec": {{"encryptedData": {{"password": "AgNEW=", "user": "AgNEW="}}}}}}"#
    );
    ("rotate", 200, answer)
}

fn online(tree: &Path, lines: Vec<Line>, arguments: &[&str]) -> (Output, Vec<String>) {
    let certificate = fs::read_to_string(fixture("test-only.crt")).unwrap();
    let all = [
        vec![("/services/sealed-secrets-controller", 200, PORTS.to_owned()), ("cert.pem", 200, certificate)],
        lines,
    ];
    let server = Server::start(all.concat());
    let kubeconfig = server.kubeconfig("{}");
    let flags = ["reseal", "--kubeconfig", kubeconfig.path().to_str().unwrap(), tree.to_str().unwrap()];
    (run(&[&flags[..], arguments].concat(), b""), server.asked())
}

#[test]
fn the_controller_reseals() {
    let old = old();
    for hint in [PRESENT.to_owned(), "0a".repeat(32)] {
        let tree = Tree::new(&[("a.yaml", &old), ("new.yaml", &old.replace(&"0a".repeat(32), PRESENT))]);
        let busy = || ("rotate", 429, String::new());
        let (output, asked) = online(tree.0.path(), vec![busy(), answer(&hint)], &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(asked.iter().filter(|request| request.contains("/v1/rotate")).count(), 2);
        let after = tree.text("a.yaml");
        assert_eq!(after.matches("AgNEW=").count(), 2, "{after}");
        // Upstream's controller passes the old hint on.
        assert!(after.contains(PRESENT) && after.contains("\n  # Ours.\n"), "{after}");
    }
}

#[test]
fn what_the_controller_refuses_is_listed_and_the_rest_goes_on() {
    let old = old();
    let tree = Tree::new(&[("a.yaml", &old), ("b.yaml", &old), ("c.yaml", &old)]);
    let lines = vec![
        ("rotate", 409, String::new()),
        ("rotate", 200, answer("").2.replace("\"db\"", "\"x\"")),
        answer(PRESENT),
    ];
    let (output, _) = online(tree.0.path(), lines, &[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = tree.told(&output.stderr);
    assert!(
        stderr.contains("a.yaml: document 1 (SealedSecret shop/db), line 2: the controller cannot open it\n"),
        "{stderr}"
    );
    assert!(
        stderr.contains("b.yaml: document 1 (SealedSecret shop/db), line 2: what the controller answered"),
        "{stderr}"
    );
    assert!(tree.text("a.yaml") == old && tree.text("b.yaml") == old);
    assert!(tree.text("c.yaml").contains("AgNEW="));
}

#[test]
fn a_cluster_that_keeps_failing_is_not_asked_for_ever() {
    let old = old();
    let names: Vec<String> = (0..6).map(|n| format!("{n}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), old.as_str())).collect();
    let tree = Tree::new(&files);
    let (output, asked) = online(tree.0.path(), vec![("rotate", 403, String::new())], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(asked.iter().filter(|request| request.starts_with("POST ")).count(), 3);
    assert_eq!(tree.told(&output.stderr).matches("it was not tried").count(), 3);
}

#[test]
fn what_upstreams_controller_cannot_open_does_not_stop_the_rest() {
    let old = old();
    let names: Vec<String> = (0..6).map(|n| format!("{n}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), old.as_str())).collect();
    let tree = Tree::new(&files);
    let cannot = || ("rotate", 500, "Error rotating".to_owned());
    let lines = vec![cannot(), cannot(), cannot(), cannot(), answer(PRESENT)];
    let (output, asked) = online(tree.0.path(), lines, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(asked.iter().filter(|request| request.starts_with("POST ")).count(), 6);
    let stderr = tree.told(&output.stderr);
    assert_eq!(stderr.matches("the controller could not open it, or failed").count(), 4, "{stderr}");
    assert!(stderr.contains("answered 500") && stderr.contains("the log of the controller"), "{stderr}");
    assert!(tree.text("4.yaml").contains("AgNEW=") && tree.text("5.yaml").contains("AgNEW="));
}

#[test]
fn the_certificate_of_the_controller_counts_where_it_reseals() {
    let tree = Tree::new(&[("a.yaml", &old())]);
    // Upstream's controller passes the old hint on.
    let lines = vec![answer(&"0a".repeat(32))];
    let (output, _) = online(tree.0.path(), lines, &["--cert", "expired.crt", "--warn=always"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("that of --cert is not used"));
    assert!(tree.text("a.yaml").contains(PRESENT));
}

#[test]
fn a_check_asks_for_nothing_but_the_certificate() {
    let tree = Tree::new(&[("a.yaml", &old())]);
    let (output, asked) = online(tree.0.path(), vec![], &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(asked.iter().all(|request| request.starts_with("GET ")), "{asked:?}");
}

#[test]
fn a_namespace_is_given_to_those_without_one() {
    let old = old().replace("  namespace: shop\n", "");
    let tree = Tree::new(&[("a.yaml", &old)]);
    assert_eq!(tree.run(&with_key()).0, Some(1));
    let (code, _, stderr) = tree.run(&[&with_key()[..], &["-n", "shop"]].concat());
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!tree.text("a.yaml").contains("namespace:"));
}

#[test]
#[cfg(unix)]
fn each_file_is_told_once_it_is_written() {
    use std::io::{BufRead as _, BufReader};
    let old = old();
    let tree = Tree::new(&[("a\nb.yaml", &old)]);
    // It waits for what is written into the second one.
    let pipe = tree.path("z.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let first = tree.path("a\nb.yaml");
    let arguments =
        [&["reseal"], &with_key()[..], &[first.to_str().unwrap(), pipe.to_str().unwrap()]].concat();
    let mut child = program::program(&arguments).spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains("/a\\nb.yaml\": document 1 (") && line.ends_with(": resealed\n"), "{line}");
    assert!(child.try_wait().unwrap().is_none());
    fs::write(&pipe, "a: 1\n").unwrap();
    assert!(child.wait().unwrap().success());
    line.clear();
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains("1 resealed"), "{line}");
}

#[test]
fn wrong_usage() {
    for arguments in
        [&["reseal"][..], &["reseal", "--offline", "."], &["--cert", "test-only.crt", "reseal", "."]]
    {
        assert_eq!(run(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
}

/// What another certificate sealed, under the hint of the present one.
fn misnoted() -> String {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (now, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let certificate = envelope::issue(&mut rand::rngs::SysRng, &private, "", now, 60 * day).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("other.crt");
    fs::write(&file, certificate.to_pem()).unwrap();
    let output = run(&["--cert", file.to_str().unwrap(), "-o", "yaml"], SECRET);
    String::from_utf8(output.stdout).unwrap().replace(&certificate.fingerprint().to_string(), PRESENT)
}

/// Whether the user may list the keys, which are there.
fn keys_for(allowed: bool) -> Vec<Line> {
    let review = serde_json::json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {}, "spec": {},
        "status": { "allowed": allowed },
    });
    [vec![("/selfsubjectaccessreviews?", 201, review.to_string())], key_lines::key_lines()].concat()
}

#[test]
fn a_hint_is_checked_with_the_keys_of_the_cluster_where_they_may_be_read() {
    let tree = Tree::new(&[("a.yaml", &misnoted())]);
    let (output, _) = online(tree.0.path(), keys_for(true), &["--check"]);
    let told = tree.told(&output.stdout);
    assert!(
        told.contains("a.yaml: document 1 (SealedSecret shop/db), line 2: sealed to an unknown certificate"),
        "{told}"
    );
    // Where they may not, it is believed, and nobody tries to list them.
    let (output, asked) = online(tree.0.path(), keys_for(false), &["--check"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!asked.iter().any(|request| request.contains("/secrets?")), "{asked:?}");
    let (output, _) = online(tree.0.path(), [keys_for(true), vec![answer(PRESENT)]].concat(), &[]);
    let told = tree.told(&output.stdout);
    assert!(told.contains("1 resealed, 0 up to date") && tree.text("a.yaml").contains("AgNEW="), "{told}");

    // What another program sealed needs no reseal either, where a key tells.
    let unnoted = old().replace("certificate-fingerprint", "x");
    let tree = Tree::new(&[("a.yaml", &unnoted)]);
    let (output, _) = online(tree.0.path(), keys_for(true), &[]);
    let told = tree.told(&output.stdout);
    assert!(told.contains("0 resealed, 1 up to date"), "{told}");
}

#[test]
fn all_is_resealed_where_all_is_asked_for() {
    let tree = Tree::new(&[("a.yaml", &old().replace(&"0a".repeat(32), PRESENT)), ("b.yaml", &misnoted())]);
    let (output, _) = online(tree.0.path(), vec![answer(PRESENT)], &["--all"]);
    let told = tree.told(&output.stdout);
    assert!(output.status.success() && told.contains("2 resealed, 0 up to date"), "{told}");
    let (code, _, error) = tree.run(&["--all", "--check"]);
    assert!(code == Some(2) && error.contains("--check and --all exclude each other"), "{error}");
}
