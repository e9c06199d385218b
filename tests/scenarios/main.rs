//! Judged by the original: one list of scenarios, played against upstream's controller and against ours.
//!
//! The list is under `list/`: given objects, steps, and the end state that must come of it. Both controllers must reach it,
//! except where a scenario says what ours does better, and why.

mod list;
mod outcome;
mod play;
mod scenario;
mod stage;

use std::process::ExitCode;

use tests::{suite, tests};

fn main() -> ExitCode {
    suite::run(stage::set, tests![play::upstream_reaches_every_end_state, play::ours_reaches_every_end_state])
}
