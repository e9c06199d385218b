//! Our two programs, as cargo builds them. Programs of other projects are [`programs`](crate::programs).

pub(crate) mod elf;
pub mod static_controller;

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::workspace;

/// The variables by which a parent process passes the paths of programs that it has built. `cargo xtask test` sets
/// them.
const CONTROLLER: &str = "SEALED_SECRETS_TEST_CONTROLLER";
const KUBESEAL: &str = "SEALED_SECRETS_TEST_KUBESEAL";

/// The executables of `sealed-secrets-controller` and `kubeseal-rs`.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// `sealed-secrets-controller`.
    pub controller: PathBuf,
    /// `kubeseal-rs`.
    pub kubeseal: PathBuf,
}

impl Binaries {
    /// The programs that a parent process has built, else builds them. Blocks while cargo works.
    pub fn ready() -> Result<Self> {
        match (env::var_os(CONTROLLER), env::var_os(KUBESEAL)) {
            (Some(controller), Some(kubeseal)) => {
                Ok(Self { controller: controller.into(), kubeseal: kubeseal.into() })
            }
            _ => Self::build(&["--package", "controller", "--package", "kubeseal-rs", "--bins"]),
        }
    }

    /// Runs `cargo build ARGS`, with its usual output on standard error; returns the two programs among its results.
    pub fn build(args: &[&str]) -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["build", "--message-format=json-render-diagnostics"])
            .args(args)
            .current_dir(workspace::root())
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run cargo")?;
        ensure!(output.status.success(), "cargo build {} failed with {}", args.join(" "), output.status);
        let built = String::from_utf8_lossy(&output.stdout);
        Ok(Self {
            controller: executable(&built, "sealed-secrets-controller")?,
            kubeseal: executable(&built, "kubeseal-rs")?,
        })
    }

    /// The environment by which a child process's [`ready`](Self::ready) finds the programs.
    pub fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [(CONTROLLER, self.controller.clone()), (KUBESEAL, self.kubeseal.clone())]
    }
}

/// The path of the program `name`, from cargo's messages: a line of JSON for each artifact.
fn executable(messages: &str, name: &str) -> Result<PathBuf> {
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
    use std::path::Path;

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
