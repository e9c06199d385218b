//! Judged by the original: one list of scenarios, played against upstream's controller and against ours.
//!
//! The list is under `list/`: given objects, steps, and the end state that must come of it. Both controllers must reach it,
//! except where a scenario says what ours does better, and why. All of an end state has to be said (Secret and owner, `Synced`,
//! every event by type and reason), or that one of them may be `any`, and why; and it has to stay so.

mod list;
mod outcome;
mod play;
mod scenario;
mod sentinel;
mod snapshot;
mod stage;
mod stated;
mod steps;
mod synced;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(stage::set, tests![play::upstream_reaches_every_end_state, play::ours_reaches_every_end_state])
}
