//! Simulated decades: several controllers, one store of keys, one API server whose clock steps, and the very code that decides
//! ([`next_step`]). Every controller may have a stale view, and may die between deciding and creating.

use super::ask::Ask;
use super::observed::{KeySecret, Observed, Standing};
use super::published::published;
use super::schedule::{Rules, SKEW, is_future, newest, newest_of_all};
use super::step::{Step, Why, next_step};
use crate::config::Renewal;
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeSet;

const DAY: i64 = 86_400;
const PERIOD: i64 = 30 * DAY;
/// How often a controller may look and act in one visit before it is a loop.
const BOUND: usize = 8;

/// What happens next.
#[derive(Debug, Clone)]
enum Happens {
    /// So much time passes, in hours.
    Pass(i64),
    /// A controller looks, with what it saw last or with a fresh view; it may die before creating.
    Look {
        who: usize,
        fresh: bool,
        dies: bool,
    },
    /// Somebody asks for renewal of the newest key, or of the one that a list shows as the newest.
    Ask {
        listed: bool,
    },
    /// A key is deleted, or its label says leaked.
    Delete(usize),
    Leak(usize),
    /// The API server's clock is set, by so many hours.
    Step(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        8 => (1_i64..24 * 40).prop_map(Happens::Pass),
        12 => (0_usize..3, any::<bool>(), any::<bool>()).prop_map(|(who, fresh, dies)| Happens::Look { who, fresh, dies }),
        1 => any::<bool>().prop_map(|listed| Happens::Ask { listed }),
        1 => (0_usize..8).prop_map(Happens::Delete),
        1 => (0_usize..8).prop_map(Happens::Leak),
        1 => (-24_i64 * 900..24 * 900).prop_map(Happens::Step),
    ]
}

/// The API server and what it holds.
struct World {
    now: i64,
    store: Vec<KeySecret>,
    made: u64,
    views: [Observed; 3],
    /// Keys that were renewed; a second time would be a key too many. Those from the future apart: time catches up with
    /// them, and then they have a date like any other.
    renewed: BTreeSet<(Fingerprint, bool)>,
    rules: Rules,
    /// Time that really passed, in seconds.
    elapsed: i64,
    /// How often somebody asked, deleted, revoked, or set the clock.
    meddling: i64,
}

impl World {
    fn new() -> Self {
        let period = Some(SignedDuration::from_secs(PERIOD));
        let rules =
            Rules { prefix: "p".into(), origin: "o".into(), renewal: Renewal { period, cutoff: None } };
        let views = std::array::from_fn(|_| Observed::default());
        // In the year 2020.
        Self {
            now: 1_577_836_800,
            store: Vec::new(),
            made: 0,
            views,
            renewed: BTreeSet::new(),
            rules,
            elapsed: 0,
            meddling: 0,
        }
    }

    fn time(&self) -> Timestamp {
        Timestamp::from_second(self.now).unwrap()
    }

    fn refresh(&mut self, who: usize) {
        let had_any = self.views[who].had_any
            || self.store.iter().any(|secret| matches!(secret.standing, Standing::Active { .. }));
        self.views[who] = Observed { secrets: self.store.clone(), had_any };
    }

    /// What the I/O loop does, with this store in place of the API server. How many keys were made, and why.
    fn look(&mut self, who: usize, dies: bool) -> Vec<Why> {
        let mut reasons = Vec::new();
        for _ in 0..BOUND {
            let step = next_step(&self.views[who], None, &self.rules, self.time());
            let (name, predecessor, why, answers) = match step {
                Step::Settled(_) => return reasons,
                Step::NotYet(at) => {
                    assert!(at.duration_since(self.time()) <= SKEW + SignedDuration::from_secs(1));
                    return reasons;
                }
                Step::Make { name, predecessor, why, answers } => (name, predecessor, why, answers),
            };
            if let Some(there) = self.store.iter().find(|secret| secret.name == name) {
                let there = there.clone();
                self.views[who].had_any |= matches!(there.standing, Standing::Active { .. });
                self.views[who].secrets.push(there);
                continue;
            }
            if dies && self.made.is_multiple_of(2) {
                return reasons;
            }
            self.made += 1;
            let mixed = self.made.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let fingerprint: Fingerprint = format!("{mixed:016x}{:048x}", self.made).parse().unwrap();
            let standing = Standing::Active { fingerprint, since: self.time(), asked: None };
            let secret = KeySecret { name, standing, answers };
            self.store.push(secret.clone());
            self.views[who].secrets.push(secret);
            self.views[who].had_any = true;
            if let Some(predecessor) = predecessor {
                assert!(
                    self.renewed.insert((predecessor, why == Why::Clock)),
                    "{predecessor:?} was renewed twice ({why:?})"
                );
            }
            reasons.push(why);
            if dies {
                // Killed after creating: what it knew is gone.
                self.views[who] = Observed::default();
                self.refresh(who);
            }
        }
        panic!("controller {who} goes round in circles");
    }

    /// A key that was renewed may have to be again once somebody meddled.
    fn disturbed(&mut self) {
        // Views miss what others made, for as long as they like; that a key was taken away they hear before they act. Two
        // that differ in that as well, after a clock jumped, may choose different names.
        for who in 0..self.views.len() {
            self.refresh(who);
        }
        self.renewed.clear();
        self.meddling += 1;
    }

    fn active(&self) -> Vec<Timestamp> {
        let active = self.store.iter().filter_map(|secret| match secret.standing {
            Standing::Active { since, .. } => Some(since),
            _ => None,
        });
        active.collect()
    }

    fn play(&mut self, happens: &Happens) {
        match *happens {
            Happens::Pass(hours) => {
                self.now += hours * 3_600;
                self.elapsed += hours * 3_600;
            }
            Happens::Step(hours) => {
                self.now = (self.now + hours * 3_600).max(0);
                // A clock that goes back behind every key makes one more, each time it does.
                self.disturbed();
            }
            Happens::Ask { listed } => {
                self.meddling += 1;
                let all = Observed { secrets: self.store.clone(), had_any: true };
                let newest = newest(&all, &self.rules, self.time()).filter(|_| !listed);
                let Some(fingerprint) = newest.or(newest_of_all(&all)).map(|key| key.fingerprint) else {
                    return;
                };
                let ask = Ask::of(fingerprint, &self.meddling.to_string());
                for secret in &mut self.store {
                    if let Standing::Active { fingerprint: of, asked, .. } = &mut secret.standing
                        && *of == fingerprint
                    {
                        *asked = Some(ask);
                    }
                }
            }
            Happens::Delete(index) => {
                if index < self.store.len() {
                    self.store.remove(index);
                    self.disturbed();
                }
            }
            Happens::Leak(index) => {
                if let Some(secret) = self.store.get_mut(index)
                    && let Standing::Active { fingerprint, since, .. } = secret.standing
                {
                    secret.standing = Standing::Leaked { fingerprint, since };
                    self.disturbed();
                }
            }
            Happens::Look { who, fresh, dies } => {
                if fresh {
                    self.refresh(who);
                }
                let reasons = self.look(who, dies);
                assert!(reasons.len() <= 1, "several keys in one visit: {reasons:?}");
                if fresh && !dies {
                    self.check_age(who);
                }
            }
        }
    }

    /// With a controller that is up and sees everything, the newest key is within its period.
    fn check_age(&self, who: usize) {
        let view = &self.views[who];
        if let Some(key) = newest(view, &self.rules, self.time()) {
            let age = self.time().duration_since(key.since);
            assert!(age <= SignedDuration::from_secs(PERIOD), "{age:?} old");
        }
        let mut since = self.active();
        since.sort_by_key(|since| std::cmp::Reverse(*since));
        let delay = SignedDuration::from_secs(DAY);
        if let Some(served) = published(since.iter(), |since| *since, delay, self.time()) {
            let present = |since: &&Timestamp| !is_future(**since, self.time());
            let is_old_enough = self.time().duration_since(*served) >= delay;
            let any_old_enough =
                since.iter().filter(present).any(|since| self.time().duration_since(*since) >= delay);
            assert!(is_old_enough || !any_old_enough, "a key was published early");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_date_gets_two_keys_and_no_key_gets_too_old(story in prop::collection::vec(happens(), 1..300)) {
        let mut world = World::new();
        for happens in &story {
            world.play(happens);
        }
        let dates = world.elapsed / (PERIOD - DAY) + 2;
        let made = i64::try_from(world.made).unwrap();
        prop_assert!(made <= dates + 2 * world.meddling, "{made} keys for {dates} dates");
    }
}

#[test]
fn thirty_quiet_years_are_one_key_a_period() {
    let mut world = World::new();
    let days = 30 * 365;
    for _ in 0..days {
        for who in 0..3 {
            world.refresh(who);
            world.look(who, false);
        }
        world.now += DAY;
    }
    // At most a tenth, and at most a day, early; a look a day makes it up to a day late.
    let made = i64::try_from(world.store.len()).unwrap();
    assert!((days / 31..=days / 29 + 1).contains(&made), "{made} keys");
}
