//! System tests that need a controller of their own: they stop it, restart it, or delete its keys.
//!
//! One test at a time, for the reason given in `interop`. What a running controller does is in `controller`.

mod stage;

mod http {
    pub(crate) mod rate_limit;
    pub(crate) mod slow_clients;
}

mod keys {
    pub(crate) mod compromise;
    pub(crate) mod key_changes;
    pub(crate) mod renewal;
}

mod process {
    pub(crate) mod ending;
    pub(crate) mod many_namespaces;
    pub(crate) mod memory;
    pub(crate) mod restart;
}

mod reports {
    pub(crate) mod health;
    pub(crate) mod metrics;
    pub(crate) mod texts;
}

mod secrets {
    pub(crate) mod flags;
    pub(crate) mod garbage_collection;
    pub(crate) mod share;
}

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            process::restart::a_restart_writes_nothing,
            process::restart::sigterm_ends_it_cleanly,
            process::restart::sigterm_finishes_what_is_in_hand,
            process::restart::sigterm_leaves_what_has_not_begun,
            process::restart::what_changed_meanwhile_is_caught_up_with,
            process::restart::it_runs_in_a_pod_without_a_kubeconfig,
            process::ending::requests_are_answered_until_the_work_is_done,
            process::ending::requests_are_answered_until_the_shutdown_delay_is_over,
            process::ending::ctrl_c_or_a_second_signal_ends_without_a_delay,
            secrets::share::one_namespace_keeps_no_other_waiting,
            secrets::flags::only_the_given_namespaces,
            secrets::flags::only_the_labels_of_the_selector,
            secrets::flags::hands_off_deleted_and_edited_secrets,
            secrets::flags::says_nothing_on_the_status,
            secrets::flags::deletes_secrets_itself,
            secrets::garbage_collection::what_a_list_shows_to_be_gone,
            secrets::flags::renews_by_age_and_on_sigusr1,
            secrets::flags::serves_metrics_under_upstreams_names,
            reports::metrics::ours_names_and_counts_what_upstreams_does,
            reports::texts::errors_have_upstreams_messages,
            reports::metrics::the_flag_removes_object_names,
            keys::compromise::what_a_leaked_key_opened_is_marked_until_it_is_sealed_anew,
            keys::compromise::drift_that_is_wanted_stays,
            reports::health::argo_cd_and_flux_see_the_truth,
            reports::health::the_documented_default_makes_plain_kstatus_wait,
            http::rate_limit::too_many_requests_are_turned_away,
            http::rate_limit::verify_and_rotate_can_each_be_turned_off,
            http::slow_clients::connections_that_say_nothing_keep_no_other_out,
            http::slow_clients::requests_that_trickle_in_keep_no_other_out,
            http::slow_clients::an_answer_that_is_not_read_is_cut_off,
            keys::key_changes::a_key_that_arrives_opens_what_waited_for_it,
            keys::key_changes::a_key_that_arrives_opens_all_within_a_second,
            keys::key_changes::a_cutoff_renews_once,
            keys::key_changes::a_key_taken_out_is_not_served_any_more,
            keys::key_changes::a_broken_key_breaks_no_other,
            keys::key_changes::a_key_secret_with_too_many_items_breaks_no_other,
            keys::renewal::an_annotation_requests_one_key,
            keys::renewal::a_new_key_opens_at_once_and_is_published_later,
            keys::renewal::a_policy_message_with_a_private_key_is_not_logged,
            keys::renewal::the_last_key_deleted_is_missed_aloud,
            keys::renewal::rejected_keys_are_reported_and_counted,
            process::memory::a_body_takes_no_more_than_a_few_times_its_size,
            process::memory::the_memory_limit_of_the_chart_holds,
            process::memory::the_memory_limit_holds_for_large_sealed_secrets,
            process::many_namespaces::a_hundred_with_large_objects_fit_into_the_memory_limit,
            process::memory::no_text_of_a_private_key_stays,
            process::memory::it_dumps_no_core,
            keys::key_changes::without_rights_it_says_what_is_missing,
        ],
    )
}
