//! Faults around a controller: it is killed, its API server stops or sends errors, its clock jumps, other clients
//! interfere. Each test is a bounded loop of such faults, and ends with the same audit: every SealedSecret is unsealed
//! correctly, every status is true, no key exists twice, no log shows a value. Random choices are seeded; a failure
//! names its seed, and `FAULTS_SEED` repeats it. `FAULTS_UPDATED=10000` with
//! `SEALED_SECRETS_TEST_MINUTES=30` updates more objects under overload than in CI.
//!
//! Every test has a controller, keys and a namespace of its own, so they run side by side. A controller without faults
//! is tested in `controller`; stopping and starting it normally in `lifecycle`.

mod stage;

mod api_server {
    pub(crate) mod broken_answers;
    pub(crate) mod late;
    pub(crate) mod load;
    pub(crate) mod outage;
    pub(crate) mod unwritable;
    pub(crate) mod upstream_rights;
    pub(crate) mod watches;
    pub(crate) mod webhook;
}

mod clocks {
    pub(crate) mod clock;
    pub(crate) mod clock_skew;
}

mod keys {
    pub(crate) mod intruder;
    pub(crate) mod renewal;
    pub(crate) mod two_controllers;
}

mod objects {
    pub(crate) mod deep;
    pub(crate) mod drift;
    pub(crate) mod gone;
    pub(crate) mod older_definition;
    pub(crate) mod recreated;
    pub(crate) mod touched;
}

mod process {
    pub(crate) mod killed;
    pub(crate) mod random;
}

mod scene {
    pub(crate) mod audit;
    pub(crate) mod churn;
    pub(crate) mod witness;
}

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
            api_server::late::an_answer_that_comes_too_late,
            api_server::late::a_first_key_that_hangs_on_its_way,
            api_server::late::a_new_key_that_hangs_on_its_way,
            api_server::late::requests_that_hang_at_any_time,
            api_server::late::lists_that_hang_keep_no_certificate_waiting,
            api_server::load::its_own_rate_limit_is_no_failure_of_the_api_server,
            api_server::load::each_refusal_costs_one_request,
            api_server::load::watches_share_one_bound,
            api_server::load::writes_that_hang_hold_up_their_own_namespace_only,
            api_server::load::it_asks_again_at_the_pace_that_refusals_name,
            clocks::clock::steps_of_hours_and_years,
            clocks::clock::a_delay_before_a_key_is_published,
            clocks::clock_skew::by_clocks_that_differ,
            api_server::outage::the_api_server_and_etcd_restart,
            process::killed::while_it_unseals,
            process::random::it_stays_where_no_status_remembers_it,
            process::killed::while_it_makes_its_first_key,
            process::killed::a_leader_of_three_in_a_storm,
            process::killed::while_it_renews_on_request,
            process::killed::while_it_renews_by_age,
            api_server::broken_answers::every_kind_of_broken_answer,
            api_server::broken_answers::a_write_whose_answer_is_lost,
            api_server::webhook::one_that_is_down_is_reported_once,
            api_server::unwritable::a_status_that_is_not_taken,
            api_server::upstream_rights::a_status_costs_one_request,
            api_server::upstream_rights::a_replaced_status_leaves_the_object_as_it_is,
            objects::older_definition::each_is_reported_and_stops_nothing_else,
            objects::deep::each_is_its_own_affair_and_stops_nothing_else,
            keys::renewal::a_new_key_whose_answer_is_lost,
            keys::renewal::requested_of_a_key_that_is_deleted,
            keys::renewal::the_first_key_of_all,
            keys::renewal::by_age_in_a_race,
            api_server::watches::a_watch_that_lost_its_place,
            api_server::watches::watches_that_end_at_any_time,
            api_server::watches::a_retry_after_of_ten_minutes_is_not_waited_for,
            api_server::watches::a_watch_that_has_died_unnoticed,
            api_server::watches::a_watch_of_secrets_that_is_behind_costs_no_request,
            api_server::watches::a_foreign_secret_that_came_and_went_unseen,
            objects::drift::an_edit_is_corrected_within_a_second_and_reported_once,
            objects::drift::a_conflict_is_bounded_reported_and_ends,
            objects::drift::what_is_random_outlives_a_failure_and_a_restart,
            objects::drift::a_secret_deleted_while_it_is_updated,
            objects::recreated::deleted_and_recreated_at_once,
            objects::touched::a_rewrite_of_all_secrets_costs_no_request,
            objects::gone::a_namespace_deleted_under_way,
            keys::intruder::installs_no_key_in_another_controllers_namespace,
            keys::two_controllers::with_different_keys,
            keys::two_controllers::with_the_same_keys,
        ],
    )
}
