//! kubeseal-rs compared with upstream's kubeseal: both programs get the same arguments, input, files and environment,
//! and their outputs must have the same meaning, and be accepted by a cluster.
//!
//! - `case`: one input; `families`: tables of cases, one test each;
//! - `stage`: runs both programs; `outcome` and `meaning`: their results;
//! - `accepted`: whether the API server accepts them;
//! - `judge`: whether they are the same; `differences`: where they differ on purpose.

mod accepted;
mod case;
mod differences;
mod families;
mod family;
mod fixtures;
mod judge;
mod meaning;
mod outcome;
mod report;
mod stage;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

use self::families::clusters::{certificates, cluster};
use self::families::options::{environment, flags, merge, raw, recovery, scopes};
use self::families::secrets::{data, files, metadata, scalars, streams, wrong, yaml};

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            scopes::agree,
            data::agree,
            metadata::agree,
            scalars::agree,
            yaml::agree,
            streams::agree,
            wrong::agree,
            certificates::agree,
            raw::agree,
            files::agree,
            environment::agree,
            flags::agree,
            recovery::agree,
            merge::agree,
            cluster::agree
        ],
    )
}
