//! When each namespace is done, in figures.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The work of a namespace: a number of pieces of this many milliseconds each, from a moment on.
struct Wants(&'static str, u64, u32, u64);

/// When each namespace is done, in milliseconds.
fn through(places: usize, wants: &[Wants]) -> BTreeMap<&'static str, u64> {
    let start = Instant::now();
    let mut queue = FairQueue::new(places, 0);
    // Sorted by the time at which something happens and the order in which it began; true at the end of a piece of
    // work.
    let mut ahead = BTreeMap::new();
    let mut begun = 0_usize..;
    for Wants(namespace, from, count, cost) in wants {
        for _ in 0..*count {
            ahead.insert((*from, begun.next()), (*namespace, *cost, false));
        }
    }
    let mut through = BTreeMap::new();
    while let Some(((at, _), (namespace, cost, ends))) = ahead.pop_first() {
        let now = start + Duration::from_millis(at);
        let due = if ends {
            through.insert(namespace, at);
            queue.leave(namespace, now)
        } else {
            queue.enter(namespace, (namespace, cost), now)
        };
        for (_, (namespace, cost)) in due {
            ahead.insert((at + cost, begun.next()), (namespace, cost, true));
        }
    }
    assert_eq!(queue.free, places);
    assert!(queue.by_namespace.is_empty(), "none is remembered for ever");
    through
}

#[test]
fn each_namespace_gets_its_share_and_no_place_is_idle() {
    let cases = [
        ("alone", 2, vec![Wants("a", 0, 10_000, 4)], vec![("a", 20_000)]),
        (
            "one beside many that take long",
            2,
            vec![Wants("a", 0, 120, 800), Wants("b", 100, 1, 4)],
            vec![("b", 804)],
        ),
        (
            "many beside many that take long",
            2,
            vec![Wants("a", 0, 120, 800), Wants("b", 100, 1_000, 4)],
            vec![("a", 50_400), ("b", 4_800)],
        ),
        (
            "the same on a single core",
            1,
            vec![Wants("a", 0, 120, 800), Wants("b", 100, 1_000, 4)],
            vec![("a", 100_000), ("b", 8_800)],
        ),
        (
            "idle for a while, and no credit for it",
            1,
            vec![Wants("a", 0, 100, 100), Wants("b", 5_000, 100, 100)],
            vec![("a", 15_000), ("b", 20_000)],
        ),
    ];
    for (name, places, wants, expected) in cases {
        let through = through(places, &wants);
        for (namespace, latest) in expected {
            assert!(
                through[namespace] <= latest,
                "{name}: {namespace} at {}, not {latest}",
                through[namespace]
            );
        }
    }
}

/// A namespace that takes much and is idle for a moment between two pieces of work keeps its taken time.
#[test]
fn a_namespace_that_comes_and_goes_is_remembered() {
    let attacks = (0..100).map(|number| Wants("a", number * 810, 1, 800));
    let wants: Vec<_> = attacks.chain([Wants("b", 0, 1_000, 4)]).collect();
    assert!(through(1, &wants)["b"] <= 8_900, "{:?}", through(1, &wants));
}

proptest! {
    /// Whatever enters and leaves, and whenever: what may begin begins at once, each piece of work once, in a place that there is, and
    /// kept places go to namespaces that have none.
    #[test]
    fn no_work_waits_that_may_begin(
        places in 1..6_usize,
        kept in 0..4_usize,
        steps in prop::collection::vec((0..5_usize, any::<prop::sample::Index>(), any::<bool>()), 0..300),
    ) {
        const NAMESPACES: [&str; 5] = ["a", "b", "c", "d", "e"];
        let kept = kept.min(places - 1);
        let start = Instant::now();
        let mut queue = FairQueue::new(places, kept);
        let (mut running, mut begun, mut entered) = (Vec::new(), 0, 0);
        // After the steps, all that runs leaves, until none is left.
        let steps = steps.into_iter().map(Some).chain(std::iter::repeat(None));
        for (step, now) in steps.zip(0_u64..) {
            let now = start + Duration::from_millis(now);
            let due = match step {
                Some((namespace, _, true)) => {
                    entered += 1;
                    queue.enter(NAMESPACES[namespace], entered, now)
                }
                Some((_, which, false)) if !running.is_empty() => {
                    let namespace: String = running.swap_remove(which.index(running.len()));
                    queue.leave(&namespace, now)
                }
                Some(_) => continue,
                None => match running.pop() {
                    Some(namespace) => queue.leave(&namespace, now),
                    None => break,
                },
            };
            for (namespace, _) in due {
                let has_none = !running.contains(&namespace);
                prop_assert!(running.len() + kept < places || has_none, "a kept place for {namespace}");
                running.push(namespace);
                begun += 1;
            }
            prop_assert!(running.len() <= places);
            let waits = |share: &Share<_>| !share.waiting.is_empty();
            if running.len() + kept < places {
                prop_assert!(!queue.by_namespace.values().any(waits), "a place is free");
            } else if running.len() < places {
                let idle = |share: &Share<_>| waits(share) && share.running == 0;
                prop_assert!(!queue.by_namespace.values().any(idle), "a kept place is free");
            }
        }
        prop_assert_eq!(begun, entered);
        prop_assert_eq!((queue.free, queue.by_namespace.len()), (places, 0));
    }
}
