//! The workflows of GitHub, read by actionlint, which follows them to the workflows and actions of this repository.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tests::process::cli::Cli;
use tests::programs::program::Program;
use tests::user::page::Page;
use tests::workspace;

use crate::stage::Release;

const FOLDER: &str = ".github/workflows";

/// A checkout with the workflows and the action alone: actionlint finds the root of a project by its folder `.git`.
fn checkout() -> Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    fs::create_dir(dir.path().join(".git"))?;
    for folder in [FOLDER, "kubeseal-rs/action"] {
        fs::create_dir_all(dir.path().join(folder))?;
        for entry in fs::read_dir(workspace::root().join(folder))? {
            let path = entry?.path();
            fs::copy(&path, dir.path().join(folder).join(path.file_name().context("no name")?))?;
        }
    }
    Ok(dir)
}

async fn actionlint(release: &Release, dir: &Path) -> Result<(bool, String)> {
    let actionlint = Cli::new(release.path(Program::Actionlint)?).current_dir(dir);
    let output = actionlint.run(&["-no-color"], b"").await?;
    Ok((output.status.success(), format!("{}{}", String::from_utf8_lossy(&output.stdout), output.stderr)))
}

pub(crate) async fn actionlint_finds_nothing(release: Arc<Release>) -> Result<()> {
    let (succeeded, printed) = actionlint(&release, checkout()?.path()).await?;
    ensure!(succeeded, "{printed}");
    Ok(())
}

/// The example of the page has the inputs that the action has.
pub(crate) async fn actionlint_finds_nothing_in_the_example_of_the_page(release: Arc<Release>) -> Result<()> {
    let dir = checkout()?;
    let page = Page::read("kubeseal-rs/docs/install.md")?;
    let example = page.blocks("yaml").into_iter().find(|block| block.contains("jobs:"));
    let example = example.context("the page has no workflow")?;
    // The action of the checkout: actionlint reads no other.
    let published = concat!("OWNER/REPOSITORY/kubeseal-rs/action@v", env!("CARGO_PKG_VERSION"));
    ensure!(example.contains(published), "the example does not use {published}");
    let example = example.replace(published, "./kubeseal-rs/action");
    fs::write(dir.path().join(FOLDER).join("example.yaml"), example)?;
    let (succeeded, printed) = actionlint(&release, dir.path()).await?;
    ensure!(succeeded, "{printed}");
    Ok(())
}

/// So that the other tests cannot pass because actionlint reads nothing: an input that the action does not have.
pub(crate) async fn actionlint_finds_a_mistake(release: Arc<Release>) -> Result<()> {
    let dir = checkout()?;
    let path = dir.path().join(FOLDER).join("release.yaml");
    let text = fs::read_to_string(&path)?;
    let wrong = text.replace("          download-url: ", "          download-uri: ");
    ensure!(wrong != text, "the workflow does not use the action");
    fs::write(&path, wrong)?;
    let (succeeded, printed) = actionlint(&release, dir.path()).await?;
    ensure!(!succeeded && printed.contains("download-uri"), "{printed}");
    Ok(())
}
