//! System tests in which our programs and upstream's meet on one control plane. Ours alone are in `controller`.
//!
//! Each test has the control plane for itself while it runs: two controllers with different keys, side by side, would each
//! call the other's SealedSecrets broken.

mod cases;
mod keys;
mod seals;
mod stage;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            seals::upstream_seals_and_ours_unseals,
            seals::ours_seals_and_upstream_unseals,
            keys::upstream_starts_on_our_key,
            keys::ours_starts_on_upstreams_key,
        ],
    )
}
