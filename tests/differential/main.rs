//! kubeseal-rs judged by the original: both programs get the same arguments, input, files and environment, and what comes
//! out of them must mean the same, and pass a cluster.
//!
//! - `case`: what is asked; `families`: tables of it, one trial each;
//! - `stage`: asks both; `outcome` and `meaning`: what an answer comes to;
//! - `accepted`: whether the API server takes it;
//! - `judge`: whether it is the same; `differences`: where it is not meant to be.

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
