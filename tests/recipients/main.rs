//! `crates/recipients` beside a second implementation of its format, in Python (`tests/programs/recipients`), which was
//! written from the two pages FORMAT.md alone. `crates/recipients/tests` opens the vectors that it wrote.
//!
//! Needs Python, and Go for the programs of age; no control plane.

mod age_identity;
mod both_ways;
mod refused;
mod stage;
mod vectors;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

use self::stage::Program;

fn main() -> ExitCode {
    suite::run_on(
        async || Program::ready(),
        tests![
            vectors::are_what_python_writes,
            both_ways::python_opens_what_rust_seals,
            both_ways::rust_unseals_what_python_seals,
            refused::both_read_the_same_texts,
            age_identity::opens_without_a_cluster,
            age_identity::opens_what_the_program_encrypted,
        ],
    )
}
