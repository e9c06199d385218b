//! `cargo`, run at the root of the checkout.

use std::env;
use std::process::Command;

use harness::workspace;

/// `cargo ARGS`, to be run at the root, with the cargo that runs this program.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(workspace::root());
    command
}
