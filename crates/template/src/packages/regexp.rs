//! Go's regular expressions, run by `regex-automata`, which is the core of the `regex` crate. It finds the matches that Go finds, and lets
//! a caller count what a search costs. What differs from Go is in the README of the crate.

mod class;
mod scan;
mod translate;

use crate::error::{Cause, Result};
use crate::limits::Budget;
use regex_automata::meta::{Cache, Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Input, PatternID};
use scan::{MEMORY, SIZE, Scan};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Searching a byte costs one step more for each such part of the compiled size.
const SIZE_OF_A_STEP: usize = 16 << 10;

/// The number of compiled expressions that a rendering keeps.
const CACHED: usize = 8;

/// The memory for parsing, for each byte of an expression.
const READING: usize = 256;

/// The start and end of the groups of a match, of which the first is the whole match. None for a group that did not match.
pub(crate) type Groups = Vec<Option<(usize, usize)>>;

/// What to find. Finding groups takes memory for each group in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    Whole,
    Groups,
}

/// The expressions that a rendering has compiled so far.
#[derive(Default)]
pub(crate) struct RegexpCache(RefCell<BTreeMap<(Wanted, Vec<u8>), Regexp>>);

/// A compiled expression.
#[derive(Clone)]
pub(crate) struct Regexp(Rc<Compiled>);

struct Compiled {
    regex: Regex,
    cache: RefCell<Cache>,
    scan: Scan,
    cost: usize,
}

impl RegexpCache {
    /// The compiled expression, from the cache if it is there.
    pub(crate) fn compile(&self, budget: &Budget, expression: &[u8], wanted: Wanted) -> Result<Regexp> {
        let key = (wanted, expression.to_vec());
        if let Some(regexp) = self.0.borrow().get(&key) {
            return Ok(regexp.clone());
        }
        budget.toil(5)?;
        budget.steps(expression.len())?;
        budget.memory(expression.len().saturating_mul(READING))?;
        let regexp = Regexp(Rc::new(Compiled::new(budget, expression, wanted)?));
        let mut cached = self.0.borrow_mut();
        if cached.len() >= CACHED {
            cached.clear();
        }
        cached.insert(key, regexp.clone());
        Ok(regexp)
    }
}

impl Regexp {
    pub(crate) fn is_match(&self, budget: &Budget, text: &[u8]) -> Result<bool> {
        let Compiled { regex, cache, cost, .. } = &*self.0;
        budget.steps(text.len() * cost)?;
        Ok(regex.search_half_with(&mut cache.borrow_mut(), &Input::new(text).earliest(true)).is_some())
    }

    /// The first matches, at most `most`, each as the positions of its groups.
    ///
    /// A search may read far beyond the match that it finds, and so may the next search. What each reads is counted before it is done.
    pub(crate) fn matches(&self, budget: &Budget, text: &[u8], most: usize) -> Result<Vec<Groups>> {
        let Compiled { regex, cache, scan, cost } = &*self.0;
        let (mut found, mut captures) = (Vec::new(), regex.create_captures());
        let (mut start, mut before) = (0, None);
        while found.len() < most && start <= text.len() {
            let input = Input::new(text).range(start..);
            budget.steps(1 + scan.looks_at(&input).saturating_mul(*cost))?;
            regex.search_captures_with(&mut cache.borrow_mut(), &input, &mut captures);
            let Some(whole) = captures.get_match() else { break };
            // An empty match where the last match ended does not count.
            if whole.is_empty() && before == Some(whole.end()) {
                start += 1;
                continue;
            }
            (start, before) = (whole.end(), Some(whole.end()));
            // An empty match between the bytes of a character does not count.
            if whole.is_empty() && is_inside_character(text, start) {
                continue;
            }
            budget.memory(64 * captures.group_len())?;
            found.push(places(&captures));
        }
        Ok(found)
    }

    /// The number of the group of that name.
    pub(crate) fn group(&self, name: &str) -> Option<usize> {
        self.0.regex.group_info().to_index(PatternID::ZERO, name)
    }
}

impl Compiled {
    fn new(budget: &Budget, expression: &[u8], wanted: Wanted) -> Result<Self> {
        let wrong = || Cause::evaluation("not a regular expression, or too large a one");
        let text = str::from_utf8(expression).map_err(|_| wrong())?;
        let translated = translate::translate(text).ok_or_else(wrong)?;
        let reading = syntax::Config::new().utf8(false).nest_limit(100);
        let scan = Scan::of(&translated, reading).ok_or_else(wrong)?;
        let config = Config::new()
            .utf8_empty(false)
            .nfa_size_limit(Some(SIZE))
            .hybrid_cache_capacity(MEMORY)
            .auto_prefilter(false)
            .which_captures(match wanted {
                Wanted::Whole => WhichCaptures::Implicit,
                Wanted::Groups => WhichCaptures::All,
            });
        let regex =
            Regex::builder().syntax(reading).configure(config).build(&translated).map_err(|_| wrong())?;
        let places = regex.group_info().slot_len() * size_of::<usize>();
        budget.memory(regex.memory_usage().saturating_add(scan.states().saturating_mul(places * 2)))?;
        let cost = 1 + scan.size() / SIZE_OF_A_STEP;
        Ok(Self { cache: RefCell::new(regex.create_cache()), regex, scan, cost })
    }
}

fn places(captures: &Captures) -> Groups {
    captures.iter().map(|group| group.map(|group| (group.start, group.end))).collect()
}

fn is_inside_character(text: &[u8], position: usize) -> bool {
    let is_continuation = |byte: &u8| byte & 0xc0 == 0x80;
    if !text.get(position).is_some_and(is_continuation) {
        return false;
    }
    (1..=3.min(position)).any(|back| {
        let start = position - back;
        let character = text[start..text.len().min(start + 4)]
            .utf8_chunks()
            .next()
            .and_then(|chunk| chunk.valid().chars().next());
        !is_continuation(&text[start]) && character.is_some_and(|character| character.len_utf8() > back)
    })
}
