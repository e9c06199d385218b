//! [`World`]: several controllers, one store of keys, and the clocks. Every controller may have a stale view.

use crate::config::keys::Renewal;
use crate::keys::renewal::key_age::{Dates, SKEW};
use crate::keys::renewal::observed::{KeySecret, Observed, Standing};
use crate::keys::renewal::plan::{Asked, Step, Why, next_step};
use crate::keys::renewal::schedule::{Rules, newest, newest_of_all};
use crate::keys::renewal::simulation::happens::{CONTROLLERS, Happens};
use crate::keys::renewal_request::annotation::Ask;
use crate::keys::renewal_request::requests::Asking;
use envelope::Fingerprint;
use jiff::{SignedDuration, Timestamp};
use sealing::KeyOrder;
use std::collections::BTreeSet;

/// In seconds.
pub(crate) const DAY: i64 = 86_400;
/// The year 2020.
pub(crate) const BEGINNING: i64 = 1_577_836_800;
/// How often a controller may look and act in one visit before it is a loop, beside meeting each key that it did not see.
const BOUND: usize = 8;

/// The API server, what it holds, and who looks at it.
pub(crate) struct World {
    now: i64,
    pub store: Vec<KeySecret>,
    pub made: i64,
    pub views: [Observed; CONTROLLERS],
    asking: [Asking; CONTROLLERS],
    /// How far ahead the clock is by which each controller goes.
    ahead: [i64; CONTROLLERS],
    /// Keys that were renewed, and how many of their dates were from the future; a second time would be a key too many. Time
    /// catches up with such a date, and then it is one like any other. Where clocks differ, each may have its own.
    renewed: BTreeSet<(Fingerprint, usize)>,
    pub rules: Rules,
    order: KeyOrder,
    /// Time that really passed, in seconds.
    pub elapsed: i64,
    /// How many keys may have been made by now, for other reasons than time that passed.
    pub allowed: i64,
    /// By how much clocks were set forwards, in seconds; each time a period at most.
    pub skipped: i64,
    asks: u64,
}

impl World {
    pub(crate) fn new(period: Option<i64>, cutoff: Option<i64>, order: KeyOrder) -> Self {
        let at = |second| Timestamp::from_second(second).unwrap();
        let renewal = Renewal { period: period.map(SignedDuration::from_secs), cutoff: cutoff.map(at) };
        Self {
            now: BEGINNING,
            store: Vec::new(),
            made: 0,
            views: Default::default(),
            asking: Default::default(),
            ahead: [0; CONTROLLERS],
            renewed: BTreeSet::new(),
            rules: Rules { prefix: "p".into(), origin: "o".into(), renewal },
            order,
            elapsed: 0,
            // The first; and one that is not from before the cut-off.
            allowed: 1 + i64::from(cutoff.is_some()),
            skipped: 0,
            asks: 0,
        }
    }

    fn period(&self) -> i64 {
        self.rules.renewal.period.map_or(30 * DAY, |period| period.as_secs())
    }

    pub(crate) fn time(&self, who: usize) -> Timestamp {
        Timestamp::from_second((self.now + self.ahead[who]).max(0)).unwrap()
    }

    pub(crate) fn refresh(&mut self, who: usize) {
        let had_any = self.views[who].had_any
            || self.store.iter().any(|secret| matches!(secret.standing, Standing::Active { .. }));
        self.views[who] = Observed { secrets: self.store.clone(), had_any };
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now += seconds;
        self.elapsed += seconds;
    }

    /// What the I/O loop does, with this store in place of the API server. Why keys were made.
    pub(crate) fn look(&mut self, who: usize, dies: bool) -> Vec<Why> {
        let mut reasons = Vec::new();
        for _ in 0..BOUND + self.store.len() {
            let now = self.time(who);
            let asked = self.asking[who].of_the_present(&self.views[who], &self.rules, now);
            let (name, predecessor, why, answers) = match next_step(&self.views[who], asked, &self.rules, now)
            {
                Step::Settled(_) => {
                    self.asking[who].done(asked);
                    return reasons;
                }
                Step::NotYet(at) => {
                    assert!(at.duration_since(now) <= SKEW + SignedDuration::from_secs(1));
                    return reasons;
                }
                Step::Make { name, predecessor, why, answers } => (name, predecessor, why, answers),
            };
            if let Some(there) = self.store.iter().find(|secret| secret.name == name).cloned() {
                self.views[who].had_any |= matches!(there.standing, Standing::Active { .. });
                self.views[who].secrets.push(there);
                continue;
            }
            if dies && self.made % 2 == 0 {
                self.restart(who);
                return reasons;
            }
            let secret = KeySecret { name, standing: self.new_key(now), answers };
            self.store.push(secret.clone());
            self.views[who].secrets.push(secret);
            self.views[who].had_any = true;
            if let Some(predecessor) = predecessor {
                let renewed = (predecessor, self.future_dates(predecessor, now));
                assert!(
                    self.renewed.insert(renewed) || self.ahead != [0; CONTROLLERS],
                    "{predecessor:?} was renewed twice ({why:?})"
                );
            }
            reasons.push(why);
            self.asking[who].done(asked);
            if dies {
                self.restart(who);
            }
        }
        panic!("controller {who} goes round in circles");
    }

    fn future_dates(&self, of: Fingerprint, now: Timestamp) -> usize {
        let dates = self.store.iter().find_map(|secret| match secret.standing {
            Standing::Active { fingerprint, dates, .. } if fingerprint == of => Some(dates),
            _ => None,
        });
        let dates = dates.map_or_else(Vec::new, |dates| vec![dates.since, dates.valid_from]);
        dates.iter().filter(|date| date.duration_since(now) > SKEW).count()
    }

    fn new_key(&mut self, valid_from: Timestamp) -> Standing {
        self.made += 1;
        let mixed = self.made.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let fingerprint = format!("{mixed:016x}{:048x}", self.made).parse().unwrap();
        let created = Timestamp::from_second(self.now).unwrap();
        let since = match self.order {
            KeyOrder::CertNotBefore => created.min(valid_from),
            KeyOrder::SecretCreationTimestamp => created,
        };
        Standing::Active { fingerprint, dates: Dates { since, valid_from }, asked: None }
    }

    fn restart(&mut self, who: usize) {
        self.views[who] = Observed::default();
        self.asking[who] = Asking::default();
        self.refresh(who);
    }

    /// A key that was renewed may have to be again once a user meddled.
    fn disturbed(&mut self) {
        // Views miss what others made, for as long as they like; that a key was taken away they hear before they act. Two
        // that differ in that as well, after a clock jumped, may choose different names.
        for who in 0..self.views.len() {
            self.refresh(who);
        }
        self.renewed.clear();
    }

    pub(crate) fn play(&mut self, happens: &Happens) {
        let unit = self.period() / 720;
        match *happens {
            Happens::Pass(units) => self.pass(units * unit),
            Happens::Step(units) => {
                let before = self.now;
                self.now = (self.now + units * unit).max(0);
                self.set(self.now - before);
            }
            Happens::Dated { who, ahead } => {
                let before = std::mem::replace(&mut self.ahead[who], ahead * unit);
                self.set(ahead * unit - before);
            }
            Happens::Ask { listed } => self.ask(listed),
            Happens::Signal(who) => {
                let now = self.time(who);
                let view = &self.views[who];
                let key = newest(view, &self.rules, now).or_else(|| newest_of_all(view, now));
                self.asking[who].ask(Asked(key.map(|key| key.fingerprint)));
                self.allowed += 1;
            }
            Happens::Delete(index) => {
                if index < self.store.len() {
                    self.store.remove(index);
                    self.disturbed();
                    self.allowed += 1;
                }
            }
            Happens::Leak(index) => {
                if let Some(secret) = self.store.get_mut(index)
                    && let Standing::Active { fingerprint, dates, .. } = secret.standing
                {
                    secret.standing = Standing::Leaked { fingerprint, since: dates.valid_from };
                    self.disturbed();
                    self.allowed += 1;
                }
            }
            Happens::Together => {
                let mut round = || {
                    let looks = (0..CONTROLLERS).map(|who| {
                        self.refresh(who);
                        self.look(who, false).len()
                    });
                    looks.sum::<usize>()
                };
                let made = [round(), round(), round()];
                assert!(made[2] == 0, "by turns they go round in circles: {made:?}");
            }
            Happens::Restart(who) => self.restart(who),
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

    /// A clock was set. One that goes back behind every key makes one more; one that goes forwards makes dates come sooner,
    /// but of those that it skips no more than one.
    fn set(&mut self, by: i64) {
        self.disturbed();
        self.skipped += by.clamp(0, self.period());
        self.allowed += i64::from(by < 0);
    }

    fn ask(&mut self, listed: bool) {
        self.asks += 1;
        self.allowed += 1;
        let now = self.time(0);
        let all = Observed { secrets: self.store.clone(), had_any: true };
        let newest = newest(&all, &self.rules, now).filter(|_| !listed);
        let Some(of) = newest.or_else(|| newest_of_all(&all, now)).map(|key| key.fingerprint) else {
            return;
        };
        let ask = Ask::of(of, &self.asks.to_string());
        for secret in &mut self.store {
            if let Standing::Active { fingerprint, asked, .. } = &mut secret.standing
                && *fingerprint == of
            {
                *asked = Some(ask);
            }
        }
    }
}
