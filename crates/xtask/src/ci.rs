//! `cargo xtask ci`: all that must hold before a change lands, the quick and the likely to fail first.

mod copy;
mod deny;
mod examples;
mod node_packages;
mod not_unix;
mod packages;
mod python_packages;
mod shell_packages;

use std::env;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use harness::binaries::Binaries;

use crate::cargo::cargo;
use crate::step::Steps;
use crate::{check, generate, test};

pub(crate) fn run() -> Result<()> {
    let mut steps = Steps::default();
    let result = steps_of_ci(&mut steps);
    steps.print_table();
    result
}

fn steps_of_ci(steps: &mut Steps) -> Result<()> {
    // A run that failed may have left it, and a cache may bring it along.
    copy::remove()?;
    check::steps_of_check(steps)?;
    steps.step("generated files", || generate::run(&generate::Arguments { check: true }))?;
    steps.step("packages alone", packages::check)?;
    steps.step("examples of CONTRIBUTING", examples::compile)?;
    steps.step("kubeseal-rs for Windows", not_unix::compile)?;
    let mut doc = cargo(&["doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "--deny warnings");
    steps.command("documentation", doc)?;
    // A developer's machine may lack what some tests need, and they are reported as unrun. On a CI machine every test must run.
    let all_must_run = env::var("CI").is_ok_and(|ci| ci == "true");
    if all_must_run {
        steps.step("packages of a node", node_packages::install)?;
        steps.step("shells", shell_packages::install)?;
        steps.step("packages of Python", || {
            python_packages::install();
            Ok(())
        })?;
    }
    steps.step("tests", || test::run(&test::Arguments::everything(all_must_run)))?;
    steps.step("demo", demo)?;
    steps.step("licenses and bans", deny::run)
}

/// The README's first command, and the demo of several clusters, with the programs that the tests have just used.
fn demo() -> Result<()> {
    let binaries = Binaries::build(&["--workspace", "--all-targets"])?;
    // Not the path of this program: cargo has replaced its file by one with the features of the whole workspace.
    let xtask = binaries.kubeseal.with_file_name("xtask");
    for arguments in [&["demo"][..], &["demo", "--clusters", "2"]] {
        let status = Command::new(&xtask).args(arguments).envs(binaries.environment()).status();
        let status = status.context("cannot run the demo")?;
        ensure!(status.success(), "`cargo xtask {}` ended with {status}", arguments.join(" "));
    }
    Ok(())
}
