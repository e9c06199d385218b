//! The Krew manifest, as krew and its own check of manifests read it. Both download the archives over HTTP.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, ensure};
use release::krew;
use tempfile::TempDir;
use tests::network::file_server::FileServer;
use tests::process::cli::Cli;
use tests::programs::program::Program;

use crate::stage::{Release, VERSION, platforms};

/// The manifest in a folder of its own, and the server that it names.
struct Manifest {
    path: PathBuf,
    _server: FileServer,
    _dir: TempDir,
}

impl Manifest {
    async fn of(release: &Release) -> Result<Self> {
        let (server, dir) = (FileServer::serve().await?, tempfile::tempdir()?);
        let mut url = String::new();
        for platform in platforms() {
            let name = platform.archive();
            let archive = fs::read(release.files.path().join(&name))?;
            fs::write(dir.path().join(&name), &archive)?;
            url = server.add(&name, archive);
        }
        let url = url.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = krew::write(dir.path(), url, "https://example.com/kubeseal-rs")?;
        Ok(Self { path, _server: server, _dir: dir })
    }

    fn path(&self) -> String {
        self.path.display().to_string()
    }
}

pub(crate) async fn takes_the_manifest_for_every_platform(release: Arc<Release>) -> Result<()> {
    let manifest = Manifest::of(&release).await?;
    let check = Cli::new(release.path(Program::ValidateKrewManifest)?).env("PATH", release.search_path(&[]));
    let output = check.run(&["-manifest", &manifest.path()], b"").await?;
    let printed = output.stderr.clone();
    output.success()?;
    ensure!(printed.contains("all 6 spec.platforms installed fine"), "{printed}");
    Ok(())
}

pub(crate) async fn installs_a_plugin_that_runs(release: Arc<Release>) -> Result<()> {
    let manifest = Manifest::of(&release).await?;
    let root = tempfile::tempdir()?;
    let bin = root.path().join("bin");
    let kubectl = Cli::new(Path::new("kubectl"))
        .env("PATH", release.search_path(&[&bin]))
        .env("KREW_ROOT", root.path());
    kubectl.output(&["krew", "install", "--manifest", &manifest.path()], b"").await?;
    let version = String::from_utf8(kubectl.output(&["sealed-secrets", "--version"], b"").await?)?;
    ensure!(version.contains(&format!("kubeseal-rs v{VERSION}")), "{version}");
    Ok(())
}
