//! [`Scan`]: counts the bytes that a search will read, by walking an automaton over them.

use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use std::cell::RefCell;

/// The largest compiled size of an expression, in bytes.
pub(super) const SIZE: usize = 256 << 10;

/// What each search engine of a cached expression may remember, in bytes: one for each direction, and a [`Scan`]. For all that are
/// cached this makes some 3 MiB, which no budget counts.
pub(super) const MEMORY: usize = 128 << 10;

/// How often the cache may be cleared before the scan gives up on an expression with ever new states.
const CLEARS: usize = 100;

/// An expression as an automaton that takes one step for each byte, and knows when no later byte matters.
pub(super) struct Scan {
    machine: DFA,
    cache: RefCell<Cache>,
    states: usize,
    size: usize,
}

impl Scan {
    /// Of the expression, unless it is too large.
    pub(super) fn of(translated: &str, reading: syntax::Config) -> Option<Self> {
        let compiling = thompson::Config::new()
            .utf8(false)
            .nfa_size_limit(Some(SIZE))
            .which_captures(thompson::WhichCaptures::None);
        let compiled =
            thompson::Compiler::new().syntax(reading).configure(compiling).build(translated).ok()?;
        let (states, size) = (compiled.states().len(), compiled.memory_usage());
        let config = Config::new()
            .cache_capacity(MEMORY)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(CLEARS));
        let machine = DFA::builder().configure(config).build_from_nfa(compiled).ok()?;
        Some(Self { cache: RefCell::new(machine.create_cache()), machine, states, size })
    }

    /// How many states the expression has.
    pub(super) fn states(&self) -> usize {
        self.states
    }

    /// How many bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The number of bytes that a search of the input reads: up to where no longer match is possible.
    pub(super) fn looks_at(&self, input: &Input<'_>) -> usize {
        let (span, cache) = (input.get_span(), &mut *self.cache.borrow_mut());
        let Ok(mut state) = self.machine.start_state_forward(cache, input) else { return span.len() };
        for (index, byte) in input.haystack()[span.range()].iter().enumerate() {
            match self.machine.next_state(cache, state, *byte) {
                Ok(next) if next.is_dead() => return index + 1,
                Ok(next) => state = next,
                Err(_) => break,
            }
        }
        span.len()
    }
}
