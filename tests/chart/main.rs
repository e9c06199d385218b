//! System tests of what users install: the chart with every value, the plain manifests made from it, and the kustomize
//! base.
//!
//! `values/`, `moved/` and `refused/` hold one case in each file; the comments at its top say what is expected
//! ([`case`]). The suites `controller` and `lifecycle` run under the chart's defaults.

mod accepted;
mod case;
mod commands;
mod default_name;
mod documented;
mod gaps;
mod installed;
mod monitoring;
mod moved;
mod permissions;
mod plain;
mod refused;
mod stage;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            accepted::values_render_what_they_say,
            accepted::the_api_server_takes_what_is_rendered,
            accepted::the_controller_knows_its_arguments,
            documented::every_value_of_upstreams_is_in_the_readme,
            documented::values_that_pages_show_are_accepted,
            permissions::backup::the_job_needs_exactly_the_permissions_that_it_has,
            permissions::backup::a_volume_gets_a_file_and_without_a_record_no_secret_may_be_patched,
            permissions::wrapping::keys_are_wrapped_and_wrapped_anew,
            installed::upstreams_image_and_none_are_remarked_upon,
            installed::the_notes_have_keys_backed_up_encrypted,
            installed::the_notes_name_what_wrapped_keys_lack,
            installed::the_address_of_the_api_server_is_read_from_the_cluster,
            default_name::helms_default_name_needs_no_flag,
            installed::kubectl_shows_the_columns,
            gaps::whatever_may_be_left_empty_in_upstreams_may_be_here,
            moved::by_an_upgrade_and_a_rollback,
            moved::by_a_server_side_apply,
            refused::values_that_cannot_be_meant_are_named,
            refused::a_value_of_the_wrong_kind_is_named_with_all_others,
            refused::what_is_called_otherwise_is_refused_with_its_name_here,
            permissions::namespaced_roles_are_enough,
            permissions::a_namespace_that_is_gone_keeps_no_other_waiting,
            permissions::what_upstreams_chart_grants_is_enough,
            permissions::secrets_are_deleted_only_with_the_flag,
            monitoring::alerts_and_dashboard_know_the_metrics,
            plain::the_manifests_work_as_they_are,
            plain::kustomize_builds_on_them,
        ],
    )
}
