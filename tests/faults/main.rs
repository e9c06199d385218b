//! What the world does to a controller: it is killed, its API server goes away or lies, its clock jumps, others get in its way.
//! Each test is a bounded loop of such faults, and ends with the same audit: every SealedSecret unsealed right, every status
//! true, no key twice, no value in any log. Chance is seeded; a failure names its seed, and `FAULTS_SEED` repeats it.
//!
//! Every test has a controller, keys and a namespace of its own, so they run side by side. What a controller does when all is
//! well is in `controller`; stopping and starting it in order is in `lifecycle`.

mod answers;
mod audit;
mod churn;
mod clock;
mod clock_skew;
mod deep;
mod drift;
mod gone;
mod intruder;
mod killed;
mod late;
mod older_definition;
mod outage;
mod random;
mod recreated;
mod renewal;
mod stage;
mod two;
mod unwritable;
mod watches;
mod witness;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

/// Each test waits most of its time: for a clock, a retry, or the API server.
const AT_ONCE: usize = 4;

fn main() -> ExitCode {
    suite::run_side_by_side(
        AT_ONCE,
        stage::set,
        tests![
            late::an_answer_that_comes_too_late,
            late::a_first_key_that_hangs_on_its_way,
            late::a_new_key_that_hangs_on_its_way,
            late::requests_that_hang_at_any_time,
            late::lists_that_hang_keep_no_certificate_waiting,
            clock::steps_of_hours_and_years,
            clock::a_delay_before_a_key_is_published,
            clock_skew::by_clocks_that_differ,
            outage::the_api_server_and_etcd_restart,
            killed::while_it_unseals,
            random::it_stays_where_no_status_remembers_it,
            killed::while_it_makes_its_first_key,
            killed::a_leader_of_three_in_a_storm,
            killed::while_it_renews_because_it_was_asked,
            killed::while_it_renews_by_age,
            answers::every_kind_of_broken_answer,
            answers::a_write_whose_answer_is_lost,
            unwritable::a_status_that_is_not_taken,
            older_definition::each_is_reported_and_stops_nothing_else,
            deep::each_is_its_own_affair_and_stops_nothing_else,
            renewal::a_new_key_whose_answer_is_lost,
            renewal::asked_of_a_key_that_goes_away,
            renewal::the_first_key_of_all,
            renewal::by_age_in_a_race,
            watches::a_watch_that_lost_its_place,
            watches::watches_that_end_at_any_time,
            watches::a_server_that_asks_for_ten_minutes,
            watches::a_watch_that_has_died_unnoticed,
            watches::a_foreign_secret_that_came_and_went_unseen,
            drift::an_edit_is_corrected_within_a_second_and_told_once,
            drift::a_conflict_is_bounded_told_and_ended,
            drift::what_is_random_outlives_a_failure_and_a_restart,
            drift::a_secret_deleted_while_it_is_updated,
            recreated::deleted_and_recreated_at_once,
            gone::a_namespace_deleted_under_way,
            intruder::installs_no_key_in_another_controllers_namespace,
            two::with_different_keys,
            two::with_the_same_keys,
        ],
    )
}
