//! What a repository of a stranger may do to the verbs that walk it: nothing. No command runs, git included; nothing
//! outside is read; nothing that is tracked can be hidden; and pipes do not stop them.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/key_lines.rs"]
mod key_lines;
#[path = "support/program.rs"]
mod program;
#[path = "support/server.rs"]
mod server;

use key_lines::{LABELLED, LEGACY, changed, key, key_lines, list, nothing_sealed};
use program::{fixture, program, run};
use rand::rngs::SysRng;
use serde_json::json;
use server::Server;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  password: hunter2-planted\n";
const FINGERPRINT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";

/// Everything of git's that names a command.
const COMMANDS: &str = "[core]\n\trepositoryformatversion = 0\n\tworktree = .\n\tfsmonitor = MARK\n\thooksPath = HOOKS\n\
    \tpager = MARK\n\teditor = MARK\n\tsshCommand = MARK\n\talternateRefsCommand = MARK\n\
    [diff]\n\texternal = MARK\n[diff \"evil\"]\n\tcommand = MARK\n\ttextconv = MARK\n\
    [filter \"evil\"]\n\tclean = MARK\n\tsmudge = MARK\n\tprocess = MARK\n\trequired = true\n\
    [include]\n\tpath = more\n[alias]\n\tls-files = !MARK\n\tdiff = !MARK\n[credential]\n\thelper = MARK\n";

/// A repository that runs MARK wherever it can.
struct Hostile {
    directory: TempDir,
    sealed: String,
}

impl Hostile {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let hostile = Self {
            sealed: String::from_utf8(
                run(&["--cert", "test-only.crt", "-o", "yaml"], SECRET.as_bytes()).stdout,
            )
            .unwrap(),
            directory,
        };
        let tree = hostile.tree();
        fs::create_dir(&tree).unwrap();
        git(&tree, &["init", "-q"]);
        hostile.executable("mark", &format!("#!/bin/sh\ntouch {}\n", hostile.path("marked").display()));
        fs::create_dir(hostile.path("bin")).unwrap();
        hostile.executable("bin/git", &format!("#!/bin/sh\ntouch {}\n", hostile.path("marked").display()));

        hostile.write(".gitattributes", "* filter=evil diff=evil\n");
        hostile.write(".gitignore", "*\n!*/\n");
        hostile.write("app/secret.yaml", SECRET);
        hostile.write("app/sealed.yaml", &hostile.sealed);
        // A folder that looks like a bare repository.
        git(&tree, &["init", "-q", "--bare", "deploy"]);
        hostile.write("deploy/refs/.keep", "");
        hostile.write("deploy/objects/.keep", "");
        hostile.write("deploy/secret.yaml", SECRET);
        hostile.write("deploy/sealed.yaml", &hostile.sealed);
        fs::remove_dir_all(tree.join("deploy/hooks")).unwrap();
        hostile.write("deploy/hooks/post-index-change", "#!/bin/sh\nfalse\n");
        symlink("/dev/zero", tree.join("app/.ignore")).unwrap();
        git(&tree, &["add", "-f", "."]);
        // Only now: git itself would run all of this.
        let commands = hostile.commands();
        hostile.write("deploy/config", &commands);
        hostile.write("deploy/more", &commands);
        git(&tree, &["add", "-f", "deploy"]);
        // What an archive may have beside that.
        hostile.write(".git/config", &commands);
        hostile.write(".git/more", &commands);
        hostile.write("nested/.git", "gitdir: ../deploy\n");
        fs::create_dir_all(tree.join(".git/hooks")).unwrap();
        for hook in ["post-index-change", "fsmonitor-watchman", "pre-commit"] {
            hostile.executable(&format!("tree/.git/hooks/{hook}"), "#!/bin/sh\nexec ../mark\n");
        }
        hostile
    }

    fn commands(&self) -> String {
        let hooks = self.tree().join(".git/hooks");
        let mark = self.path("mark");
        COMMANDS.replace("MARK", mark.to_str().unwrap()).replace("HOOKS", hooks.to_str().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn tree(&self) -> PathBuf {
        self.path("tree")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.tree().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn executable(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs a verb there, with a git on the PATH that leaves a mark, and with the real one.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let real = std::env::var("PATH").unwrap_or_default();
        let pretended = format!("{}:{real}", self.path("bin").display());
        let mut last = None;
        for path in [pretended, real] {
            let mut command = program(arguments);
            command.current_dir(self.tree()).env("PATH", path);
            let output = in_time(command);
            assert!(!self.path("marked").exists(), "{arguments:?} ran a command: {}", told(&output));
            last = Some(output);
        }
        let output = last.unwrap();
        (output.status.code(), told(&output))
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// Its output; a program that waits for something fails the test.
fn in_time(mut command: Command) -> Output {
    let mut child = command.stdin(std::process::Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > Duration::from_mins(1) {
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "it hangs: {command:?}");
            return output;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn places(stdout: &str) -> Vec<String> {
    let findings = stdout.lines().filter(|line| line.contains(": document "));
    findings.map(|line| line.split(": ").next().unwrap().to_owned()).collect()
}

#[test]
fn guard_runs_nothing_and_finds_what_is_tracked() {
    let hostile = Hostile::new();
    for arguments in [&["guard"][..], &["guard", "."], &["guard", "app", "deploy"], &["guard", "--staged"]] {
        let (code, told) = hostile.run(arguments);
        assert_eq!(code, Some(1), "{told}");
        assert_eq!(places(&told), ["app/secret.yaml:5", "deploy/secret.yaml:5"], "{arguments:?}: {told}");
    }
    let (code, told) = hostile.run(&["guard", "--staged", "deploy"]);
    assert_eq!((code, places(&told)), (Some(1), vec!["deploy/secret.yaml:5".to_owned()]), "{told}");
}

#[test]
fn reseal_and_inspect_run_nothing_and_read_what_is_tracked() {
    let hostile = Hostile::new();
    let (certificate, key) = (fixture("test-only.crt"), fixture("test-only.key"));
    let certificate = ["--cert", certificate.to_str().unwrap()];
    let (code, told) = hostile.run(&[&["inspect", "."], &certificate[..]].concat());
    assert!(
        code == Some(0) && told.contains("app/sealed.yaml") && told.contains("deploy/sealed.yaml"),
        "{told}"
    );
    let keys = ["--recovery-private-key", key.to_str().unwrap()];
    for name in ["app/sealed.yaml", "deploy/sealed.yaml"] {
        hostile.write(name, &hostile.sealed.replace(FINGERPRINT, &"0a".repeat(32)));
    }
    let (code, told) = hostile.run(&[&["reseal", "--check"], &certificate[..], &keys, &["."]].concat());
    assert!(
        code == Some(1) && told.contains("app/sealed.yaml") && told.contains("deploy/sealed.yaml"),
        "{told}"
    );
}

/// A key that was made just now.
fn newer() -> serde_json::Value {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24));
    let certificate = envelope::issue(&mut SysRng, &private, "", start, day).unwrap();
    let base64 = |text: &str| base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text);
    let mut newer = key();
    newer["metadata"]["name"] = json!("sealed-secrets-keynewer");
    newer["metadata"]["creationTimestamp"] = json!(start);
    newer["data"] = json!({ "tls.crt": base64(&certificate.to_pem()), "tls.key": base64(&private.to_pkcs1_pem().unwrap()) });
    newer
}

#[test]
fn keys_run_nothing_and_read_what_is_tracked() {
    let hostile = Hostile::new();
    let verbs: [&[&str]; 3] = [
        &["list", "-o", "json"],
        &["retire", FINGERPRINT, "--unserved"],
        &["revoke", FINGERPRINT, "--yes", "--no-renew"],
    ];
    for verb in verbs {
        // Only a key to which there is a newer one is retired.
        let keys = if verb[0] == "retire" {
            vec![(LABELLED, 200, list(&[newer(), key()])), (LEGACY, 200, list(&[]))]
        } else {
            key_lines()
        };
        let lines = || [keys.clone(), vec![nothing_sealed(), changed()]].concat();
        let server = Server::start([lines(), lines()].concat());
        let kubeconfig = server.kubeconfig("{}");
        let place = ["--kubeconfig", kubeconfig.path().to_str().unwrap(), "."];
        let (_, told) = hostile.run(&[&["keys"], verb, &place].concat());
        let is_read = told.contains("\"files\": 2")
            || told.contains("app/sealed.yaml") && told.contains("deploy/sealed.yaml");
        assert!(is_read, "{verb:?}: {told}");
    }
}

#[test]
fn what_leads_elsewhere_or_never_ends_is_passed_over() {
    let hostile = Hostile::new();
    let tree = hostile.tree();
    let outside = hostile.path("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret.yaml"), SECRET).unwrap();
    symlink(&outside, tree.join("app/folder")).unwrap();
    symlink(outside.join("secret.yaml"), tree.join("app/file.yaml")).unwrap();
    symlink("/dev/zero", tree.join("app/endless.yaml")).unwrap();
    symlink("..", tree.join("app/circle")).unwrap();
    fs::remove_file(tree.join(".gitignore")).unwrap();
    symlink("/dev/zero", tree.join(".gitignore")).unwrap();
    fs::create_dir(tree.join("deep")).unwrap();
    for name in ["app/pipe.yaml", "deep/.gitignore", "deep/.ignore", "deep/.git"] {
        let status = Command::new("mkfifo").arg(tree.join(name)).status().unwrap();
        assert!(status.success());
    }
    let (code, told) = hostile.run(&["guard"]);
    assert_eq!(
        (code, places(&told)),
        (Some(1), vec!["app/secret.yaml:5".to_owned(), "deploy/secret.yaml:5".into()]),
        "{told}"
    );
    let (code, told) = hostile.run(&["inspect", "."]);
    assert!(told.contains("app/sealed.yaml") && !told.contains("file.yaml"), "{code:?} {told}");
}

#[test]
fn kustomizations_lead_to_nothing_outside() {
    let hostile = Hostile::new();
    let outside = hostile.path("outside");
    fs::create_dir(&outside).unwrap();
    let generator = "kind: SecretGenerator\nmetadata: {name: x}\nfiles: [notes.txt]\n";
    fs::write(outside.join("gen.yaml"), generator).unwrap();
    hostile.write("app/notes.txt", "hunter2-planted\n");
    fs::remove_file(hostile.tree().join(".gitignore")).unwrap();
    symlink(&outside, hostile.tree().join("app/link")).unwrap();
    let elsewhere = outside.join("gen.yaml");
    for file in [elsewhere.to_str().unwrap(), "../../outside/gen.yaml", "link/gen.yaml", "/proc/kmsg"] {
        hostile.write("app/kustomization.yaml", &format!("generators: ['{file}']\n"));
        for arguments in [["guard", "app"], ["guard", "app/notes.txt"]] {
            let (_, told) = hostile.run(&arguments);
            assert!(!told.contains("notes.txt"), "{file}: {told}");
        }
    }
    hostile.write("app/gen.yaml", generator);
    hostile.write("app/kustomization.yaml", "generators: [./gen.yaml]\n");
    let (_, told) = hostile.run(&["guard", "app"]);
    assert!(told.contains("app/notes.txt:1: a file in plaintext"), "{told}");
}

#[test]
fn what_cannot_be_read_of_the_repository_is_a_failure() {
    type Damage<'d> = &'d dyn Fn(&Hostile);
    let broken: [(&str, Damage<'_>); 5] = [
        ("another format", &|hostile| hostile.write(".git/config", "[extensions]\nobjectFormat = sha3\n")),
        ("no index", &|hostile| hostile.write(".git/index", "DIRC")),
        ("a pipe", &|hostile| {
            fs::remove_file(hostile.tree().join(".git/index")).unwrap();
            Command::new("mkfifo").arg(hostile.tree().join(".git/index")).status().unwrap();
        }),
        ("elsewhere", &|hostile| {
            fs::rename(hostile.tree().join(".git"), hostile.path("moved")).unwrap();
            hostile.write(".git", "gitdir: ../nowhere\n");
        }),
        ("nothing", &|hostile| {
            fs::rename(hostile.tree().join(".git"), hostile.path("moved")).unwrap();
            hostile.write(".git", "something else\n");
        }),
    ];
    for (what, damage) in broken {
        let hostile = Hostile::new();
        damage(&hostile);
        for (arguments, words) in
            [(["guard", "."], "cannot tell which of the ignored"), (["guard", "--staged"], "error: ")]
        {
            let (code, told) = hostile.run(&arguments);
            assert!(
                code == Some(1) && told.contains(words) && places(&told).is_empty(),
                "{what}: {arguments:?}: {told}"
            );
        }
    }
}

/// Replaces a file by a pipe.
fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn pipes_in_the_repository_are_a_failure_and_no_end() {
    let tree = || {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        fs::write(path.join("a.yaml"), "a: 1\n").unwrap();
        fs::write(path.join(".gitignore"), "*\n").unwrap();
        git(path, &["init", "-q"]);
        git(path, &["add", "-f", "."]);
        git(path, &["commit", "-q", "-m", "one"]);
        directory
    };
    let fails = |path: &Path, arguments: &[&str]| {
        let mut command = program(arguments);
        command.current_dir(path);
        let output = in_time(command);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains("is a pipe or a device"), "{}", told(&output));
    };
    let entries = |directory: PathBuf| {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };

    let split = tree();
    git(split.path(), &["update-index", "--split-index"]);
    let is_shared = |path: &&PathBuf| path.to_str().unwrap().contains("sharedindex.");
    pipe(entries(split.path().join(".git")).iter().find(is_shared).unwrap());
    fails(split.path(), &["guard", "."]);
    fails(split.path(), &["inspect", "."]);

    let packed = tree();
    git(packed.path(), &["gc", "-q"]);
    for path in entries(packed.path().join(".git/objects/pack")) {
        pipe(&path);
    }
    fails(packed.path(), &["guard", "--staged"]);

    // A repository whose alternate has them.
    let borrower = tree();
    let objects = packed.path().join(".git/objects");
    fs::write(borrower.path().join(".git/objects/info/alternates"), format!("{}\n", objects.display()))
        .unwrap();
    fails(borrower.path(), &["guard", "--staged"]);

    let loose = tree();
    let objects = loose.path().join(".git/objects");
    for directory in entries(objects).iter().filter(|path| path.file_name().unwrap().len() == 2) {
        for path in entries(directory.clone()) {
            pipe(&path);
        }
    }
    fails(loose.path(), &["guard", "--staged"]);
}

#[test]
fn a_work_tree_without_its_repository_is_a_plain_folder_where_nothing_is_guarded() {
    let hostile = Hostile::new();
    fs::rename(hostile.tree().join(".git"), hostile.path("moved")).unwrap();
    hostile.write(".git", "gitdir: ../nowhere\n");
    hostile.write(".gitignore", "secret.yaml\n");
    let (certificate, key) = (fixture("test-only.crt"), fixture("test-only.key"));
    let certificate = ["--cert", certificate.to_str().unwrap()];
    let keys = ["--recovery-private-key", key.to_str().unwrap()];
    let (code, told) = hostile.run(&[&["inspect", "."], &certificate[..]].concat());
    assert!(code == Some(0) && told.contains("app/sealed.yaml"), "{code:?}: {told}");
    assert_eq!(told.matches("is taken as a plain folder").count(), 1, "{told}");
    let (code, told) = hostile.run(&[&["reseal", "--check"], &certificate[..], &keys, &["."]].concat());
    assert!(code == Some(0) && told.contains("is taken as a plain folder"), "{code:?}: {told}");
    let (code, told) = hostile.run(&["guard", "."]);
    assert!(code == Some(1) && told.contains("cannot tell which of the ignored"), "{code:?}: {told}");
}

#[test]
fn references_that_are_kept_otherwise_matter_only_to_what_is_staged() {
    let hostile = Hostile::new();
    hostile.write(
        ".git/config",
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n",
    );
    let certificate = fixture("test-only.crt");
    let (code, told) = hostile.run(&["guard", "."]);
    assert_eq!(
        (code, places(&told)),
        (Some(1), vec!["app/secret.yaml:5".to_owned(), "deploy/secret.yaml:5".into()]),
        "{told}"
    );
    let (code, told) = hostile.run(&["inspect", ".", "--cert", certificate.to_str().unwrap()]);
    assert!(code == Some(0) && told.contains("app/sealed.yaml"), "{told}");
    let (code, told) = hostile.run(&["guard", "--staged"]);
    assert!(code == Some(1) && told.contains("extensions.refstorage = reftable"), "{told}");
}
