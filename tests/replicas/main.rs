//! System tests of several controllers: replicas of each other, of which one leads and another takes over; and releases that divide a
//! cluster.
//!
//! Each test has a namespace, keys and replicas of its own, and waits most of its time for a lease to expire, so some
//! run side by side.

mod replicas;
mod stage;

mod divided {
    pub(crate) mod by_labels;
    pub(crate) mod by_namespaces;
    pub(crate) mod release;
}

mod election {
    pub(crate) mod burst;
    pub(crate) mod cut;
    pub(crate) mod forbidden;
    pub(crate) mod handover;
    pub(crate) mod hung;
    pub(crate) mod lease;
    pub(crate) mod paused;
    pub(crate) mod rolled;
    pub(crate) mod together;
}

mod keys {
    pub(crate) mod first_key;
    pub(crate) mod key_changes;
    pub(crate) mod renewal;
}

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

/// Three controllers each: more would be too much work for two processors.
const AT_ONCE: usize = 3;

fn main() -> ExitCode {
    suite::run_side_by_side(
        AT_ONCE,
        stage::set,
        tests![
            election::together::one_leads_and_all_serve,
            keys::first_key::three_at_once_make_one_key,
            election::handover::a_killed_leader_is_followed_within_the_lease,
            election::handover::a_leader_that_gets_sigterm_is_replaced_at_once,
            election::handover::a_leader_that_gets_sigterm_serves_http_and_writes_nothing,
            election::handover::a_crashed_container_takes_its_own_lease_again,
            election::paused::a_leader_that_was_paused_writes_nothing,
            election::burst::a_leader_paused_in_a_burst_leaves_all_to_the_next,
            election::cut::a_leader_that_is_cut_off_stops_before_the_next_begins,
            election::cut::a_leader_in_a_network_that_goes_down_stops_before_the_next_begins,
            election::hung::one_renewal_that_hangs_costs_nothing,
            election::hung::a_leader_whose_renewals_hang_stops_before_the_next_begins,
            election::hung::a_standby_whose_looks_hang_takes_nothing,
            election::rolled::replacing_all_three_loses_nothing,
            keys::renewal::the_leader_renews_whichever_replica_gets_the_request_and_all_serve_the_new_key,
            keys::renewal::one_key_for_each_date_whichever_replica_leads,
            keys::key_changes::what_is_done_to_a_key_counts_at_once_in_every_replica,
            election::forbidden::with_upstreams_narrowest_rights_it_makes_keys,
            election::forbidden::without_rights_it_leads_as_upstreams_does,
            election::forbidden::without_rights_it_serves_the_certificate_before_it_leads,
            election::forbidden::a_right_that_comes_a_moment_late_makes_no_lone_leader,
            election::forbidden::with_the_election_flag_it_waits_for_the_permissions,
            divided::by_labels::each_unseals_its_own_with_its_own_key_and_lease,
            divided::by_labels::a_changed_label_hands_over_without_a_gap_or_a_second_writer,
            divided::by_labels::a_changed_label_without_a_key_that_opens_leaves_the_secret,
            divided::by_namespaces::each_unseals_in_its_own_namespaces_only,
        ],
    )
}
