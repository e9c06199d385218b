//! Sealing keys wrapped by key management services, each a real program on loopback.

mod open_bao;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(async |lab| Ok(lab), tests![open_bao::a_service_account_logs_in_with_its_audience_alone])
}
