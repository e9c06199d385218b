//! `kubeseal-rs keys` against a real control plane and our controller: list, renew, retire, revoke, backup and restore;
//! `reseal --live`; and disaster recovery.
//!
//! One test at a time: the commands read the whole cluster.

mod backup;
mod drill;
mod list;
mod live;
mod renew;
mod restore;
mod retire;
mod revoke;
mod stage;
mod wrapped;

use std::process::ExitCode;

use tests::test::suite;
use tests::tests;

fn main() -> ExitCode {
    suite::run(
        stage::set,
        tests![
            list::every_key_and_what_needs_it,
            renew::a_new_key_is_made_and_served,
            renew::a_controller_that_is_down_answers_later,
            renew::a_certificate_from_the_future_is_not_the_newest,
            retire::not_while_something_needs_it,
            retire::what_it_says_to_do_first_is_what_helps,
            retire::what_its_scope_closes_is_opened_first,
            retire::not_while_it_is_not_known,
            retire::not_while_it_is_served,
            live::what_lives_in_the_cluster_is_resealed_there,
            revoke::a_leaked_key_is_revoked_and_its_values_listed,
            revoke::without_a_yes_nothing_is_revoked,
            revoke::a_controller_that_is_down_keeps_nothing_from_being_revoked,
            backup::encrypted_to_age_and_to_a_passphrase,
            backup::plain_is_what_others_read,
            backup::in_an_object_the_newest_keys_have_one_name,
            backup::without_rights_it_says_what_is_missing,
            restore::what_is_lost_comes_back_and_nothing_else_changes,
            restore::another_that_has_the_name_stays,
            restore::a_damaged_key_is_mended,
            restore::a_key_that_followed_a_lost_one_stays_active,
            restore::what_leaked_does_not_come_back_from_a_backup_of_before,
            wrapped::they_are_listed_backed_up_and_restored_as_they_are,
            wrapped::unwrapped_keys_are_those_of_before_for_either_controller,
            wrapped::a_request_to_wrap_ends_once_the_wrapped_key_is_alone,
            wrapped::the_age_program_opens_the_slot_of_its_recipient,
            wrapped::a_lost_cluster_comes_back_with_the_identity_in_the_safe,
            drill::everything_is_lost_and_restored_before_the_controller_starts,
            drill::everything_is_lost_and_restored_after_the_controller_started,
        ],
    )
}
