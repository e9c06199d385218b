//! What the tests use: a folder with the files of a release, and programs that install them.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use release::archive;
use release::platform::Platform;
use release::program::{Linkage, Program as Released};
use tempfile::TempDir;
use tests::process::cli::Cli;
use tests::programs::Programs;
use tests::programs::program::Program;
use tests::test::suite::Stage;

use crate::checksums;

/// The version of this checkout.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The file with the checksums of all others, whose signature is that of the release.
pub(crate) const SHA256SUMS: &str = "SHA256SUMS";

/// The release of this checkout.
#[derive(Debug)]
pub(crate) struct Release {
    /// The executable that the archives hold.
    pub(crate) program: Released,
    /// Archives and their checksums.
    pub(crate) files: TempDir,
    /// kubectl, with krew as a plugin, for a PATH.
    pub(crate) tools: TempDir,
    programs: Programs,
}

impl Stage for Release {
    async fn stop(&self) -> Result<()> {
        Ok(())
    }
}

impl Release {
    /// Builds kubeseal-rs, and writes the archives of all platforms, each with this one program.
    pub(crate) fn build() -> Result<Self> {
        let programs = Programs::ready(&[&[Program::Kubectl][..], &Program::RELEASE].concat())?;
        let program = Released::kubeseal_rs(Linkage::Static)?;
        let (files, tools) = (tempfile::tempdir()?, tempfile::tempdir()?);
        for platform in platforms() {
            archive::write(files.path(), program.path(), &platform)?;
        }
        checksums::write(files.path())?;
        for tool in [Program::Kubectl, Program::Krew] {
            symlink(programs.path(tool)?, tools.path().join(tool.file_name()))?;
        }
        Ok(Self { program, files, tools, programs })
    }

    /// The archive for this machine.
    pub(crate) fn archive(&self) -> PathBuf {
        self.files.path().join(Platform::host(Linkage::Static).archive())
    }

    /// A SealedSecret that `program` makes with [`certificate`].
    pub(crate) async fn seal(&self, program: &Cli) -> Result<String> {
        let secret = b"apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: hunter22}\n";
        let certificate = certificate();
        let sealed = program.output(&["--cert", certificate.as_str(), "-o", "yaml"], secret).await?;
        String::from_utf8(sealed).context("it is not text")
    }

    pub(crate) fn path(&self, program: Program) -> Result<&Path> {
        self.programs.path(program)
    }

    /// A PATH with `first` before the tools and this machine's programs.
    pub(crate) fn search_path(&self, first: &[&Path]) -> String {
        let mut folders: Vec<_> = first.iter().map(|folder| folder.display().to_string()).collect();
        folders.push(self.tools.path().display().to_string());
        folders.extend(std::env::var("PATH"));
        folders.join(":")
    }
}

/// A certificate of a controller.
pub(crate) fn certificate() -> String {
    tests::workspace::root().join("crates/envelope/tests/keys/a.crt.pem").display().to_string()
}

/// All platforms that a release has an archive for.
pub(crate) fn platforms() -> Vec<Platform> {
    let mut platforms = Vec::new();
    for architecture in ["amd64", "arm64"] {
        for (os, needs_glibc) in [("linux", false), ("linux", true), ("darwin", false), ("windows", false)] {
            platforms.push(Platform {
                os: os.to_owned(),
                architecture: architecture.to_owned(),
                needs_glibc,
            });
        }
    }
    platforms
}
