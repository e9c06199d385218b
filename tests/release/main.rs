//! What a release consists of, as far as this machine can build it: the archive of kubeseal-rs, installed by `tar`, by Krew and by the
//! GitHub Action; the hook for the pre-commit framework; the syntax of the workflows.
//!
//! Needs the static C library of glibc for the release build of kubeseal-rs, Go for krew and actionlint, and Python for pre-commit; no
//! control plane. The archives for macOS and Windows have the program of Linux in them here.

mod action;
mod archive;
mod checksums;
mod krew;
mod other_glibc;
mod pre_commit;
mod stage;
mod workflow;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

use self::stage::Release;

fn main() -> ExitCode {
    suite::run_on(
        async || Release::build(),
        tests![
            archive::runs_without_anything_else,
            other_glibc::none_of_its_modules_is_loaded,
            archive::holds_completions_man_pages_and_the_licence,
            archive::is_the_same_when_it_is_written_again,
            archive::has_the_checksum_that_sha256sum_wants,
            checksums::are_of_all_files_but_signatures,
            checksums::are_written_by_the_step_that_signs_them,
            krew::takes_the_manifest_for_every_platform,
            krew::installs_a_plugin_that_runs,
            pre_commit::finds_plaintext,
            action::is_of_this_version,
            action::installs_and_checks,
            action::finds_plaintext,
            action::installs_nothing_with_another_checksum,
            action::installs_nothing_that_it_cannot_trust,
            action::wants_the_right_signature_where_cosign_is,
            workflow::actionlint_finds_nothing,
            workflow::actionlint_finds_nothing_in_the_example_of_the_page,
            workflow::actionlint_finds_a_mistake,
        ],
    )
}
