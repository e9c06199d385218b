//! [`Action`]: what may happen in a simulation. Times are in 720ths of the period, which are hours where that is 30 days.

use proptest::prelude::*;

pub(crate) const REPLICAS: usize = 3;

#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Time passes.
    Pass(i64),
    /// A replica runs `settle`, with outdated or current records; it may die before it creates a key, or after.
    Settle {
        replica: usize,
        current: bool,
        dies: bool,
    },
    /// A replica is restarted: it forgets, and reads what is there.
    Restart(usize),
    /// A user annotates the newest key, or the key that a list shows as the newest.
    Annotate {
        as_listed: bool,
    },
    /// A replica that may not annotate gets SIGUSR1.
    Signal(usize),
    /// All replicas settle again and again, in the same second.
    SettleAll,
    /// A key is deleted, or labelled as leaked.
    Delete(usize),
    Leak(usize),
    /// The API server's clock is set by this much.
    SetClock(i64),
    /// The answers to one replica are dated by a clock that is this far ahead of the clock that dates Secrets.
    SetReplicaClock {
        replica: usize,
        ahead: i64,
    },
}

/// Sequences of actions, of one clock or of several.
pub(crate) fn actions(several_clocks: bool) -> impl Strategy<Value = Vec<Action>> {
    let replica = || 0..REPLICAS;
    let settle = (replica(), any::<bool>(), any::<bool>())
        .prop_map(|(replica, current, dies)| Action::Settle { replica, current, dies });
    let set_replica_clock = (replica(), prop_oneof![Just(0), -24_i64 * 900..24 * 900])
        .prop_map(|(replica, ahead)| Action::SetReplicaClock { replica, ahead });
    let action = prop_oneof![
        40 => (1_i64..24 * 40).prop_map(Action::Pass),
        40 => (1_i64..24 * 400).prop_map(Action::Pass),
        120 => settle,
        10 => Just(Action::SettleAll),
        10 => replica().prop_map(Action::Restart),
        10 => any::<bool>().prop_map(|as_listed| Action::Annotate { as_listed }),
        10 => replica().prop_map(Action::Signal),
        10 => (0_usize..8).prop_map(Action::Delete),
        10 => (0_usize..8).prop_map(Action::Leak),
        10 => (-24_i64 * 900..24 * 900).prop_map(Action::SetClock),
        // By less than a period.
        5 => (-24_i64 * 25..24 * 25).prop_map(Action::SetClock),
        20 => if several_clocks { set_replica_clock.boxed() } else { Just(Action::Pass(1)).boxed() },
    ];
    prop::collection::vec(action, 1..300)
}
