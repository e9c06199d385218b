//! Simulated decades: several controllers, one store of keys, clocks that are set and clocks that differ, and the very code that
//! decides ([`next_step`](crate::keys::renewal::plan::next_step)). Every controller may have a stale view, and may die between deciding and
//! creating. What may happen is in `happens`, what comes of it in `world`, and what must hold in `check`.

pub(crate) mod check;
pub(crate) mod happens;
pub(crate) mod world;

use crate::keys::renewal::simulation::happens::{CONTROLLERS, Happens, stories};
use crate::keys::renewal::simulation::world::{BEGINNING, DAY, World};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sealing::KeyOrder;

/// How keys are renewed: the period, and the cut-off in tenths of it after the beginning.
#[derive(Debug, Clone)]
struct Renewed {
    period: Option<i64>,
    cutoff: Option<i64>,
    order: KeyOrder,
}

fn renewed() -> impl Strategy<Value = Renewed> {
    let periods = [Some(3_600), Some(DAY), Some(30 * DAY), Some(365 * DAY), None];
    let orders = [KeyOrder::CertNotBefore, KeyOrder::SecretCreationTimestamp];
    let cutoff = prop::option::of(-10_i64..2_000);
    (prop::sample::select(periods.to_vec()), cutoff, prop::sample::select(orders.to_vec()))
        .prop_map(|(period, cutoff, order)| Renewed { period, cutoff, order })
}

impl Renewed {
    /// Plays a story in a world of so many clocks, and counts.
    fn play(&self, story: &[Happens], clocks: i64) {
        let unit = self.period.unwrap_or(30 * DAY) / 10;
        let cutoff = self.cutoff.map(|tenths| BEGINNING + tenths * unit);
        let mut world = World::new(self.period, cutoff, self.order);
        for happens in story {
            world.play(happens);
            // Early by a tenth at most.
            let dates = self.period.map_or(0, |period| (world.elapsed + world.skipped) / (period * 9 / 10));
            let most = clocks * (dates + world.allowed);
            assert!(world.made <= most, "{} keys instead of {most} after {happens:?}", world.made);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_date_gets_two_keys_and_no_key_gets_too_old(renewed in renewed(), story in stories(false)) {
        renewed.play(&story, 1);
    }

    #[test]
    fn clocks_that_differ_have_a_key_a_period_each(renewed in renewed(), story in stories(true)) {
        renewed.play(&story, i64::try_from(CONTROLLERS).unwrap());
    }
}

#[test]
fn stories_reach_decades() {
    let mut runner = TestRunner::deterministic();
    let years = |story: Vec<Happens>| {
        let mut world = World::new(Some(30 * DAY), None, KeyOrder::default());
        for happens in &story {
            world.play(happens);
        }
        world.elapsed / (365 * DAY)
    };
    let many = (0..50).map(|_| years(stories(false).new_tree(&mut runner).unwrap().current()));
    let long = many.filter(|years| *years > 10).count();
    assert!(long > 25, "{long} of 50 last longer than ten years");
}

#[test]
fn thirty_quiet_years_are_one_key_a_period() {
    let mut world = World::new(Some(30 * DAY), None, KeyOrder::default());
    let days = 30 * 365;
    for day in 0..days {
        // In turns, since looking at hundreds of keys takes its time.
        let who = usize::try_from(day).unwrap() % CONTROLLERS;
        world.refresh(who);
        world.look(who, false);
        world.pass(DAY);
    }
    // At most a tenth, and at most a day, early; a look a day makes it up to a day late.
    let made = world.made;
    assert!((days / 31..=days / 29 + 1).contains(&made), "{made} keys");
}
