//! A repository with a project file, clusters that serve certificates, and a home in which trust is stored.

use crate::support::program::{finish, program};
use crate::support::server::Server;
use crate::support::terminal::Terminal;
use rand::rngs::SysRng;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

pub(super) struct Repository {
    folder: TempDir,
}

impl Repository {
    /// A repository, and a kubeconfig with a context of each name. A server that speaks TLS is verified.
    pub(super) fn new(contexts: &[(&str, &Server)]) -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        repository.write(".git/HEAD", "ref: refs/heads/main\n");
        fs::create_dir(repository.path(".git/objects")).unwrap();
        let mut text = String::from("apiVersion: v1\nkind: Config\nusers: [{ name: u, user: {} }]\n");
        let mut named = String::from("contexts:\n");
        text.push_str("clusters:\n");
        for (name, server) in contexts {
            let authority = server.files.as_ref().map(|files| {
                format!(", certificate-authority: {}, tls-server-name: elsewhere.example", files[0].display())
            });
            let (url, authority) = (server.url(), authority.unwrap_or_default());
            writeln!(text, "- {{ name: {name}, cluster: {{ server: \"{url}\"{authority} }} }}").unwrap();
            writeln!(named, "- {{ name: {name}, context: {{ cluster: {name}, user: u }} }}").unwrap();
        }
        fs::write(repository.folder.path().join("kubeconfig"), text + &named).unwrap();
        repository
    }

    /// A file of the repository.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("repo").join(name)
    }

    /// A file beside the repository.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command
            .current_dir(self.path(""))
            .env("XDG_CONFIG_HOME", self.folder.path().join("config"))
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .env("KUBECONFIG", self.folder.path().join("kubeconfig"));
        command
    }

    /// Exit code, standard output and standard error.
    pub(super) fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = finish(self.command(arguments), b"");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// Standard output of a command that must succeed.
    pub(super) fn succeeds(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {stderr}");
        stdout
    }

    /// Standard error of a command that must fail.
    pub(super) fn fails(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.run(arguments);
        assert!(code != Some(0), "{arguments:?}: {stdout}");
        stderr
    }

    /// The command at a terminal, where the question is answered: exit code, standard output, and what the terminal shows.
    pub(super) fn answers(&self, arguments: &[&str], answer: &str) -> (Option<i32>, String, String) {
        let mut terminal = Terminal::start(self.command(arguments));
        terminal.wait_for(" [y/N] ");
        terminal.type_in(answer);
        terminal.end()
    }
}

/// A certificate of a new key.
pub(super) fn newer() -> String {
    let private = envelope::PrivateKey::generate(envelope::KeySize::Rsa2048).unwrap();
    let (start, day) = (jiff::Timestamp::now(), jiff::SignedDuration::from_hours(24 * 365));
    envelope::issue(&mut SysRng, &private, "", start, day).unwrap().to_pem()
}
