//! What a visitor sees first: the root of the repository.

use std::collections::BTreeSet;

use super::finding::{Finding, Rule};

/// All that is visible there. Hidden files and folders are for tools.
const VISIBLE: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "charts",
    "controller",
    "crates",
    "kubeseal-rs",
    "tests",
];

/// What is at the root and does not belong there, or is missing.
pub(super) fn strangers(files: &[String]) -> Vec<Finding> {
    let there = files.iter().filter_map(|file| file.split('/').next());
    let there: BTreeSet<_> = there.filter(|name| !name.starts_with('.')).collect();
    let expected = BTreeSet::from(VISIBLE);
    let finding = |name: &str, text: String| Finding { rule: Rule::Root, location: name.to_owned(), text };
    let strangers = there.difference(&expected).map(|name| finding(name, format!("{name} is at the root")));
    let missing =
        expected.difference(&there).map(|name| finding(name, format!("there is no {name} at the root")));
    strangers.chain(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_too_many_and_one_missing() {
        let mut files: Vec<_> = VISIBLE.iter().map(|name| (*name).to_owned()).collect();
        files.push(".github/CONTRIBUTING.md".to_owned());
        assert_eq!(strangers(&files), []);
        files.push("tests/a.rs".to_owned());
        files.push("deploy/a.yaml".to_owned());
        files.retain(|file| file != "LICENSE");
        let locations: Vec<_> = strangers(&files).into_iter().map(|finding| finding.location).collect();
        assert_eq!(locations, ["deploy", "LICENSE"]);
    }
}
