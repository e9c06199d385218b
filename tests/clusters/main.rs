//! System tests of two clusters that open the same SealedSecrets, each with its own sealing keys: two control planes, with our controllers,
//! or with upstream's in the first. The first cluster is the one that the items are sealed to; the second opens them by its entries in the
//! annotation for the recipients.
//!
//! How the annotation is read and written is tested in `crates/recipients` and `crates/sealing`.

mod annotation;
mod definitions;
mod drill;
mod every_order;
mod hostile;
mod one_file;
mod renewal;
mod requests;
mod restart;
mod scene;
mod stage;
mod verbs;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run_on(
        stage::start,
        tests![
            // It waits until the objects of earlier tests are gone.
            restart::a_restart_opens_nothing_again,
            one_file::opens_in_both_clusters_of_ours,
            one_file::opens_in_upstreams_cluster_and_in_ours,
            renewal::a_resealed_file_opens_with_the_newest_key_of_either_cluster,
            renewal::what_the_second_cluster_resealed_opens_with_upstreams_controller,
            renewal::what_upstreams_controller_resealed_is_reported_by_the_second_cluster,
            renewal::an_item_that_was_merged_for_one_cluster_is_reported_by_the_other,
            verbs::a_project_file_leads_to_one_file_for_both_of_ours,
            verbs::a_project_file_leads_to_one_file_for_upstreams_and_ours,
            drill::what_is_left_of_two_lost_clusters_opens_with_an_identity_of_age,
            annotation::a_change_wakes_the_controller_and_writes_no_secret,
            annotation::one_that_is_broken_is_reported_until_it_is_mended,
            hostile::each_is_reported_and_the_items_open_in_the_first_cluster,
            requests::ten_thousand_entries_are_not_tried,
            definitions::one_that_drops_fields_of_the_status_causes_no_writes,
            every_order::programs_of_both_makers_with_our_controllers,
            every_order::programs_of_both_makers_with_upstreams_controller,
        ],
    )
}
