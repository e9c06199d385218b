//! What a replica does in each situation.

use super::*;

const DURATION: Duration = Duration::from_secs(15);
const DEADLINE: Duration = Duration::from_secs(10);
const RETRY: Duration = Duration::from_secs(2);

pub(crate) fn terms() -> LeaseTerms {
    LeaseTerms { name: "lease".into(), duration: DURATION, deadline: DEADLINE, retry: RETRY }
}

fn at(seconds: f64) -> Moment {
    Moment::at(Duration::from_secs_f64(seconds))
}

fn wait(seconds: f64) -> LeaseAction {
    LeaseAction::Wait(Duration::from_secs_f64(seconds))
}

fn election() -> Election {
    Election::new(Identity::new("me", None, "1"), terms())
}

/// A record of `holder`, renewed this often.
fn record(holder: &str, renewals: i64) -> LeaseRecord {
    let time = Some(Timestamp::from_second(renewals).unwrap());
    LeaseRecord {
        holder: Some(holder.to_owned()).filter(|holder| !holder.is_empty()),
        duration: DURATION,
        acquired: time,
        renewed: time,
        transitions: 7,
    }
}

/// An election won at `start`.
fn leading(start: f64) -> Election {
    let mut election = election();
    let claim = election.claim(Timestamp::UNIX_EPOCH);
    election.won(claim, at(start), at(start + 0.1));
    election
}

#[test]
fn a_lease_without_a_holder_is_taken_at_once() {
    let mut election = election();
    election.observe(Some(record("", 1)), at(1.0));
    assert_eq!(election.next(at(1.0)), LeaseAction::Acquire, "it was released");
    election.observe(Some(record("me_1", 1)), at(2.0));
    assert_eq!(election.next(at(2.0)), LeaseAction::Acquire, "an answer to our own claim was lost");
}

#[test]
fn another_ones_lease_is_taken_after_its_whole_duration_without_a_change() {
    let mut election = election();
    election.observe(Some(record("other", 1)), at(100.0));
    assert_eq!(election.next(at(100.0)), wait(1.0));
    election.observe(Some(record("other", 1)), at(114.0));
    assert_eq!(election.next(at(114.5)), wait(0.5), "no later than it is free");
    assert_eq!(election.next(at(115.0)), LeaseAction::Acquire);
    election.observe(Some(record("other", 2)), at(116.0));
    assert_eq!(election.next(at(130.9)), wait(0.1), "it was alive after all");
    assert_eq!(election.next(at(131.0)), LeaseAction::Acquire);
}

/// The holder's clock may be decades off: its times are compared only with each other.
#[test]
fn the_times_in_the_record_mean_nothing() {
    for renewed in [0, 4_000_000_000] {
        let mut election = election();
        election.observe(Some(record("other", renewed)), at(0.0));
        assert!(matches!(election.next(at(14.9)), LeaseAction::Wait(_)));
        assert_eq!(election.next(at(15.0)), LeaseAction::Acquire);
    }
}

#[test]
fn deleting_the_lease_ends_no_term() {
    let mut election = election();
    election.observe(Some(record("other", 1)), at(0.0));
    election.observe(None, at(1.0));
    assert!(matches!(election.next(at(15.9)), LeaseAction::Wait(_)));
    assert_eq!(election.next(at(16.0)), LeaseAction::Acquire);
}

/// A new candidate cannot know whether the Lease was deleted while its holder is cut off and may write until the
/// deadline.
#[test]
fn where_there_is_no_lease_its_whole_duration_is_waited_out() {
    let mut election = election();
    election.observe(None, at(0.0));
    assert_eq!(election.next(at(0.0)), wait(1.0));
    election.observe(None, at(7.0));
    election.observe(None, at(14.9));
    assert_eq!(election.next(at(14.9)), wait(0.1));
    assert_eq!(election.next(at(15.0)), LeaseAction::Acquire);
    // After a pause, it may have missed a whole term.
    election.observe(None, at(25.0));
    assert!(matches!(election.next(at(39.9)), LeaseAction::Wait(_)));
}

/// If no replica has ever led, there are only those that start now.
#[test]
fn where_no_replica_has_ever_led_it_is_taken_after_a_renewals_time() {
    let mut election = election();
    election.pristine(true);
    election.observe(None, at(0.0));
    assert_eq!(election.next(at(0.0)), wait(1.0));
    election.observe(None, at(2.0));
    assert_eq!(election.next(at(2.0)), wait(0.5));
    assert_eq!(election.next(at(2.5)), LeaseAction::Acquire);
    election.observe(Some(record("", 1)), at(3.0));
    assert_eq!(election.next(at(3.0)), LeaseAction::Acquire, "it was released");
    election.observe(None, at(4.0));
    assert!(matches!(election.next(at(6.0)), LeaseAction::Wait(_)), "and deleted");
}

#[test]
fn a_holder_makes_a_deleted_lease_again_at_once() {
    let mut election = leading(0.0);
    election.tried(at(2.0));
    election.observe(None, at(2.1));
    assert_eq!(election.next(at(2.1)), LeaseAction::Renew);
    election.tried(at(2.1));
    assert_eq!(election.next(at(2.2)), wait(1.9), "that one failed");
}

#[test]
fn a_holder_renews_in_time_and_steps_down_when_it_could_not() {
    let mut election = leading(0.0);
    assert_eq!(election.next(at(0.5)), wait(1.5));
    assert_eq!(election.next(at(2.0)), LeaseAction::Renew);
    election.tried(at(2.0));
    assert_eq!(election.next(at(3.0)), wait(1.0), "that one failed");
    election.tried(at(9.5));
    assert_eq!(election.next(at(9.5)), wait(0.5), "no later than the end");
    assert_eq!(election.next(at(10.0)), LeaseAction::GiveUp(Loss::Expired));
    // A renewal counts from when it was begun.
    let mut election = leading(0.0);
    let claim = election.claim(Timestamp::UNIX_EPOCH);
    assert_eq!(election.won(claim, at(2.0), at(7.0)), at(12.0));
    assert_eq!(election.next(at(12.0)), LeaseAction::GiveUp(Loss::Expired));
}

#[test]
fn a_holder_steps_down_when_another_has_it() {
    let mut election = leading(0.0);
    election.observe(Some(record("other", 1)), at(1.0));
    assert_eq!(election.next(at(1.0)), LeaseAction::GiveUp(Loss::Taken("other".into())));
    election.stepped_down();
    assert!(matches!(election.next(at(1.0)), LeaseAction::Wait(_)));
    assert_eq!(election.other(), Some("other"));
}

#[test]
fn claims_count_the_holders_and_keep_the_date() {
    let mut election = election();
    let (now, later) = (Timestamp::from_second(50).unwrap(), Timestamp::from_second(60).unwrap());
    assert_eq!(election.claim(now).transitions, 0);
    election.observe(Some(record("other", 1)), at(0.0));
    let claim = election.claim(now);
    assert_eq!((claim.transitions, claim.acquired, claim.holder.as_deref()), (8, Some(now), Some("me_1")));
    election.won(claim, at(20.0), at(20.0));
    let renewal = election.claim(later);
    assert_eq!((renewal.transitions, renewal.acquired, renewal.renewed), (8, Some(now), Some(later)));
}

/// A container that crashed and was started again does not wait for itself.
#[test]
fn the_lease_of_this_pods_dead_process_is_taken_at_once() {
    let mut election = Election::new(Identity::new("pod", Some("uid"), "2"), terms());
    election.observe(Some(record("pod_uid_1", 1)), at(0.0));
    assert_eq!(election.next(at(0.0)), LeaseAction::Acquire);
    election.observe(Some(record("pod_another_1", 1)), at(1.0));
    assert!(matches!(election.next(at(1.0)), LeaseAction::Wait(_)));
}
