//! Sealing keys wrapped by key management services, each a real program on loopback.

mod aws_kms;
mod contract;
mod gcp_kms;
mod kms_v2;
mod open_bao;
mod openbao_transit;
mod service_account;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        async |lab| Ok(lab),
        tests![
            aws_kms::wraps_in_the_context_of_cluster_and_fingerprint,
            aws_kms::is_lost_and_comes_back,
            aws_kms::signs_as_a_user_with_the_policy_of_the_page,
            aws_kms::assumes_the_role_of_the_service_account,
            gcp_kms::wraps_with_tokens_of_the_metadata_server,
            gcp_kms::wraps_with_the_key_of_a_service_account,
            gcp_kms::is_lost_and_comes_back,
            gcp_kms::faults_are_named,
            open_bao::a_service_account_logs_in_with_its_audience_alone,
            openbao_transit::wraps_with_plain_and_derived_keys,
            openbao_transit::logs_in_as_the_service_account_with_the_policy_of_the_page,
            openbao_transit::is_lost_and_comes_back,
            openbao_transit::faults_are_named,
            kms_v2::wraps_and_unwraps,
            kms_v2::a_slot_of_an_older_key_opens_and_is_stale,
            kms_v2::a_changed_slot_is_refused,
            kms_v2::is_lost_and_comes_back,
            kms_v2::faults_are_named,
            kms_v2::a_plugin_that_never_answers_ends_a_call,
            kms_v2::the_api_server_is_a_client_of_the_same_socket,
        ],
    )
}
