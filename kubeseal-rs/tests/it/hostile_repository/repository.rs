//! A Git repository that names commands everywhere Git would run one.

use crate::support::program::{program, run};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(super) const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  password: hunter2-planted\n";

pub(super) const FINGERPRINT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";

/// Every setting of Git's that names a command.
const COMMANDS: &str = "[core]\n\trepositoryformatversion = 0\n\tworktree = .\n\tfsmonitor = MARK\n\thooksPath = HOOKS\n\
    \tpager = MARK\n\teditor = MARK\n\tsshCommand = MARK\n\talternateRefsCommand = MARK\n\
    [diff]\n\texternal = MARK\n[diff \"evil\"]\n\tcommand = MARK\n\ttextconv = MARK\n\
    [filter \"evil\"]\n\tclean = MARK\n\tsmudge = MARK\n\tprocess = MARK\n\trequired = true\n\
    [include]\n\tpath = more\n[alias]\n\tls-files = !MARK\n\tdiff = !MARK\n[credential]\n\thelper = MARK\n";

/// A repository that runs MARK wherever it can.
pub(super) struct Hostile {
    pub(super) directory: TempDir,
    pub(super) sealed: String,
}

impl Hostile {
    pub(super) fn new() -> Self {
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
        // From here on: git itself would run all of this.
        let commands = hostile.commands();
        hostile.write("deploy/config", &commands);
        hostile.write("deploy/more", &commands);
        git(&tree, &["add", "-f", "deploy"]);
        // Other files that an archive may hold.
        hostile.write(".git/config", &commands);
        hostile.write(".git/more", &commands);
        hostile.write("nested/.git", "gitdir: ../deploy\n");
        fs::create_dir_all(tree.join(".git/hooks")).unwrap();
        for hook in ["post-index-change", "fsmonitor-watchman", "pre-commit"] {
            hostile.executable(&format!("tree/.git/hooks/{hook}"), "#!/bin/sh\nexec ../mark\n");
        }
        hostile
    }

    pub(super) fn commands(&self) -> String {
        let hooks = self.tree().join(".git/hooks");
        let mark = self.path("mark");
        COMMANDS.replace("MARK", mark.to_str().unwrap()).replace("HOOKS", hooks.to_str().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn tree(&self) -> PathBuf {
        self.path("tree")
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.tree().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn executable(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs a command there, once with a `git` on the PATH that leaves a mark, once with the real one.
    pub(super) fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let real = std::env::var("PATH").unwrap_or_default();
        let pretended = format!("{}:{real}", self.path("bin").display());
        let mut last = None;
        for path in [pretended, real] {
            let mut command = program(arguments);
            command.current_dir(self.tree()).env("PATH", path);
            let output = in_time(command);
            assert!(!self.path("marked").exists(), "{arguments:?} ran a command: {}", printed(&output));
            last = Some(output);
        }
        let output = last.unwrap();
        (output.status.code(), printed(&output))
    }
}

pub(super) fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// The output of a program. A program that waits for something fails the test.
pub(super) fn in_time(mut command: Command) -> Output {
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

pub(super) fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub(super) fn locations(stdout: &str) -> Vec<String> {
    let findings = stdout.lines().filter(|line| line.contains(": document "));
    findings.map(|line| line.split(": ").next().unwrap().to_owned()).collect()
}
