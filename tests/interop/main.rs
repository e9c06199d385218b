//! System tests of our programs and upstream's on one control plane. Tests of our programs alone are in `controller`.
//!
//! Each test has the control plane for itself while it runs: two controllers with different keys, side by side, would
//! each report the other's SealedSecrets as broken.

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
