//! One list of scenarios, run against upstream's controller, against ours, and against ours with wrapped keys.
//!
//! The list is under `list/`: objects, steps, and the expected end state. Both controllers must reach it, except where
//! a scenario says what ours does better, and why. An end state must state everything (Secret and owner, `Synced`,
//! every event by type and reason), or say that a part may be `any`, and why; and it must stay so.

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
    suite::run(
        stage::set,
        tests![
            play::upstream_reaches_every_end_state,
            play::ours_reaches_every_end_state,
            play::ours_reaches_every_end_state_with_wrapped_keys,
        ],
    )
}
