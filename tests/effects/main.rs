//! The effects of upstream's flags in a cluster: each test gives the same flags to upstream's controller and to ours,
//! and both must do the same. Which values the flags accept is in `flags`; our own flags are in `lifecycle`.

mod keys;
mod logs;
mod order;
mod pace;
mod secrets;
mod stage;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            keys::a_new_key_follows_the_flags,
            keys::a_key_that_is_added_opens,
            order::the_newest_key_is_what_the_order_says,
            pace::requests_are_as_many_as_allowed,
            secrets::a_deleted_secret_stays_away_and_no_status_is_written,
            secrets::the_controller_deletes_secrets_itself,
            secrets::what_failed_too_often_is_given_up_by_upstreams_alone,
            logs::only_errors_are_logged_and_each_line_is_json,
        ],
    )
}
