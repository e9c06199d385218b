//! System tests that need a controller of their own: they stop it, restart it, or take its keys away.
//!
//! One at a time, for the reason given in `interop`. What a running controller does is in `controller`.

mod collect;
mod compromise;
mod ending;
mod flags;
mod gate;
mod health;
mod keys;
mod memory;
mod metrics;
mod renewal;
mod restart;
mod share;
mod slow;
mod stage;
mod texts;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            restart::a_restart_writes_nothing,
            restart::sigterm_ends_it_cleanly,
            restart::sigterm_finishes_what_is_in_hand,
            restart::sigterm_leaves_what_has_not_begun,
            restart::what_changed_meanwhile_is_caught_up_with,
            restart::it_runs_in_a_pod_without_a_kubeconfig,
            ending::requests_are_answered_until_the_work_is_done,
            ending::requests_are_answered_until_the_shutdown_delay_is_over,
            ending::ctrl_c_or_a_second_signal_ends_without_a_delay,
            share::one_namespace_keeps_no_other_waiting,
            flags::only_the_namespaces_asked_for,
            flags::only_the_labels_asked_for,
            flags::hands_off_deleted_and_edited_secrets,
            flags::says_nothing_on_the_status,
            flags::deletes_secrets_itself,
            collect::what_a_list_shows_to_be_gone,
            flags::renews_by_age_and_when_told_to,
            flags::serves_metrics_under_upstreams_names,
            metrics::ours_names_and_counts_what_upstreams_does,
            texts::faults_are_told_in_upstreams_words,
            metrics::objects_are_not_named_where_that_was_asked_for,
            compromise::what_a_leaked_key_opened_is_marked_until_it_is_sealed_anew,
            compromise::drift_that_is_wanted_stays,
            health::argo_cd_and_flux_see_the_truth,
            health::the_documented_default_makes_plain_kstatus_wait,
            gate::too_many_requests_are_turned_away,
            gate::either_door_can_be_shut,
            slow::connections_that_say_nothing_keep_no_other_out,
            slow::requests_that_trickle_in_keep_no_other_out,
            slow::an_answer_that_is_not_read_is_cut_off,
            keys::a_key_that_arrives_opens_what_waited_for_it,
            keys::a_key_that_arrives_opens_all_within_a_second,
            keys::a_cutoff_renews_once,
            keys::a_key_taken_out_is_not_served_any_more,
            keys::a_broken_key_breaks_no_other,
            keys::a_key_secret_with_too_many_items_breaks_no_other,
            renewal::an_annotation_asks_for_one_key,
            renewal::a_new_key_opens_at_once_and_is_published_later,
            renewal::a_policy_that_quotes_a_private_key_is_not_quoted,
            renewal::the_last_key_deleted_is_missed_aloud,
            renewal::what_is_refused_is_told_and_counted,
            memory::a_body_takes_no_more_than_a_few_times_its_size,
            memory::the_memory_limit_of_the_chart_holds,
            memory::the_memory_limit_holds_for_large_sealed_secrets,
            memory::no_text_of_a_private_key_stays,
            memory::it_dumps_no_core,
            keys::without_rights_it_says_what_is_missing,
        ],
    )
}
