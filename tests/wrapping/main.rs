//! System tests of wrapped sealing keys: our controller with a real key management service, which is lost and comes back.
//!
//! Each test that does not depend on the kind of service runs with each of them. What one provider does by itself is tested in `kms`.

mod away;
mod born;
mod commands;
mod converted;
mod moved;
mod planted;
mod service;
mod stage;
mod traces;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

use crate::service::{Bao, Plugin};

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            born::a_key_is_born_wrapped_renewed_and_opened_after_a_crash::<Plugin>,
            born::a_key_is_born_wrapped_renewed_and_opened_after_a_crash::<Bao>,
            born::what_stores_a_key_in_plain_is_found_by_the_search,
            born::replicas_serve_and_unseal_with_the_same_wrapped_key,
            born::several_providers_each_open_a_key,
            away::a_controller_that_starts_without_its_service_waits::<Plugin>,
            away::a_controller_that_starts_without_its_service_waits::<Bao>,
            away::a_running_controller_goes_on_without_its_service::<Plugin>,
            away::a_running_controller_goes_on_without_its_service::<Bao>,
            away::what_a_service_answers_wrongly_is_reported_and_harms_no_other_key,
            planted::a_newer_certificate_is_not_served_before_its_private_half_opened,
            planted::a_slot_with_a_foreign_host_is_not_contacted,
            planted::a_newer_key_in_plain_is_not_served,
            planted::a_damaged_key_is_named_and_harms_no_other,
            moved::a_key_opens_in_another_namespace_and_not_under_another_cluster_name::<Plugin>,
            moved::a_key_opens_in_another_namespace_and_not_under_another_cluster_name::<Bao>,
            moved::upstream_opens_what_was_unwrapped_and_ignores_what_is_wrapped,
            converted::keys_in_plain_are_wrapped_where_a_user_requests_it,
            converted::a_provider_is_replaced,
            commands::keys_are_wrapped_wrapped_anew_and_unwrapped_by_the_command_line::<Plugin>,
            commands::keys_are_wrapped_wrapped_anew_and_unwrapped_by_the_command_line::<Bao>,
            converted::the_key_of_the_service_is_rotated,
            converted::an_escrow_copy_lies_beside_each_key_and_opens_with_the_identity,
        ],
    )
}
