//! [`Rule`]: which requests are hit, with which fault, and how often. Pure, except for random choices, which are
//! seeded.

use std::collections::HashSet;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::network::fault_proxy::fault::Fault;
use crate::network::fault_proxy::request::ApiRequest;

/// Any verb but `watch`, or any resource.
const ANY: &str = "*";

/// One kind of fault.
#[derive(Debug, Clone)]
pub struct Rule {
    verb: &'static str,
    resource: &'static str,
    fault: Fault,
    chance: f64,
    times: Option<u64>,
    /// The targets that were hit, where each is to be hit once.
    hit: Option<HashSet<String>>,
}

impl Rule {
    /// Each request with this verb to this resource, as in RBAC: `Rule::on("patch", "sealedsecrets/status", …)`. `*` is
    /// every resource, or every verb except `watch`.
    pub const fn on(verb: &'static str, resource: &'static str, fault: Fault) -> Self {
        Self { verb, resource, fault, chance: 1.0, times: None, hit: None }
    }

    /// Every request except watches.
    pub const fn always(fault: Fault) -> Self {
        Self::on(ANY, ANY, fault)
    }

    /// Hits only `chance` of a hundred requests.
    #[must_use]
    pub fn per_cent(self, chance: u8) -> Self {
        Self { chance: f64::from(chance) / 100.0, ..self }
    }

    /// Hits only the first `times` requests.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Hits only once for each watch, or for each object that has its name already; each creation may be hit.
    #[must_use]
    pub fn once_each(self) -> Self {
        Self { hit: Some(HashSet::new()), ..self }
    }

    fn is_about(&self, api_request: &ApiRequest) -> bool {
        let verb = if self.verb == ANY { api_request.verb != "watch" } else { api_request.verb == self.verb };
        // The target of a creation is the collection.
        let is_creation = api_request.verb == "create";
        let fresh = self.hit.as_ref().is_none_or(|hit| is_creation || !hit.contains(&api_request.target));
        verb && fresh && (self.resource == ANY || api_request.resource == self.resource)
    }
}

/// The present rules.
#[derive(Debug)]
pub(crate) struct FaultRules {
    current: Vec<Rule>,
    random: StdRng,
    hits: u64,
}

impl FaultRules {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { current: Vec::new(), random: StdRng::seed_from_u64(seed), hits: 0 }
    }

    pub(crate) fn set(&mut self, rules: impl IntoIterator<Item = Rule>) {
        self.current = rules.into_iter().collect();
    }

    pub(crate) const fn hits(&self) -> u64 {
        self.hits
    }

    /// The fault of the first rule that hits this request.
    pub(crate) fn fault_for(&mut self, api_request: &ApiRequest) -> Option<Fault> {
        let Self { current, random, hits } = self;
        let rule = current.iter_mut().find(|rule| {
            rule.times != Some(0) && rule.is_about(api_request) && random.random_bool(rule.chance)
        })?;
        if let Some(hit) = &mut rule.hit {
            hit.insert(api_request.target.clone());
        }
        rule.times = rule.times.map(|times| times - 1);
        *hits += 1;
        Some(rule.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api_request(verb: &'static str) -> ApiRequest {
        ApiRequest { verb, resource: "secrets".into(), target: verb.into() }
    }

    #[test]
    fn a_fault_strikes_as_often_as_its_rule_says() {
        let mut rules = FaultRules::seeded(1);
        assert!(rules.fault_for(&api_request("create")).is_none());
        rules.set([Rule::on("create", "secrets", Fault::ResetAfter).times(2), Rule::always(Fault::Truncate)]);
        let faults = |rules: &mut FaultRules, verb| rules.fault_for(&api_request(verb));
        assert!(matches!(faults(&mut rules, "create"), Some(Fault::ResetAfter)));
        assert!(matches!(faults(&mut rules, "get"), Some(Fault::Truncate)));
        assert!(matches!(faults(&mut rules, "create"), Some(Fault::ResetAfter)));
        assert!(matches!(faults(&mut rules, "create"), Some(Fault::Truncate)));
        assert!(faults(&mut rules, "watch").is_none(), "a watch is hit by name only");
        assert_eq!(rules.hits(), 4);
        rules.set([Rule::always(Fault::Truncate).once_each()]);
        let verbs = ["get", "get", "list", "get", "create", "create"];
        let hits = verbs.map(|verb| faults(&mut rules, verb).is_some());
        assert_eq!(hits, [true, false, true, false, true, true]);
        rules.set([Rule::always(Fault::Truncate).per_cent(30)]);
        let hit = (0..1000).filter(|_| rules.fault_for(&api_request("get")).is_some()).count();
        assert!((200..400).contains(&hit), "{hit}");
    }
}
