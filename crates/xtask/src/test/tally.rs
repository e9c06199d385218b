//! [`Tally`]: counts the results in the output of test binaries.

use std::collections::HashMap;
use std::fmt::Write as _;

/// Of what a failed test says, this many lines are repeated at the end of the run.
const MOST_LINES: usize = 3;
/// In characters.
const LONGEST_LINE: usize = 240;

/// The outcome of all test binaries so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: u64,
    ignored: u64,
    /// Those that could not run on this machine, and why.
    unrun: Vec<(String, String)>,
    /// By name, each once.
    pub(super) failed: Vec<String>,
    /// The test whose failure is being read, and the first lines of why each failed.
    reading: Option<String>,
    reasons: HashMap<String, Vec<String>>,
    /// The test binaries they are in, as arguments of `cargo test`.
    targets: Vec<String>,
}

impl Tally {
    /// Counts one line of its output, or leaves it.
    pub(super) fn read(&mut self, line: &str) {
        let line = plain(line);
        self.read_reason(line.trim_end());
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.passed += count(counts, "passed");
            self.ignored += count(counts, "ignored");
        } else if let Some(name) = line.strip_prefix("test ").and_then(|test| test.strip_suffix("... FAILED"))
        {
            self.failed.push(name.trim().to_owned());
        } else if let Some((name, reason)) =
            line.strip_prefix("test ").and_then(|test| test.split_once("... ignored ("))
        {
            let reason = reason.strip_suffix(')').unwrap_or(reason);
            self.unrun.push((name.trim().to_owned(), reason.to_owned()));
        } else if let Some(target) = line.strip_prefix("`-p ").and_then(|target| target.strip_suffix('`')) {
            self.targets.push(format!("-p {target}"));
        }
    }

    /// Reads the part of the output that says why: `---- NAME ----`, then lines of text.
    fn read_reason(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" ----")) {
            self.reading = Some(name.strip_suffix(" stdout").unwrap_or(name).to_owned());
        } else if line.starts_with("test result: ") || line == "failures:" {
            self.reading = None;
        } else if let Some(name) = self.reading.as_ref().filter(|_| !line.is_empty()) {
            let reason = self.reasons.entry(name.clone()).or_default();
            if reason.len() < MOST_LINES {
                reason.push(line.chars().take(LONGEST_LINE).collect());
            }
        }
    }

    /// The tests that failed, each with the first lines of why.
    pub(super) fn failures(&self) -> String {
        let mut text = String::new();
        for name in &self.failed {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {name}");
            for line in self.reasons.get(name).into_iter().flatten() {
                let _ = writeln!(text, "      {line}");
            }
        }
        text
    }

    /// Notes that a test binary did not end well, for its arguments of `cargo test`.
    pub(super) fn target_failed(&mut self, target: String) {
        self.targets.push(target);
    }

    /// The last line of the run.
    pub(super) fn closing_line(&self, took: &str) -> String {
        let mut line = match self.failed.len() {
            0 if self.targets.is_empty() => format!("All {} tests passed in {took}", self.passed),
            0 => format!("A test binary failed; {} tests passed in {took}", self.passed),
            1 => format!("1 test failed, {} passed, in {took}", self.passed),
            failed => format!("{failed} tests failed, {} passed, in {took}", self.passed),
        };
        if self.ignored > 0 {
            // Writing to a String cannot fail.
            let _ = write!(line, "; {} unrun", self.ignored);
        }
        line.push('.');
        line
    }

    /// The tests that could not run on this machine, with the reasons. None if all ran.
    pub(super) fn unrun(&self) -> Option<String> {
        if self.ignored == 0 {
            return None;
        }
        let mut text = format!("{} unrun: they say nothing about this machine's build.", self.ignored);
        for (name, reason) in &self.unrun {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n  {name}: {reason}");
        }
        Some(text)
    }

    /// The command that runs just the binaries that failed.
    pub(super) fn rerun(&self) -> Option<String> {
        let commands: Vec<_> = self
            .targets
            .iter()
            .map(|target| match self.failed.as_slice() {
                [one] => format!("cargo xtask test {target} -- {one}"),
                _ => format!("cargo xtask test {target}"),
            })
            .collect();
        (!commands.is_empty()).then(|| commands.join(" && "))
    }
}

/// The number before `word` in `ok. 3 passed; 0 failed; …`.
fn count(counts: &str, word: &str) -> u64 {
    let mut parts = counts.split([';', '.']).map(str::trim);
    let number = parts.find_map(|part| part.strip_suffix(word));
    number.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// The line without escape sequences for colours.
fn plain(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let mut text = parts.next().unwrap_or_default().to_owned();
    parts.filter_map(|part| part.split_once('m')).for_each(|(_, rest)| text.push_str(rest));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn all_passed() {
        let tally = tally(
            "test a ... ok\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured\ntest result: ok. 41 passed; 0 failed; 1 ignored; 0 measured",
        );
        assert_eq!(tally.closing_line("3m12s"), "All 43 tests passed in 3m12s; 1 unrun.");
        assert_eq!(tally.rerun(), None);
    }

    #[test]
    fn what_could_not_run_is_named_with_its_reason() {
        let tally = tally(
            "test cut::off ... \x1b[33mignored (no network namespace can be made here (root, `ip`))\x1b[0m\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured",
        );
        let said = tally.unrun().unwrap_or_default();
        assert!(said.starts_with("1 unrun: "), "{said}");
        assert!(said.ends_with("\n  cut::off: no network namespace can be made here (root, `ip`)"), "{said}");
    }

    #[test]
    fn nothing_is_said_where_all_were_run() {
        assert_eq!(tally("test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured").unrun(), None);
    }

    #[test]
    fn one_failed() {
        let tally = tally(
            "test x::y ... \x1b[31mFAILED\x1b[0m\ntest result: FAILED. 7 passed; 1 failed; 0 ignored\n\x1b[1merror\x1b[0m: 1 target failed:\n    `-p tests --test interop`",
        );
        assert_eq!(tally.failed, ["x::y"]);
        assert_eq!(tally.closing_line("9 s"), "1 test failed, 7 passed, in 9 s.");
        assert_eq!(tally.rerun().as_deref(), Some("cargo xtask test -p tests --test interop -- x::y"));
    }

    #[test]
    fn each_failure_says_why_in_its_first_lines() {
        let own = "test a::b ... FAILED\ntest c ... FAILED\n\nfailures:\n\n---- a::b ----\nerror: no key\n  because: the API server ended\n\n---- c ----\nerror: x\nhint: 1\n2\n3\n\nfailures:\n    a::b\n    c\n\ntest result: FAILED. 0 passed; 2 failed;";
        let cargos = "test d ... FAILED\n\nfailures:\n\n---- d stdout ----\n\nthread 'd' panicked at src/d.rs:1:1:\nleft is not right\n\nfailures:\n    d\n\ntest result: FAILED. 0 passed; 1 failed;\nnot read";
        let failures = tally(&format!("{own}\n{cargos}")).failures();
        let expected = "  a::b\n      error: no key\n        because: the API server ended\n  c\n      error: x\n      hint: 1\n      2\n  d\n      thread 'd' panicked at src/d.rs:1:1:\n      left is not right\n";
        assert_eq!(failures, expected);
    }

    #[test]
    fn a_binary_that_died_is_not_a_success() {
        let tally = tally("error: 1 target failed:\n    `-p tests --test interop`");
        assert_eq!(tally.closing_line("9 s"), "A test binary failed; 0 tests passed in 9 s.");
    }
}
