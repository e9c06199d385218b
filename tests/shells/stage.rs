//! [`Stand`]: a folder with both names of the program, and what it completes.
//!
//! The programs of the shells print their arguments, one in each pair of brackets, so that a test sees what a completed line means; for
//! `completion`, and when a script asks, they are kubeseal-rs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tests::binaries::Binaries;
use tests::failure::Unrun;
use tests::test::suite::Stage;

const KUBECONFIG: &str = "apiVersion: v1
kind: Config
clusters: [{name: nowhere, cluster: {server: 'http://127.0.0.1:1'}}]
users: [{name: nobody, user: {}}]
contexts:
- {name: 'arn:aws:eks:eu:1:cluster/prod', context: {cluster: nowhere, user: nobody, namespace: web-shop}}
- {name: staging, context: {cluster: nowhere, user: nobody}}
";

/// Where both programs are, and a folder to work in.
#[derive(Debug)]
pub(crate) struct Stand {
    folder: TempDir,
}

impl Stage for Stand {
    async fn stop(&self) -> Result<()> {
        Ok(())
    }
}

impl Stand {
    pub(crate) fn ready() -> Result<Self> {
        let program = Binaries::ready()?.kubeseal;
        let stand = Self { folder: tempfile::tempdir()? };
        for name in ["kubeseal-rs", "kubeseal"] {
            let path = stand.path("bin").join(name);
            fs::create_dir_all(stand.path("bin"))?;
            let script = format!(
                "#!/bin/sh\nif [ -n \"$KUBESEAL_RS_COMPLETE\" ] || [ \"$1\" = completion ]; then exec {} \"$@\"; fi\n\
                 printf 'RAN'; printf '[%s]' \"$@\"; echo ' END'\n",
                program.display()
            );
            fs::write(&path, script)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        }
        fs::create_dir_all(stand.path("work/manifests"))?;
        fs::write(stand.path("work/manifests/my db.yaml"), "")?;
        fs::write(stand.path("kubeconfig"), KUBECONFIG)?;
        Ok(stand)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command in the folder, with nothing of the user's environment.
    pub(crate) fn command(&self, program: &Path) -> Command {
        // In a session of its own, whose terminal is standard input: fish does not start without one.
        let mut command = Command::new("setsid");
        command
            .args(["--ctty", "--wait"])
            .arg(program)
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display()))
            .env("HOME", self.folder.path())
            .env("KUBECONFIG", self.path("kubeconfig"))
            .env("LANG", "C.UTF-8")
            .current_dir(self.path("work"));
        command
    }
}

/// The program of this name, which is in a Debian package of the same name.
pub(crate) fn installed(name: &str) -> Result<PathBuf> {
    let found = ["/usr/local/bin", "/usr/bin", "/bin"].iter().map(|folder| Path::new(folder).join(name));
    let missing = || Unrun::new(format!("there is no {name}: apt-get install {name}"));
    found.into_iter().find(|path| path.is_file()).ok_or_else(|| missing().into())
}

/// What a program prints to both outputs, if it succeeds.
pub(crate) fn printed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    ensure!(output.status.success(), "{command:?} ended with {}: {text}", output.status);
    Ok(text)
}
