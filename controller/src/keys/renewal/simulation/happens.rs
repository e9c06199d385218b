//! [`Happens`]: what a story is made of. Times are in 720ths of the period, which are hours where that is 30 days.

use proptest::prelude::*;

/// How many controllers there are.
pub(crate) const CONTROLLERS: usize = 3;

/// What happens next.
#[derive(Debug, Clone)]
pub(crate) enum Happens {
    /// So much time passes.
    Pass(i64),
    /// A controller looks, with what it saw last or with a fresh view; it may die before creating, or after.
    Look {
        who: usize,
        fresh: bool,
        dies: bool,
    },
    /// A controller is started again: it forgets, and reads what is there.
    Restart(usize),
    /// A user asks for renewal of the newest key, or of the one that a list shows as the newest.
    Ask {
        listed: bool,
    },
    /// A controller is asked that may not write what it was asked.
    Signal(usize),
    /// All look, again and again, in the same second.
    Together,
    /// A key is deleted, or its label says leaked.
    Delete(usize),
    Leak(usize),
    /// The API server's clock is set, by so much.
    Step(i64),
    /// The answers that one controller gets are dated by a clock that is so far ahead of the one that dates Secrets.
    Dated {
        who: usize,
        ahead: i64,
    },
}

/// Stories of one clock, or of several.
pub(crate) fn stories(apart: bool) -> impl Strategy<Value = Vec<Happens>> {
    let who = || 0..CONTROLLERS;
    let look = (who(), any::<bool>(), any::<bool>()).prop_map(|(who, fresh, dies)| Happens::Look {
        who,
        fresh,
        dies,
    });
    let dated = (who(), prop_oneof![Just(0), -24_i64 * 900..24 * 900])
        .prop_map(|(who, ahead)| Happens::Dated { who, ahead });
    let happens = prop_oneof![
        40 => (1_i64..24 * 40).prop_map(Happens::Pass),
        40 => (1_i64..24 * 400).prop_map(Happens::Pass),
        120 => look,
        10 => Just(Happens::Together),
        10 => who().prop_map(Happens::Restart),
        10 => any::<bool>().prop_map(|listed| Happens::Ask { listed }),
        10 => who().prop_map(Happens::Signal),
        10 => (0_usize..8).prop_map(Happens::Delete),
        10 => (0_usize..8).prop_map(Happens::Leak),
        10 => (-24_i64 * 900..24 * 900).prop_map(Happens::Step),
        // Shorter than a period.
        5 => (-24_i64 * 25..24 * 25).prop_map(Happens::Step),
        20 => if apart { dated.boxed() } else { Just(Happens::Pass(1)).boxed() },
    ];
    prop::collection::vec(happens, 1..300)
}
