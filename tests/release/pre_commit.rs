//! The hook of `.pre-commit-hooks.yaml`, run by the pre-commit framework in a repository of a user.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tests::process::cli::Cli;
use tests::programs::own::python::Python;
use tests::workspace;

use crate::stage::Release;

const HOOKS: &str = ".pre-commit-hooks.yaml";
const CONFIGURATION: &str = ".pre-commit-config.yaml";
const PLAINTEXT: &str =
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: hunter22\n";

/// `git` in a repository at `dir`, which it makes.
async fn repository(dir: &Path) -> Result<Cli> {
    let git = Cli::new(Path::new("git")).current_dir(dir);
    git.output(&["init", "--quiet"], b"").await?;
    for (key, value) in [("user.name", "test"), ("user.email", "test@example.com")] {
        git.output(&["config", key, value], b"").await?;
    }
    Ok(git)
}

async fn commit(git: &Cli) -> Result<String> {
    git.output(&["add", "--all"], b"").await?;
    git.output(&["commit", "--quiet", "--message", "a commit"], b"").await?;
    let id = String::from_utf8(git.output(&["rev-parse", "HEAD"], b"").await?)?;
    Ok(id.trim().to_owned())
}

pub(crate) async fn finds_plaintext(release: Arc<Release>) -> Result<()> {
    let python = tokio::task::spawn_blocking(|| Python::ready("pre-commit")).await.context("panicked")??;
    let (hooks, user) = (tempfile::tempdir()?, tempfile::tempdir()?);
    fs::copy(workspace::root().join(HOOKS), hooks.path().join(HOOKS))?;
    let revision = commit(&repository(hooks.path()).await?).await?;
    let git = repository(user.path()).await?;
    let configuration = format!(
        "repos:\n- repo: {}\n  rev: {revision}\n  hooks:\n  - id: kubeseal-rs-guard\n",
        hooks.path().display()
    );
    fs::write(user.path().join(CONFIGURATION), &configuration)?;
    fs::write(user.path().join("README.md"), "a page\n")?;
    commit(&git).await?;
    let program = release.program.path().parent().context("no folder")?;
    let pre_commit =
        Cli::new(python.interpreter()).current_dir(user.path()).env("PATH", release.search_path(&[program]));
    let passed =
        String::from_utf8(pre_commit.output(&["-m", "pre_commit", "run", "--all-files"], b"").await?)?;
    ensure!(passed.contains("no plaintext Secrets") && passed.contains("Passed"), "{passed}");

    // Such a name is no flag, which would hide the other files.
    fs::write(user.path().join("--help"), "a page\n")?;
    fs::write(user.path().join("z.yaml"), PLAINTEXT)?;
    git.output(&["add", "--", "--help", "z.yaml"], b"").await?;
    let found = pre_commit.run(&["-m", "pre_commit", "run"], b"").await?;
    let printed = String::from_utf8_lossy(&found.stdout).into_owned();
    found.failure(1)?;
    ensure!(printed.contains("z.yaml:6: "), "{printed}");
    git.output(&["rm", "--force", "--quiet", "--", "--help", "z.yaml"], b"").await?;

    // Flags reach guard by an entry; in `args` they would be names of files, and the run would fail.
    let with_hook = |hook: &str| fs::write(user.path().join(CONFIGURATION), configuration.clone() + hook);
    fs::write(user.path().join("trusted.yaml"), "clusters: {}\n")?;
    with_hook("    args: [--trusted, trusted.yaml]\n")?;
    let refused = pre_commit.run(&["-m", "pre_commit", "run", "--all-files"], b"").await?;
    let printed = String::from_utf8_lossy(&refused.stdout).into_owned();
    ensure!(printed.contains("cannot read --trusted") && printed.contains("in `entry`"), "{printed}");
    with_hook("    entry: kubeseal-rs guard --trusted trusted.yaml --\n")?;
    let passed =
        String::from_utf8(pre_commit.output(&["-m", "pre_commit", "run", "--all-files"], b"").await?)?;
    ensure!(passed.contains("no plaintext Secrets") && passed.contains("Passed"), "{passed}");
    with_hook("")?;

    // Plaintext that is staged, and not what is in the work tree by now.
    fs::write(user.path().join("db.yaml"), PLAINTEXT)?;
    git.output(&["add", "db.yaml"], b"").await?;
    fs::write(user.path().join("db.yaml"), "sealed\n")?;
    let found = pre_commit.run(&["-m", "pre_commit", "run"], b"").await?;
    let printed = String::from_utf8_lossy(&found.stdout).into_owned();
    found.failure(1)?;
    ensure!(printed.contains("db.yaml:6: ") && !printed.contains("hunter22"), "{printed}");
    Ok(())
}
