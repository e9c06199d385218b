//! The GitHub Action, its steps run in order as a runner runs them.

mod runner;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};
use tests::process::cli::Cli;

use self::runner::{Action, Runner};
use crate::stage::{Release, SHA256SUMS, VERSION, certificate};

const PLAINTEXT: &str =
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: hunter22\n";

fn url(dir: &Path) -> String {
    format!("file://{}", dir.display())
}

pub(crate) async fn is_of_this_version(_: Arc<Release>) -> Result<()> {
    assert_eq!(Action::read()?.default_of("version"), VERSION);
    Ok(())
}

pub(crate) async fn installs_and_checks(release: Arc<Release>) -> Result<()> {
    let runner = Runner::new(&release)?;
    fs::create_dir(runner.workspace().join("a folder"))?;
    let sealed = release.seal(&Cli::new(release.program.path())).await?;
    fs::write(runner.workspace().join("a folder/db.yaml"), sealed)?;
    let inputs = [
        ("download-url", url(release.files.path())),
        ("guard", "a folder\n".to_owned()),
        ("reseal-check", "a folder".to_owned()),
        ("cert", certificate()),
    ];
    let outcome = runner.run(&Action::read()?, &inputs).await?;
    ensure!(outcome.succeeded, "{}", outcome.output);
    assert_eq!(outcome.steps, 3);
    ensure!(outcome.output.contains(&format!("kubeseal-rs v{VERSION}")), "{}", outcome.output);
    ensure!(outcome.output.contains("the signature of SHA256SUMS was not verified"), "{}", outcome.output);
    assert_eq!(fs::read(runner.installed()?)?, fs::read(release.program.path())?);
    Ok(())
}

pub(crate) async fn finds_plaintext(release: Arc<Release>) -> Result<()> {
    let runner = Runner::new(&release)?;
    fs::write(runner.workspace().join("-db.yaml"), PLAINTEXT)?;
    let inputs = [("download-url", url(release.files.path())), ("guard", "-db.yaml".to_owned())];
    let outcome = runner.run(&Action::read()?, &inputs).await?;
    ensure!(!outcome.succeeded && outcome.steps == 2, "{}", outcome.output);
    ensure!(outcome.output.contains("-db.yaml:6: "), "{}", outcome.output);
    Ok(())
}

pub(crate) async fn installs_nothing_with_another_checksum(release: Arc<Release>) -> Result<()> {
    let mirror = tempfile::tempdir()?;
    let archive = release.archive();
    let name = archive.file_name().unwrap_or_default();
    let mut bytes = fs::read(&archive)?;
    fs::copy(release.files.path().join(SHA256SUMS), mirror.path().join(SHA256SUMS))?;
    bytes.push(0);
    fs::write(mirror.path().join(name), bytes)?;
    let runner = Runner::new(&release)?;
    let outcome = runner.run(&Action::read()?, &[("download-url", url(mirror.path()))]).await?;
    ensure!(!outcome.succeeded, "{}", outcome.output);
    ensure!(outcome.output.contains("does not have the checksum"), "{}", outcome.output);
    ensure!(runner.installed().is_err(), "it was installed");
    Ok(())
}

pub(crate) async fn installs_nothing_that_it_cannot_trust(release: Arc<Release>) -> Result<()> {
    let files = url(release.files.path());
    for (input, value, words) in [
        ("verify", "required", "cosign is not installed"),
        ("verify", "Required", "neither required nor if-installed"),
        ("download-url", "http://127.0.0.1:9/files", "does not begin with https://"),
    ] {
        let runner = Runner::new(&release)?;
        let url = if input == "download-url" { None } else { Some(("download-url", files.clone())) };
        let inputs: Vec<_> = url.into_iter().chain([(input, value.to_owned())]).collect();
        let outcome = runner.run(&Action::read()?, &inputs).await?;
        ensure!(!outcome.succeeded && outcome.output.contains(words), "{}", outcome.output);
        ensure!(runner.installed().is_err(), "it was installed with {input} {value}");
    }
    Ok(())
}

/// With a program called cosign, because the real one needs servers of Sigstore: whether its verdict counts, and what it is asked.
pub(crate) async fn wants_the_right_signature_where_cosign_is(release: Arc<Release>) -> Result<()> {
    let mirror = tempfile::tempdir()?;
    let archive = release.archive();
    for file in [archive.clone(), release.files.path().join(SHA256SUMS)] {
        fs::copy(&file, mirror.path().join(file.file_name().unwrap_or_default()))?;
    }
    let inputs = [("download-url", url(mirror.path())), ("verify", "required".to_owned())];
    for (verdict, has_signature) in [(0, true), (1, true), (0, false)] {
        let signature = mirror.path().join("SHA256SUMS.sigstore.json");
        if has_signature {
            fs::write(&signature, "{}")?;
        } else {
            fs::remove_file(&signature)?;
        }
        let runner = Runner::new(&release)?;
        let cosign = runner.tools().join("cosign");
        fs::write(&cosign, format!("#!/bin/sh\necho \"cosign $*\"\nexit {verdict}\n"))?;
        fs::set_permissions(&cosign, fs::Permissions::from_mode(0o755))?;
        let outcome = runner.run(&Action::read()?, &inputs).await?;
        let expected = verdict == 0 && has_signature;
        ensure!(outcome.succeeded == expected, "{}", outcome.output);
        ensure!(runner.installed().is_ok() == expected, "{}", outcome.output);
        if has_signature {
            let asked = format!(
                "cosign verify-blob --bundle SHA256SUMS.sigstore.json \
                 --certificate-oidc-issuer https://token.actions.githubusercontent.com \
                 --certificate-identity https://github.com/owner/repository/.github/workflows/release.yaml@refs/tags/v{VERSION} \
                 SHA256SUMS"
            );
            ensure!(outcome.output.contains(&asked), "{}", outcome.output);
        }
    }
    Ok(())
}
