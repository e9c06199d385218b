//! What users meet outside of the program: completion in Bash, zsh and fish, each driven at a terminal as a user drives it; and the manual, as
//! groff and mandoc read it.
//!
//! A shell that is not installed is reported as unrun.

mod completes;
mod manual;
mod shell;
mod stage;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

use self::stage::Stand;

fn main() -> ExitCode {
    suite::run_on(
        async || Stand::ready(),
        tests![
            completes::in_bash,
            completes::in_zsh,
            completes::in_fish,
            manual::groff_reads_it,
            manual::mandoc_reads_it
        ],
    )
}
