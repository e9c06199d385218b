//! Simulated decades of renewals: several replicas run the loop that ships, [`settle`](crate::keys::renewal::settle::settle), against one
//! model of an API server, with clocks that are set and clocks that differ. A replica may have outdated records, and may die
//! before or after it creates a key.
//!
//! `action` has what may happen, `model` the state, `replica` the API that the loop is given, `run` what follows from an action, and
//! `invariants` what must hold. A failure names its seed; `RENEWAL_SEED=<number> cargo test … simulation` runs the same actions again.

pub(crate) mod action;
pub(crate) mod invariants;
pub(crate) mod model;
pub(crate) mod replica;
pub(crate) mod run;

use crate::keys::renewal::simulation::action::{Action, REPLICAS, actions};
use crate::keys::renewal::simulation::model::{DAY, Model, START};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngSeed, TestRunner};
use sealing::KeyOrder;

/// How keys are renewed: the period, and the cut-off in tenths of it after the start.
#[derive(Debug, Clone)]
struct Settings {
    period: Option<i64>,
    cutoff: Option<i64>,
    order: KeyOrder,
}

fn settings() -> impl Strategy<Value = Settings> {
    let periods = [Some(3_600), Some(DAY), Some(30 * DAY), Some(365 * DAY), None];
    let orders = [KeyOrder::CertNotBefore, KeyOrder::SecretCreationTimestamp];
    let cutoff = prop::option::of(-10_i64..2_000);
    (prop::sample::select(periods.to_vec()), cutoff, prop::sample::select(orders.to_vec()))
        .prop_map(|(period, cutoff, order)| Settings { period, cutoff, order })
}

impl Settings {
    /// Runs the actions with this number of clocks, and counts the keys.
    fn run(&self, actions: &[Action], clocks: i64) {
        let unit = self.period.unwrap_or(30 * DAY) / 10;
        let cutoff = self.cutoff.map(|tenths| START + tenths * unit);
        let mut model = Model::new(self.period, cutoff, self.order);
        for action in actions {
            model.run(action);
            // A key is due early by a tenth at most.
            let due = self.period.map_or(0, |period| (model.elapsed + model.skipped) / (period * 9 / 10));
            let most = clocks * (due + model.allowed);
            assert!(model.made <= most, "{} keys instead of {most} after {action:?}", model.made);
        }
    }
}

/// Runs 128 random sequences of actions, of one clock or of several.
fn simulate(several_clocks: bool) {
    let seed = match std::env::var("RENEWAL_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => rand::random::<u64>(),
    };
    let config = ProptestConfig {
        cases: 128,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    };
    let clocks = if several_clocks { i64::try_from(REPLICAS).unwrap() } else { 1 };
    let result =
        TestRunner::new(config).run(&(settings(), actions(several_clocks)), |(settings, actions)| {
            settings.run(&actions, clocks);
            Ok(())
        });
    if let Err(failure) = result {
        panic!("RENEWAL_SEED={seed} runs this again: {failure}");
    }
}

#[test]
fn no_key_is_made_twice_and_none_gets_too_old() {
    simulate(false);
}

#[test]
fn clocks_that_differ_have_one_key_per_period_each() {
    simulate(true);
}

#[test]
fn actions_reach_decades() {
    let mut runner = TestRunner::deterministic();
    let years = |actions: Vec<Action>| {
        let mut model = Model::new(Some(30 * DAY), None, KeyOrder::default());
        for action in &actions {
            model.run(action);
        }
        model.elapsed / (365 * DAY)
    };
    let many = (0..50).map(|_| years(actions(false).new_tree(&mut runner).unwrap().current()));
    let long = many.filter(|years| *years > 10).count();
    assert!(long > 25, "{long} of 50 last longer than ten years");
}

#[test]
fn thirty_quiet_years_are_one_key_per_period() {
    let mut model = Model::new(Some(30 * DAY), None, KeyOrder::default());
    let days = 30 * 365;
    for day in 0..days {
        // In turns, since settling takes a while with hundreds of keys.
        let replica = usize::try_from(day).unwrap() % REPLICAS;
        model.refresh(replica);
        model.settle(replica, false);
        model.pass(DAY);
    }
    // Early by a tenth and by a day at most; and settling once a day makes a key up to a day late.
    let made = model.made;
    assert!((days / 31..=days / 29 + 1).contains(&made), "{made} keys");
}
