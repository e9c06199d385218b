//! Folders with too many files to find one's way in.

use std::collections::BTreeMap;

use super::finding::{Finding, Rule};

/// The most files that a folder may hold. Folders in it do not count, and neither do `lib.rs` and `main.rs`, which every crate has.
const MOST: usize = 13;

/// Flat lists by nature: each file is one case or one page of a kind, and is found by its name.
const FLAT: [(&str, &str); 9] = [
    ("charts/sealed-secrets/templates", "helm knows one folder for templates; each file is one object"),
    ("tests/chart/values", "one file of chart values for each case"),
    ("crates/envelope/tests/vectors", "one file for each test vector"),
    ("crates/key-wrapping/tests/vectors", "one file for each test vector"),
    ("crates/recipients/tests/vectors", "one file for each test vector"),
    ("kubeseal-rs/tests/error_messages", "one file for each error of a cluster that a test reads"),
    ("kubeseal-rs/man", "one man page for each command; generated"),
    ("kubeseal-rs/src/commands", "one file for each command"),
    ("crates/template/tests/corpus", "one file of cases for each group of functions"),
];

/// The folders that hold too many of `files`.
pub(super) fn crowded(files: &[String]) -> Vec<Finding> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        if matches!(name, "lib.rs" | "main.rs") {
            continue;
        }
        *counts.entry(folder).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(folder, count)| *count > MOST && FLAT.iter().all(|(flat, _)| flat != folder))
        .map(|(folder, count)| Finding {
            rule: Rule::Crowd,
            location: folder.to_owned(),
            text: format!("{folder} has {count} files; at most {MOST} are allowed"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &str, count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{folder}/{number}.rs")).collect()
    }

    #[test]
    fn fourteen_files_are_too_many() {
        let roots = vec!["a/lib.rs".to_owned(), "a/main.rs".to_owned()];
        let folders = [roots, files("a", 13), files("a/b", 14), files("kubeseal-rs/man", 20)].concat();
        let locations: Vec<_> = crowded(&folders).into_iter().map(|finding| finding.location).collect();
        assert_eq!(locations, ["a/b"]);
    }
}
