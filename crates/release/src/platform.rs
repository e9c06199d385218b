//! [`Platform`]: what an archive is for, as its file name says: `kubeseal-rs-0.1.0-linux-amd64.tar.gz`. Operating systems and
//! architectures have their names in Go, as with upstream's archives, Krew and images.

use std::env;
use std::fmt;

use crate::program::Linkage;

/// How the file name of each archive of this version begins.
const PREFIX: &str = concat!("kubeseal-rs-", env!("CARGO_PKG_VERSION"), "-");
/// What follows the operating system in the name of an archive whose program needs glibc.
const GLIBC: &str = "-gnu";

/// An operating system, an architecture, and whether the program needs libraries of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// `linux`, `darwin`, `windows`.
    pub os: String,
    /// `amd64`, `arm64`.
    pub architecture: String,
    /// Static programs exist for Linux alone.
    pub needs_glibc: bool,
}

impl Platform {
    /// This machine's.
    pub fn host(linkage: Linkage) -> Self {
        let os = match env::consts::OS {
            "macos" => "darwin",
            other => other,
        };
        Self {
            os: os.to_owned(),
            architecture: architecture().to_owned(),
            needs_glibc: os == "linux" && linkage == Linkage::Dynamic,
        }
    }

    /// The platform of the archive that is called `file`. None of a file that is no archive of this version.
    pub fn of_archive(file: &str) -> Option<Self> {
        let (name, is_zip) = match file.strip_suffix(".zip") {
            Some(name) => (name, true),
            None => (file.strip_suffix(".tar.gz")?, false),
        };
        let (os, architecture) = name.strip_prefix(PREFIX)?.split_once('-')?;
        let (architecture, needs_glibc) = match architecture.strip_suffix(GLIBC) {
            Some(architecture) => (architecture, true),
            None => (architecture, false),
        };
        let platform = Self { os: os.to_owned(), architecture: architecture.to_owned(), needs_glibc };
        (platform.is_windows() == is_zip).then_some(platform)
    }

    /// The name of its archive.
    pub fn archive(&self) -> String {
        format!("{PREFIX}{self}.{}", if self.is_windows() { "zip" } else { "tar.gz" })
    }

    /// The file name of the program.
    pub fn program(&self) -> &'static str {
        if self.is_windows() { "kubeseal-rs.exe" } else { "kubeseal-rs" }
    }

    pub(crate) fn is_windows(&self) -> bool {
        self.os == "windows"
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let libraries = if self.needs_glibc { GLIBC } else { "" };
        write!(f, "{}-{}{libraries}", self.os, self.architecture)
    }
}

/// This machine's architecture.
pub fn architecture() -> &'static str {
    match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_archive_is_read_back() {
        for (os, architecture, needs_glibc) in [
            ("linux", "amd64", false),
            ("linux", "arm64", true),
            ("darwin", "arm64", false),
            ("windows", "amd64", false),
        ] {
            let platform = Platform { os: os.to_owned(), architecture: architecture.to_owned(), needs_glibc };
            assert_eq!(Platform::of_archive(&platform.archive()), Some(platform));
        }
    }

    #[test]
    fn other_files_are_no_archives() {
        for file in [
            "SHA256SUMS",
            "controller.yaml",
            "kubeseal-rs-0.0.9-linux-amd64.tar.gz",
            "kubeseal-rs-0.1.0-linux-amd64.zip",
            "kubeseal-rs-0.1.0-windows-amd64.tar.gz",
            "kubeseal-rs-0.1.0-linux-amd64.tar.gz.sigstore.json",
        ] {
            assert_eq!(Platform::of_archive(file), None, "{file}");
        }
    }
}
