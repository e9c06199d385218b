//! System tests of our controller and kubeseal-rs on a real control plane, under the chart's own RBAC.
//!
//! One controller serves all of these tests at once. Tests that need a controller of their own, to stop it or to delete
//! its keys, are in `lifecycle`. Tests with upstream's programs are in `interop`.

mod chart;
mod oracle;
mod stage;

mod http {
    pub(crate) mod connections;
    pub(crate) mod endpoints;
    pub(crate) mod rate_limit;
    pub(crate) mod verify;
}

mod secrets {
    pub(crate) mod adopt;
    pub(crate) mod drift;
    pub(crate) mod handed_over;
    pub(crate) mod policy;
    pub(crate) mod refuse;
    pub(crate) mod reseal;
    pub(crate) mod status;
    pub(crate) mod unseal;
}

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            secrets::unseal::seals_and_unseals,
            secrets::unseal::every_scope_by_flag_and_by_annotation,
            secrets::unseal::type_labels_and_immutability_come_along,
            secrets::unseal::a_change_of_the_sealed_secret_reaches_the_secret,
            secrets::unseal::the_secret_goes_with_its_sealed_secret,
            secrets::unseal::a_recreated_sealed_secret_waits_for_its_turn,
            secrets::unseal::many_at_once,
            secrets::drift::a_deleted_secret_comes_back,
            secrets::drift::an_edited_secret_is_put_right,
            secrets::drift::what_others_add_to_a_secret_is_theirs,
            secrets::drift::what_is_random_stays_when_something_beside_it_is_put_right,
            secrets::drift::a_conflict_is_not_fought_at_full_speed,
            secrets::adopt::a_managed_secret_is_taken_over,
            secrets::adopt::a_patched_secret_keeps_what_it_had,
            secrets::adopt::a_secret_with_too_many_items_is_left_as_it_is,
            secrets::handed_over::a_live_secret_is_sealed_and_taken_over,
            secrets::handed_over::nothing_is_handed_over_to_other_values,
            secrets::refuse::an_unmanaged_secret_is_left_alone,
            secrets::refuse::a_moved_sealed_secret_does_not_open,
            secrets::refuse::every_bad_item_is_named,
            secrets::refuse::a_wrong_shape_stops_nothing_else,
            secrets::refuse::a_secret_that_the_api_server_rejects,
            secrets::refuse::an_immutable_secret_is_explained,
            secrets::refuse::a_template_that_fails_is_reported_and_can_be_corrected,
            secrets::refuse::hostile_templates_stop_nothing_else,
            secrets::refuse::a_sealing_key_cannot_be_smuggled_in,
            secrets::policy::a_policy_message_with_a_value_is_not_reported,
            secrets::policy::what_a_policy_says_of_rendered_values_is_in_the_log_alone,
            secrets::policy::what_a_policy_refused_is_unsealed_once_it_is_mended,
            secrets::status::who_waits_for_a_status_may_update,
            chart::lints_clean,
            chart::a_misspelt_value_is_refused_by_name,
            chart::rights_are_these_and_no_more,
            oracle::a_guess_reveals_one_bit,
            oracle::a_policy_answers_no_guess,
            oracle::guesses_come_slowly,
            secrets::reseal::a_folder_is_resealed_and_still_opens,
            http::verify::verify_says_whether_it_opens_and_nothing_more,
            http::verify::rotate_reseals_and_never_widens,
            http::connections::files_joined_and_credentials_from_a_program,
            http::connections::a_server_and_a_token_alone,
            http::connections::through_a_proxy,
            http::rate_limit::only_a_token_for_the_controller_passes_it,
            http::rate_limit::five_hundred_files_pass_it,
            http::rate_limit::without_the_permission_a_line_says_what_is_missing,
            http::endpoints::serves_health_readiness_and_the_certificate,
        ],
    )
}
