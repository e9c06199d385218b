//! System tests of wrapped sealing keys: our controller with a real key management service, which is lost and comes back.
//!
//! Each test that does not depend on the kind of service runs with each of them. What one provider does by itself is tested in `kms`.

mod away;
mod born;
mod commands;
mod controller;
mod converted;
mod home;
mod moved;
mod planted;
mod services;
mod traces;
mod values;
mod wrapped_key;

use std::process::ExitCode;

use tests::test::suite::{self, Test};

use crate::home::at_home;
use crate::services::aws::Aws;
use crate::services::aws_role::AwsRole;
use crate::services::bao::Bao;
use crate::services::google::Google;
use crate::services::plugin::Plugin;

/// The number of tests at the same time. They mostly wait.
const SIDE_BY_SIDE: usize = 8;

/// Each in a namespace of its own.
macro_rules! tests {
    ($($function:path),* $(,)?) => {
        vec![$(Test::new(stringify!($function), |lab| at_home(lab, $function))),*]
    };
}

fn main() -> ExitCode {
    suite::run_side_by_side(
        SIDE_BY_SIDE,
        home::prepare,
        tests![
            born::a_key_is_born_wrapped_renewed_and_opened_after_a_crash::<Plugin>,
            born::a_key_is_born_wrapped_renewed_and_opened_after_a_crash::<Bao>,
            born::a_key_is_born_wrapped_renewed_and_opened_after_a_crash::<Aws>,
            born::a_key_is_born_wrapped_renewed_and_opened_after_a_crash::<AwsRole>,
            born::a_key_is_born_wrapped_renewed_and_opened_after_a_crash::<Google>,
            born::what_stores_a_key_in_plain_is_found_by_the_search,
            born::replicas_serve_and_unseal_with_the_same_wrapped_key,
            born::several_providers_each_open_a_key,
            away::a_controller_that_starts_without_its_service_waits::<Plugin>,
            away::a_controller_that_starts_without_its_service_waits::<Bao>,
            away::a_controller_that_starts_without_its_service_waits::<Aws>,
            away::a_controller_that_starts_without_its_service_waits::<Google>,
            away::a_running_controller_goes_on_without_its_service::<Plugin>,
            away::a_running_controller_goes_on_without_its_service::<Bao>,
            away::a_running_controller_goes_on_without_its_service::<Aws>,
            away::a_running_controller_goes_on_without_its_service::<Google>,
            away::what_a_service_answers_wrongly_is_reported_and_harms_no_other_key,
            planted::a_newer_certificate_is_not_served_before_its_private_half_opened,
            planted::a_renewal_goes_by_what_the_controller_serves,
            planted::a_slot_with_a_foreign_host_is_not_contacted::<Plugin>,
            planted::a_slot_with_a_foreign_host_is_not_contacted::<Bao>,
            planted::a_newer_key_in_plain_is_not_served,
            planted::a_damaged_key_is_named_and_harms_no_other,
            moved::a_key_opens_in_another_namespace_and_not_under_another_cluster_name::<Plugin>,
            moved::a_key_opens_in_another_namespace_and_not_under_another_cluster_name::<Bao>,
            moved::a_key_opens_in_another_namespace_and_not_under_another_cluster_name::<Aws>,
            moved::a_key_opens_in_another_namespace_and_not_under_another_cluster_name::<Google>,
            moved::upstream_opens_what_the_command_line_unwrapped::<Plugin>,
            moved::upstream_opens_what_the_command_line_unwrapped::<Bao>,
            moved::upstream_opens_what_the_command_line_unwrapped::<Aws>,
            moved::upstream_opens_what_the_command_line_unwrapped::<Google>,
            moved::upstream_opens_what_the_controller_unwrapped,
            converted::keys_in_plain_are_wrapped_where_a_user_requests_it,
            converted::a_provider_is_replaced,
            converted::the_key_of_the_service_is_rotated,
            commands::keys_are_wrapped_wrapped_anew_and_unwrapped_by_the_command_line::<Plugin>,
            commands::keys_are_wrapped_wrapped_anew_and_unwrapped_by_the_command_line::<Bao>,
            commands::keys_are_wrapped_wrapped_anew_and_unwrapped_by_the_command_line::<Aws>,
            commands::keys_are_wrapped_wrapped_anew_and_unwrapped_by_the_command_line::<Google>,
            converted::an_escrow_copy_lies_beside_each_key_and_opens_with_the_identity,
        ],
    )
}
