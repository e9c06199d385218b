//! [`ComparisonReport`]: the message of a family that fails. It shows the first few cases in full, and the names of the
//! others.

use std::fmt::{self, Write as _};

use serde_json::Value;

use crate::case::Case;
use crate::outcome::Outcome;
use crate::stage::Answers;

/// Cases shown in full.
const SHOWN: usize = 12;
/// Characters of each output.
const WIDTH: usize = 1200;

#[derive(Debug)]
pub(crate) struct ComparisonReport {
    cases: usize,
    differing: Vec<(String, String)>,
    stale: Vec<String>,
}

impl ComparisonReport {
    /// A report about this many cases.
    pub(crate) fn new(cases: usize) -> Self {
        Self { cases, differing: Vec::new(), stale: Vec::new() }
    }

    /// Whether there is no difference to report.
    pub(crate) fn is_empty(&self) -> bool {
        self.differing.is_empty() && self.stale.is_empty()
    }

    /// Adds a case in which the programs differ.
    pub(crate) fn differs(&mut self, case: &Case, answers: &Answers, how: &str) {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  kubeseal {}", case.args.join(" "));
        for (name, value) in &case.env {
            let _ = writeln!(text, "  with {name}={value}");
        }
        for (name, content) in &case.files {
            let _ = writeln!(text, "  with {name}: {}", short(&String::from_utf8_lossy(content)));
        }
        if !case.stdin.is_empty() {
            let _ = writeln!(
                text,
                "  on stdin: {}",
                short(&format!("{:?}", String::from_utf8_lossy(&case.stdin)))
            );
        }
        let _ = write!(
            text,
            "  upstream: {}\n  ours:     {}",
            described(&answers.upstreams),
            described(&answers.ours)
        );
        self.differing.push((format!("{} ({how})", case.name), text));
    }

    /// Adds an entry of the list that does not hold, unless it does.
    pub(crate) fn stale_unless(&mut self, is_so: bool, what: &str, why: &str) {
        if !is_so {
            self.stale.push(format!("{what}: {why}"));
        }
    }
}

impl fmt::Display for ComparisonReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "of {} cases, {} differ from upstream's:", self.cases, self.differing.len())?;
        for (name, text) in self.differing.iter().take(SHOWN) {
            writeln!(f, "- {name}\n{text}")?;
        }
        for (name, _) in self.differing.iter().skip(SHOWN) {
            writeln!(f, "- {name}")?;
        }
        if !self.stale.is_empty() {
            writeln!(f, "and the list in differences.rs is not true:")?;
        }
        self.stale.iter().try_for_each(|line| writeln!(f, "- {line}"))
    }
}

fn described(outcome: &Outcome) -> String {
    if let Some(refusal) = &outcome.refused {
        return short(&format!("refused: {} ({})", refusal.complaint, outcome.stdout));
    }
    if outcome.succeeded {
        let files: Value = outcome.files.clone().into_iter().collect();
        short(&format!("{} files {files}", outcome.stdout))
    } else {
        let code = outcome.code.map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"));
        short(&format!("fails with {code}: {}", outcome.stderr.trim_end()))
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
