//! The archive for this machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use release::archive;
use release::platform::Platform;
use release::program::Linkage;
use tests::process::cli::Cli;

use crate::stage::{Release, VERSION, platforms};

/// Unpacks the archive into `dir`, as a user does.
async fn unpack(release: &Release, dir: &Path) -> Result<()> {
    let archive = release.archive().display().to_string();
    Cli::new(Path::new("tar")).current_dir(dir).output(&["-xzf", &archive], b"").await?;
    Ok(())
}

/// The content of each file below `dir`, by its path there.
fn files(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::from(dir)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(dir)?.display().to_string(), fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

/// The build has checked that the program names neither a loader nor a library.
pub(crate) async fn runs_without_anything_else(release: Arc<Release>) -> Result<()> {
    let dir = tempfile::tempdir()?;
    unpack(&release, dir.path()).await?;
    // An empty environment, in which not even a PATH is set.
    let program = Cli::new(&dir.path().join("kubeseal-rs")).env("PATH", "");
    let printed = String::from_utf8(program.output(&["--version"], b"").await?)?;
    ensure!(printed.contains(&format!("kubeseal-rs v{VERSION}")), "{printed}");
    let sealed = release.seal(&program).await?;
    ensure!(sealed.contains("kind: SealedSecret") && !sealed.contains("hunter22"), "{sealed}");
    Ok(())
}

pub(crate) async fn holds_completions_man_pages_and_the_licence(release: Arc<Release>) -> Result<()> {
    let dir = tempfile::tempdir()?;
    unpack(&release, dir.path()).await?;
    let mut files = files(dir.path())?;
    let root = tests::workspace::root();
    for name in ["LICENSE", "README.md"] {
        assert_eq!(files.remove(name).context(name)?, fs::read(root.join(name))?, "{name}");
    }
    assert_eq!(files.remove("kubeseal-rs").context("no program")?, fs::read(release.program.path())?);
    let program = Cli::new(release.program.path());
    for (shell, file) in [
        ("bash", "kubeseal-rs.bash"),
        ("zsh", "_kubeseal-rs"),
        ("fish", "kubeseal-rs.fish"),
        ("powershell", "kubeseal-rs.ps1"),
        ("elvish", "kubeseal-rs.elv"),
    ] {
        let script = files.remove(&format!("completions/{file}")).context(file)?;
        assert_eq!(script, program.output(&["completion", shell], b"").await?, "{file}");
    }
    // All that is left are man pages, and all of them.
    let mut pages = 0;
    for entry in fs::read_dir(root.join("kubeseal-rs/man"))? {
        let path = entry?.path();
        let name = path.file_name().context("no name")?.display().to_string();
        assert_eq!(
            files.remove(&format!("man/man1/{name}")).with_context(|| name.clone())?,
            fs::read(&path)?
        );
        pages += 1;
    }
    ensure!(pages > 20, "{pages} man pages");
    ensure!(files.is_empty(), "not expected: {:?}", files.keys());
    Ok(())
}

pub(crate) async fn is_the_same_when_it_is_written_again(release: Arc<Release>) -> Result<()> {
    let dir = tempfile::tempdir()?;
    // A copy of another age, in another folder.
    let copy = dir.path().join("kubeseal-rs");
    fs::copy(release.program.path(), &copy)?;
    fs::File::open(&copy)?.set_modified(std::time::SystemTime::UNIX_EPOCH)?;
    let host = Platform::host(Linkage::Static);
    let windows = platforms().into_iter().find(|it| it.os == "windows").context("no Windows")?;
    for platform in [host, windows] {
        let again = archive::write(dir.path(), &copy, &platform)?;
        let first = release.files.path().join(platform.archive());
        ensure!(fs::read(&again)? == fs::read(first)?, "{platform}: the archives differ");
    }
    Ok(())
}

pub(crate) async fn has_the_checksum_that_sha256sum_wants(release: Arc<Release>) -> Result<()> {
    let sha256sum = Cli::new(Path::new("sha256sum")).current_dir(release.files.path());
    let printed = String::from_utf8(sha256sum.output(&["--check", "--strict", "SHA256SUMS"], b"").await?)?;
    let mut expected: Vec<_> = platforms().iter().map(|it| format!("{}: OK", it.archive())).collect();
    expected.sort();
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
    Ok(())
}
