//! Faults that are known and not yet mended. The list may only shrink: an entry that is no longer needed fails the check.

use super::finding::{Finding, Rule};

/// A fault of this kind at this place, or below it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) rule: Rule,
    pub(super) place: &'static str,
}

const KNOWN: [Known; 9] = [
    known(Rule::Circle, "controller/src"),
    known(Rule::Circle, "kubeseal-rs/src"),
    known(Rule::Crowd, "controller/src"),
    known(Rule::Crowd, "kubeseal-rs/src"),
    known(Rule::Crowd, "kubeseal-rs/tests"),
    known(Rule::Crowd, "tests"),
    known(Rule::OldWord, "kubeseal-rs/src"),
    known(Rule::OldWord, "kubeseal-rs/tests"),
    known(Rule::OldWord, "tests"),
];

const fn known(rule: Rule, place: &'static str) -> Known {
    Known { rule, place }
}

/// What to say about the findings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Those that are not in the list.
    pub(super) new: Vec<Finding>,
    /// How many are in the list.
    pub(super) known: usize,
    /// What is in the list without need.
    pub(super) mended: Vec<&'static Known>,
}

/// Sorts the findings into those that are known and those that are not.
pub(super) fn judge(findings: Vec<Finding>) -> Verdict {
    judge_by(&KNOWN, findings)
}

fn judge_by(list: &'static [Known], findings: Vec<Finding>) -> Verdict {
    let covers = |known: &Known, finding: &Finding| {
        let below = finding.place.strip_prefix(known.place);
        known.rule == finding.rule && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_needed = |known: &&Known| findings.iter().any(|finding| covers(known, finding));
    let mended = list.iter().filter(|known| !is_needed(known)).collect();
    let (known, new): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|finding| list.iter().any(|known| covers(known, finding)));
    Verdict { new, known: known.len(), mended }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(place: &str) -> Finding {
        Finding { rule: Rule::Crowd, place: place.to_owned(), text: String::new() }
    }

    #[test]
    fn a_known_fault_passes_until_it_is_mended() {
        static LIST: [Known; 2] = [known(Rule::Crowd, "a"), known(Rule::Circle, "b")];
        let verdict = judge_by(&LIST, vec![finding("a/c"), finding("ab"), finding("b")]);
        assert_eq!(verdict.new, [finding("ab"), finding("b")]);
        assert_eq!((verdict.known, verdict.mended), (1, vec![&LIST[1]]));
    }
}
