//! [`Rule`]: which requests are hit, with what, and how often. Pure, but for the chance, which is seeded.

use std::collections::HashSet;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::network::fault_proxy::request::ApiRequest;
use crate::network::fault_proxy::strike::Fault;

/// Any verb but `watch`, or any resource.
const ANY: &str = "*";

/// One thing that goes wrong.
#[derive(Debug, Clone)]
pub struct Rule {
    verb: &'static str,
    resource: &'static str,
    fault: Fault,
    chance: f64,
    times: Option<u64>,
    /// What was hit already, where each is to be hit once.
    hit: Option<HashSet<String>>,
}

impl Rule {
    /// Each request with this verb to this resource, in the words of RBAC: `Rule::on("patch", "sealedsecrets/status", …)`. `*`
    /// is every resource, or every verb but `watch`.
    pub const fn on(verb: &'static str, resource: &'static str, fault: Fault) -> Self {
        Self { verb, resource, fault, chance: 1.0, times: None, hit: None }
    }

    /// Every request but watches.
    pub const fn always(fault: Fault) -> Self {
        Self::on(ANY, ANY, fault)
    }

    /// Only so many of a hundred.
    #[must_use]
    pub fn per_cent(self, chance: u8) -> Self {
        Self { chance: f64::from(chance) / 100.0, ..self }
    }

    /// Only the first so many.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Only once for each watch, or for each object.
    #[must_use]
    pub fn once_each(self) -> Self {
        Self { hit: Some(HashSet::new()), ..self }
    }

    fn is_about(&self, asked: &ApiRequest) -> bool {
        let verb = if self.verb == ANY { asked.verb != "watch" } else { asked.verb == self.verb };
        let fresh = self.hit.as_ref().is_none_or(|hit| !hit.contains(&asked.place));
        verb && fresh && (self.resource == ANY || asked.resource == self.resource)
    }
}

/// What goes wrong right now.
#[derive(Debug)]
pub(crate) struct Rules {
    current: Vec<Rule>,
    random: StdRng,
    strikes: u64,
}

impl Rules {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { current: Vec::new(), random: StdRng::seed_from_u64(seed), strikes: 0 }
    }

    pub(crate) fn set(&mut self, rules: impl IntoIterator<Item = Rule>) {
        self.current = rules.into_iter().collect();
    }

    pub(crate) const fn strikes(&self) -> u64 {
        self.strikes
    }

    /// What to do to a request: the first rule about it that strikes.
    pub(crate) fn fault_for(&mut self, asked: &ApiRequest) -> Option<Fault> {
        let Self { current, random, strikes } = self;
        let rule = current
            .iter_mut()
            .find(|rule| rule.times != Some(0) && rule.is_about(asked) && random.random_bool(rule.chance))?;
        if let Some(hit) = &mut rule.hit {
            hit.insert(asked.place.clone());
        }
        rule.times = rule.times.map(|times| times - 1);
        *strikes += 1;
        Some(rule.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(verb: &'static str) -> ApiRequest {
        ApiRequest { verb, resource: "secrets".into(), place: verb.into() }
    }

    #[test]
    fn as_often_as_told_and_no_more() {
        let mut rules = Rules::seeded(1);
        assert!(rules.fault_for(&asked("create")).is_none());
        rules.set([Rule::on("create", "secrets", Fault::ResetAfter).times(2), Rule::always(Fault::Truncate)]);
        let faults = |rules: &mut Rules, verb| rules.fault_for(&asked(verb));
        assert!(matches!(faults(&mut rules, "create"), Some(Fault::ResetAfter)));
        assert!(matches!(faults(&mut rules, "get"), Some(Fault::Truncate)));
        assert!(matches!(faults(&mut rules, "create"), Some(Fault::ResetAfter)));
        assert!(matches!(faults(&mut rules, "create"), Some(Fault::Truncate)));
        assert!(faults(&mut rules, "watch").is_none(), "a watch is hit by name only");
        assert_eq!(rules.strikes(), 4);
        rules.set([Rule::always(Fault::Truncate).once_each()]);
        let hits = ["get", "get", "list", "get"].map(|verb| faults(&mut rules, verb).is_some());
        assert_eq!(hits, [true, false, true, false]);
        rules.set([Rule::always(Fault::Truncate).per_cent(30)]);
        let hit = (0..1000).filter(|_| rules.fault_for(&asked("get")).is_some()).count();
        assert!((200..400).contains(&hit), "{hit}");
    }
}
