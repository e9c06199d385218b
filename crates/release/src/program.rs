//! [`Program`]: one of the two programs as a release holds it. `build.sh` beside this folder builds it, and the Dockerfiles run that
//! script too.
//!
//! Decided: glibc for static archives too, as in the images, instead of musl. It is the C library that all tests run with. build.sh keeps it
//! from loading libraries of the system, and `tests/release` sees that it does not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::elf::Elf;
use crate::workspace;

/// How a program gets its C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linkage {
    /// It holds all it needs, and starts where there is nothing else. Linux with glibc.
    Static,
    /// From the machine that it runs on. On Windows, where every machine has the rest, the C runtime is in the program.
    Dynamic,
}

impl Linkage {
    /// What archives hold: static programs where there are any, unless `dynamic`.
    pub const fn of_archive(dynamic: bool) -> Self {
        if cfg!(target_os = "linux") && !dynamic { Self::Static } else { Self::Dynamic }
    }
}

/// An executable that was built.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
}

impl Program {
    /// The controller, for its image.
    pub fn controller() -> Result<Self> {
        Self::build("controller", "sealed-secrets-controller", Linkage::Static)
    }

    /// The command line, for its image and its archives.
    pub fn kubeseal_rs(linkage: Linkage) -> Result<Self> {
        Self::build("kubeseal-rs", "kubeseal-rs", linkage)
    }

    /// Path of the executable.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Builds it, with cargo's usual output on standard error, which takes minutes the first time. Checks that a static one starts where
    /// there is nothing else.
    fn build(package: &str, name: &str, linkage: Linkage) -> Result<Self> {
        let mut command = command(package, linkage);
        command.arg("--message-format=json-render-diagnostics").current_dir(workspace::root());
        let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("cannot run {}", command.get_program().display()))?;
        ensure!(output.status.success(), "the build of {package} ended with {}", output.status);
        let path = executable(&String::from_utf8_lossy(&output.stdout), name)?;
        if linkage == Linkage::Static {
            let program = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let elf =
                Elf::parse(&program).with_context(|| format!("cannot understand {}", path.display()))?;
            ensure!(
                elf.is_static()?,
                "{} needs libraries: build it on Linux with glibc and its static library (Debian: libc6-dev)",
                path.display()
            );
        }
        Ok(Self { path })
    }
}

/// What builds `package`.
fn command(package: &str, linkage: Linkage) -> Command {
    if cfg!(windows) {
        // Without a shell, and so with the paths of the machine in messages of panics.
        let mut command = Command::new("cargo");
        command.env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-feature=+crt-static");
        command.args(["build", "--locked", "--release", "--package", package]);
        return command;
    }
    // Tests that run meanwhile must not be late because of it.
    let mut command = Command::new("nice");
    command.arg(workspace::root().join("crates/release/build.sh"));
    command.args([if linkage == Linkage::Static { "static" } else { "dynamic" }, package]);
    command
}

/// The path of the program `name`, from cargo's messages: a line of JSON for each artifact.
pub fn executable(messages: &str, name: &str) -> Result<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name && message["target"]["kind"][0] == "bin")
        // The program built for its own unit tests is another executable of the same name.
        .filter(|message| message["profile"]["test"] == false)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .with_context(|| format!("cargo built no program called {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_and_its_unit_tests_are_not() -> Result<()> {
        let messages = r#"{"target":{"name":"a","kind":["bin"]},"profile":{"test":true},"executable":"/d/deps/a-1"}
not json
{"target":{"name":"a","kind":["lib"]},"profile":{"test":false},"executable":null}
{"target":{"name":"a","kind":["bin"]},"profile":{"test":false},"executable":"/d/a"}"#;
        assert_eq!(executable(messages, "a")?, Path::new("/d/a"));
        assert!(executable(messages, "b").is_err());
        Ok(())
    }
}
