//! System tests of several controllers that are replicas of each other: one leads, and another takes over.
//!
//! Each has a namespace, keys and replicas of its own, and waits most of its time for a lease to run out, so some run side by
//! side.

mod burst;
mod cut;
mod election;
mod first_key;
mod forbidden;
mod handover;
mod hung;
mod keys;
mod paused;
mod renewal;
mod replicas;
mod rolled;
mod stage;
mod together;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

/// Three controllers each: more would be too much work for two cores.
const AT_ONCE: usize = 3;

fn main() -> ExitCode {
    suite::run_side_by_side(
        AT_ONCE,
        stage::set,
        tests![
            together::one_leads_and_all_serve,
            first_key::three_at_once_make_one_key,
            handover::a_killed_leader_is_followed_within_the_lease,
            handover::a_leader_told_to_end_is_followed_at_once,
            handover::a_leader_told_to_end_serves_on_and_writes_nothing,
            handover::a_crashed_container_takes_its_own_lease_again,
            paused::a_leader_that_was_paused_writes_nothing,
            burst::a_leader_paused_in_a_burst_leaves_all_to_the_next,
            cut::a_leader_that_is_cut_off_stops_before_the_next_begins,
            cut::a_leader_in_a_network_that_goes_down_stops_before_the_next_begins,
            hung::one_renewal_that_hangs_costs_nothing,
            hung::a_leader_whose_renewals_hang_stops_before_the_next_begins,
            hung::a_standby_whose_looks_hang_takes_nothing,
            rolled::replacing_all_three_loses_nothing,
            renewal::the_leader_renews_whomever_is_asked_and_all_serve_the_new_key,
            renewal::one_key_for_each_date_whichever_replica_leads,
            keys::what_is_done_to_a_key_counts_at_once_in_every_replica,
            forbidden::with_upstreams_narrowest_rights_it_makes_keys,
            forbidden::without_rights_it_leads_as_upstreams_does,
            forbidden::without_rights_it_serves_the_certificate_before_it_leads,
            forbidden::a_right_that_comes_a_moment_late_makes_no_lone_leader,
            forbidden::told_to_elect_it_waits_for_the_rights,
        ],
    )
}
