//! The harness itself, tested with upstream's programs: a failure here is not caused by our programs alone. And what
//! the harness leaves behind, which is nothing.

mod ends;
mod kms;
mod upstream;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        async |lab| Ok(lab),
        tests![
            upstream::seals_unseals_and_is_collected,
            ends::a_control_plane_leaves_nothing_behind,
            ends::a_failed_test_shows_its_namespace,
            kms::open_bao::binds_the_context,
            kms::drongo::binds_the_context_and_verifies_checksums,
            kms::kms_plugin::decrypts_nothing_without_its_annotation,
            kms::kms_plugin::misbehaves_as_told,
            kms::kms_plugin::serves_the_api_server_too,
            kms::local_kms::binds_the_context,
            kms::moto::checks_the_context_the_signature_and_the_policy,
        ],
    )
}
