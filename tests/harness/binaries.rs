//! Our two programs, as cargo builds them. Programs of other projects are [`programs`](crate::programs).

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use release::program::executable;

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
