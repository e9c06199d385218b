//! The table of how long each suite took.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::time::Duration;

use crate::span::span;

/// Suites that took less are summed up in one line.
const SHORT: Duration = Duration::from_secs(2);

/// A line for each, the slowest first.
pub(super) fn table(times: &[(String, Duration)]) -> String {
    let (mut long, short): (Vec<_>, Vec<_>) = times.iter().partition(|(_, time)| *time >= SHORT);
    long.sort_by_key(|(_, time)| Reverse(*time));
    let mut table = format!("{:<32} {:>7}", "Suite", "Time");
    // Writing to a String cannot fail.
    for (name, time) in long {
        let _ = write!(table, "\n{name:<32} {:>7}", span(*time));
    }
    if !short.is_empty() {
        let all = short.iter().map(|(_, time)| *time).sum();
        let _ = write!(table, "\n{:<32} {:>7}", format!("{} short ones", short.len()), span(all));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_is_first_and_short_ones_are_one_line() {
        let time = |name: &str, seconds| (name.to_owned(), Duration::from_secs(seconds));
        let table = table(&[time("a", 1), time("b", 61), time("c", 300), time("d", 1)]);
        let words: Vec<_> =
            table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
        assert_eq!(words, [vec!["c", "5m00s"], vec!["b", "1m01s"], vec!["2", "short", "ones", "2.0", "s"]]);
    }
}
