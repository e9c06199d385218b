//! System tests of our controller with Flux's kustomize-controller: what Flux reports about a commit with
//! SealedSecrets. The manifests are those of `controller/docs/gitops.md`.

mod down;
mod drift;
mod page;
mod prune;
mod refuse;
mod stage;
mod sync;
mod trips;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

/// Number of tests at the same time: they wait for Flux, which checks health every 5 s.
const SIDE_BY_SIDE: usize = 4;

fn main() -> ExitCode {
    suite::run_side_by_side(
        SIDE_BY_SIDE,
        stage::set,
        tests![
            sync::a_good_commit_is_ready_with_its_secret_there,
            sync::a_wrong_key_fails_at_once_and_holds_its_dependent_back,
            sync::a_suspended_kustomization_syncs_once_it_is_resumed,
            refuse::an_update_that_does_not_open_leaves_the_old_secret,
            refuse::a_foreign_secret_in_the_way_is_left_alone,
            refuse::an_immutable_secret_is_not_forced,
            prune::a_removed_sealed_secret_takes_its_secret_along,
            drift::repeated_reconciliations_write_nothing,
            drift::labels_of_flux_on_the_secret_are_left_alone,
            drift::a_deleted_secret_comes_back_while_flux_stays_ready,
            drift::a_renewed_key_changes_nothing_that_is_synced,
            trips::only_wait_or_health_checks_look_at_a_sealed_secret,
            trips::a_target_namespace_moves_what_is_sealed_for_another,
            trips::substitution_changes_templates_unless_it_is_disabled,
            page::its_commands_show_why_a_kustomization_failed,
            down::it_is_never_ready_while_the_controller_is_down,
            down::what_flux_takes_for_done_is_documented,
        ],
    )
}
