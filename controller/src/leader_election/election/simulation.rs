//! Three replicas and one Lease with pauses, lost responses, late requests, clocks that run at different rates, and
//! releases: no two of them may ever write at the same time.

use super::*;
use crate::leader_election::election::tests::terms;
use crate::leader_election::fence::Fence;
use proptest::prelude::*;

/// What happens next, to one of the replicas, after this many milliseconds.
#[derive(Debug, Clone)]
struct Step {
    after: u64,
    who: usize,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    /// It reads and acts, and all requests are answered.
    Act,
    /// It acts, the write arrives, the response is lost.
    AnswerLost,
    /// It acts, the write arrives, and the response comes only at its next step.
    AnswerLate,
    /// It acts, and the write arrives only at its next step.
    WriteLate,
    /// It acts by what it read at its last step, without reading.
    Blind,
    /// It only reads: then it is paused.
    LookOnly,
    /// It releases the Lease.
    Release,
    /// The Lease is deleted.
    Delete,
}

/// The Lease at the API server: its version, and its record.
#[derive(Debug, Default, Clone)]
struct Server {
    version: u64,
    record: Option<LeaseRecord>,
    /// Since when there has been a record.
    made: u64,
}

/// A Lease is not deleted sooner after it was created: a replica that reads once in a renew deadline has seen it.
const SETTLED: u64 = 12_500;

impl Server {
    /// Accepts a write only over the version that was read.
    fn write(&mut self, read: u64, record: Option<LeaseRecord>) -> bool {
        if read != self.version {
            return false;
        }
        self.version += 1;
        self.record = record;
        true
    }
}

struct Replica {
    election: Election,
    /// The version that it read last.
    read: u64,
    fence: Option<Fence>,
    /// A write under way: over which version, and what.
    late: Option<(u64, LeaseRecord)>,
    /// A response under way: which claim succeeded, and when it was begun.
    answer: Option<(LeaseRecord, Moment)>,
    /// Its clock runs this many percent as fast as time.
    rate: u64,
    start: u64,
}

impl Replica {
    fn clock(&self, now: u64) -> Moment {
        Moment::at(Duration::from_millis(self.start + now * self.rate / 100))
    }

    fn may_write(&self, now: u64) -> bool {
        self.fence.as_ref().is_some_and(|fence| fence.write_window(self.clock(now)).is_some())
    }

    fn won(&mut self, record: LeaseRecord, start: Moment, now: Moment) {
        let end = self.election.won(record, start, now);
        match &self.fence {
            Some(fence) if fence.extend(end, now) => {}
            Some(_) => self.step_down(),
            // As in the elector: the fence of a term that was over before it began.
            None => self.fence = Some(Fence::until(end)),
        }
    }

    fn step_down(&mut self) {
        self.election.stepped_down();
        self.fence = None;
    }

    fn take(&mut self, what: What, server: &mut Server, now: u64) {
        let clock = self.clock(now);
        if let Some((record, start)) = self.answer.take() {
            self.won(record, start, clock);
        }
        if let Some((read, record)) = self.late.take() {
            server.write(read, Some(record));
        }
        if !matches!(what, What::Blind) && self.fence.is_none() {
            self.read = server.version;
            self.election.observe(server.record.clone(), clock);
        }
        if matches!(what, What::LookOnly) {
            return;
        }
        match self.election.next(clock) {
            LeaseAction::Wait(_) => {}
            LeaseAction::GiveUp(_) => self.step_down(),
            LeaseAction::Acquire | LeaseAction::Renew => {
                let record =
                    self.election.claim(Timestamp::from_nanosecond(i128::from(server.version)).unwrap());
                self.election.tried(clock);
                if matches!(what, What::WriteLate) {
                    self.late = Some((self.read, record));
                } else if !server.write(self.read, Some(record.clone())) {
                    // As in the elector: if it is refused, it reads again.
                    self.read = server.version;
                    self.election.observe(server.record.clone(), clock);
                } else if !matches!(what, What::AnswerLost) {
                    self.read = server.version;
                    if matches!(what, What::AnswerLate) {
                        self.answer = Some((record, clock));
                    } else {
                        self.won(record, clock, clock);
                    }
                }
            }
        }
        if matches!(what, What::Release) && self.may_write(now) {
            self.step_down();
            let released = server.record.as_ref().map(|record| record.released(Timestamp::UNIX_EPOCH));
            server.write(self.read, released);
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let what = prop_oneof![
        12 => Just(What::Act),
        2 => Just(What::AnswerLost),
        2 => Just(What::AnswerLate),
        2 => Just(What::WriteLate),
        2 => Just(What::Blind),
        1 => Just(What::LookOnly),
        1 => Just(What::Release),
        1 => Just(What::Delete),
    ];
    let after = prop_oneof![8 => 0_u64..1_500, 2 => 1_500..9_000_u64, 1 => 9_000..40_000_u64];
    let step = (after, 0..3_usize, what).prop_map(|(after, who, what)| Step { after, who, what });
    proptest::collection::vec(step, 1..200)
}

/// Runs the steps; returns how often another replica became the leader.
fn play(steps: &[Step], rates: [u64; 3]) -> usize {
    let mut server = Server::default();
    let mut replicas = [0, 1, 2].map(|number| Replica {
        election: Election::new(Identity::new("replica", None, &number.to_string()), terms()),
        read: 0,
        fence: None,
        late: None,
        answer: None,
        rate: rates[number],
        start: 1_000_000 * (number as u64 + 1),
    });
    let (mut now, mut leader, mut changes) = (0, None, 0);
    for step in steps {
        // The milliseconds in between need no check: fences close by themselves, and open only in steps.
        now += step.after;
        if matches!(step.what, What::Delete) {
            if now >= server.made + SETTLED {
                server.write(server.version, None);
            }
        } else {
            replicas[step.who].take(step.what, &mut server, now);
        }
        if server.record.is_none() {
            server.made = now;
        }
        let writers: Vec<usize> = (0..3).filter(|number| replicas[*number].may_write(now)).collect();
        assert!(writers.len() <= 1, "{writers:?} write at {now} ms");
        if let Some(writer) = writers.first()
            && leader.replace(*writer) != Some(*writer)
        {
            changes += 1;
        }
    }
    changes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_do_two_write_at_once(steps in steps(), a in 90_u64..111, b in 90_u64..111, c in 90_u64..111) {
        play(&steps, [a, b, c]);
    }
}

/// The simulation proves something only if leaders change in it.
#[test]
fn leaders_change_in_it() {
    // The first read finds no Lease.
    let start = [act(0, 0), act(7_500, 0), act(7_500, 0), act(10, 1)];
    let mut steps = start.to_vec();
    steps.extend((0..20).map(|_| act(1_000, 1)));
    steps.push(act(0, 0));
    assert_eq!(play(&steps, [100, 100, 100]), 2);
    // A Lease that is deleted while a leader holds it goes to no candidate before its time.
    let deleted = Step { after: SETTLED, who: 0, what: What::Delete };
    let steps = start.into_iter().chain([act(5_000, 0), deleted, act(10, 1)]);
    assert_eq!(play(&steps.collect::<Vec<_>>(), [100, 100, 100]), 1);
}

/// A Lease that is deleted at any moment while a leader holds it does not go to a new candidate: not while the leader
/// is alive, and if the leader is cut off, not before its deadline.
#[test]
fn a_lease_deleted_under_a_leader_goes_to_no_candidate_before_its_time() {
    const ELECTED: u64 = 15_000;
    const END: u64 = 60_000;
    for (deleted, cut_off) in (SETTLED + 2_501..SETTLED + 4_501)
        .step_by(25)
        .flat_map(|after| [(ELECTED + after, false), (ELECTED + after, true)])
    {
        // The leader acts when its renewals are due, and once more: if it is refused, it reads, and then it writes.
        let renewals = (ELECTED..END).step_by(2_000).flat_map(|time| [(time, 0), (time + 1, 0)]);
        let renewals = renewals.filter(|(time, _)| !cut_off || *time < deleted);
        let newcomer = (deleted + 1..END).step_by(190).map(|time| (time, 1));
        let acts = [(0, 0), (7_500, 0)].into_iter().chain(renewals).chain(newcomer);
        let mut steps: Vec<(u64, usize, What)> = acts.map(|(time, who)| (time, who, What::Act)).collect();
        steps.push((deleted, 0, What::Delete));
        steps.sort_by_key(|(time, ..)| *time);
        let mut now = 0;
        let steps: Vec<Step> = steps
            .into_iter()
            .map(|(time, who, what)| Step { after: time - std::mem::replace(&mut now, time), who, what })
            .collect();
        assert_eq!(play(&steps, [100, 100, 100]), 1 + usize::from(cut_off), "{deleted} {cut_off}");
    }
}

fn act(after: u64, who: usize) -> Step {
    Step { after, who, what: What::Act }
}
