//! When each namespace is done, in figures.

use super::*;
use std::collections::BTreeMap;

/// The work of a namespace: a number of pieces of this many milliseconds each, from a moment on.
struct Wants(&'static str, u64, u32, u64);

/// When each namespace is done, in milliseconds.
fn through(places: usize, wants: &[Wants]) -> BTreeMap<&'static str, u64> {
    let start = Instant::now();
    let mut queue = FairQueue::new(places);
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
        let next = if ends {
            through.insert(namespace, at);
            queue.leave(namespace, now).map(|(_, next)| next)
        } else {
            queue.enter(namespace, (namespace, cost), now)
        };
        if let Some((namespace, cost)) = next {
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
