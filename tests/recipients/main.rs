//! `crates/recipients` and `crates/key-wrapping` beside second implementations of their formats, in Python
//! (`tests/programs/recipients`), which were written from the pages FORMAT.md alone. The tests of both crates open the vectors that these
//! wrote.
//!
//! Needs Python, and Go for the programs of age; no control plane.

mod age_identity;
mod both_ways;
mod refused;
mod stage;
mod vectors;
mod wrapped_keys;

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
            wrapped_keys::vectors_are_what_python_writes,
            wrapped_keys::python_opens_what_rust_wraps,
            wrapped_keys::rust_opens_what_python_wraps,
            wrapped_keys::both_read_the_same_texts,
        ],
    )
}
