//! `cargo xtask check`: formatting, layout and lints. Run it before every commit; it is also how `cargo xtask ci` begins.

mod layout;

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

/// Runs the steps of `cargo xtask check` as steps of a longer run.
pub(crate) fn steps_of_check(steps: &mut Steps) -> Result<()> {
    steps
        .command("format", cargo(&["fmt", "--all", "--check"]))
        .map_err(|error| error.context(Failure::new("the code is not formatted", "run `cargo fmt --all`")))?;
    steps.step("layout", layout::check)?;
    steps.command("lints", cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}
