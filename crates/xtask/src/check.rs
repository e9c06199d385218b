//! `cargo xtask check`: formatting and lints, what one runs before every commit.

use anyhow::Result;
use harness::failure::Failure;

use crate::cargo::cargo;
use crate::step::Steps;

pub(crate) fn run() -> Result<()> {
    let mut steps = Steps::default();
    let result = steps_of_check(&mut steps);
    steps.print_table();
    result
}

/// The same as the first steps of CI.
pub(crate) fn steps_of_check(steps: &mut Steps) -> Result<()> {
    steps
        .command("format", cargo(&["fmt", "--all", "--check"]))
        .map_err(|error| error.context(Failure::new("the code is not formatted", "run `cargo fmt --all`")))?;
    steps.command("lints", cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}
