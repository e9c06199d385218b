//! Regular expressions of Go's, run by the `regex` crate, which finds the same matches by the same rules.
//!
//! What differs: the size of a compiled expression is bounded, nested repetitions that Go refuses for their product
//! may pass, and bytes that are no UTF-8 match no `.`.

mod class;
mod translate;

use crate::engine::Engine;
use crate::error::{Fault, Result};
use regex::bytes::{Regex, RegexBuilder};
use std::time::{Duration, Instant};

/// The compiled sizes tried, and what a byte searched costs in steps for each.
const SIZES: [(usize, usize); 3] = [(16 << 10, 1), (64 << 10, 4), (256 << 10, 16)];

/// So many expressions of a rendering are kept.
const KEPT: usize = 16;

/// How long one function may search. Searching for all matches may look at every byte over and over, which no count
/// of what was found would show.
const PATIENCE: Duration = Duration::from_millis(300);

/// Where the groups of a match begin and end, the whole first; none for a group that took no part.
pub(crate) type Groups = Vec<Option<(usize, usize)>>;

/// A compiled expression.
#[derive(Clone)]
pub(crate) struct Pattern {
    regex: Regex,
    cost: usize,
}

impl Pattern {
    /// Compiles the expression, unless this rendering has already.
    pub(crate) fn compile(engine: &Engine<'_>, expression: &[u8]) -> Result<Self> {
        if let Some(pattern) = engine.patterns.borrow().get(expression) {
            return Ok(pattern.clone());
        }
        engine.budget().toil(5)?;
        engine.budget().steps(expression.len())?;
        engine.budget().memory(expression.len() * 4)?;
        let wrong = || Fault::evaluation("not a regular expression, or too large a one");
        let text = str::from_utf8(expression).map_err(|_| wrong())?;
        let translated = translate::translate(text).ok_or_else(wrong)?;
        let compiled = SIZES.into_iter().find_map(|(size, cost)| {
            let mut builder = RegexBuilder::new(&translated);
            let regex = builder.size_limit(size).dfa_size_limit(1 << 20).nest_limit(100).build().ok()?;
            Some(Self { regex, cost })
        });
        let pattern = compiled.ok_or_else(wrong)?;
        let mut kept = engine.patterns.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(expression.to_vec(), pattern.clone());
        Ok(pattern)
    }

    pub(crate) fn is_match(&self, engine: &Engine<'_>, text: &[u8]) -> Result<bool> {
        engine.budget().steps(text.len() * self.cost)?;
        Ok(self.regex.is_match(text))
    }

    /// The first matches, at most so many, each as the places of its groups.
    pub(crate) fn matches(&self, engine: &Engine<'_>, text: &[u8], most: usize) -> Result<Vec<Groups>> {
        engine.budget().steps(text.len() * self.cost)?;
        let start = Instant::now();
        let mut found = Vec::new();
        for captures in self.regex.captures_iter(text) {
            if found.len() == most {
                break;
            }
            let (begin, end) = captures.get(0).map_or((0, 0), |whole| (whole.start(), whole.end()));
            // Nothing is found between the bytes of a character.
            if begin == end && is_inside_character(text, begin) {
                continue;
            }
            engine.budget().steps(1 + (text.len() - end) * self.cost / 4096)?;
            engine.budget().memory(64 * captures.len())?;
            if start.elapsed() > PATIENCE {
                return Err(Fault::evaluation("limit reached: the search takes too long"));
            }
            found
                .push(captures.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect());
        }
        Ok(found)
    }

    /// The number of the group of that name.
    pub(crate) fn group(&self, name: &str) -> Option<usize> {
        self.regex.capture_names().position(|there| there == Some(name))
    }
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
