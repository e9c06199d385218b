//! The chart and the image on a real node with kubelet, scheduler, kube-proxy and helm, from the first installation to
//! the last, upstream's chart and program included. What the controller does with SealedSecrets is in the other suites.
//!
//! All tests share one cluster, and each has a release of its own, one after the other: two controllers would both
//! unseal.

mod installs;
mod load;
mod memory;
mod moves;
mod release;
mod replicas;
mod stage;
mod upgrades;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

use self::stage::Stage;

fn main() -> ExitCode {
    suite::run_on(
        Stage::start,
        tests![
            installs::the_image_names_no_folder_of_the_machine_that_built_it,
            installs::under_restricted_pod_security,
            upgrades::to_an_image_that_does_not_exist_fails_and_the_old_pod_stays,
            replicas::the_leader_is_deleted_stopped_and_killed,
            replicas::a_rolling_restart_refuses_no_request,
            replicas::a_drain_leaves_one,
            memory::eight_hundred_objects_fit_into_32_mebibytes,
            moves::from_upstreams_chart_to_ours_and_back,
        ],
    )
}
