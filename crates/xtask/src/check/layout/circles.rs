//! Import circles: at the top of a crate, and inside each of its folders.
//!
//! In a folder, each file counts as one location, and so does each folder in it with all that it holds. So two folders
//! that import each other are a circle, even if no file leads back to itself. The file beside a folder, which declares
//! its modules, counts as one of the folder's files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use super::finding::{Finding, Rule};
use super::imports::{Imports, imports};
use super::modules::{ModulePath, Modules, read};

/// All circles of the crates with these root files.
pub(super) fn circles_of(root: &Path, crate_roots: &[String]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for crate_root in crate_roots {
        let modules = read(root, crate_root)?;
        let imports = imports(&modules);
        for parent in modules.keys() {
            findings.extend(circles_in(parent, &modules, &imports));
        }
    }
    Ok(findings)
}

/// The circles among a module and its children.
fn circles_in(parent: &[String], modules: &Modules, imports: &Imports) -> Vec<Finding> {
    let is_inside = |path: &ModulePath| path.starts_with(parent);
    let inside: Vec<_> = imports.iter().filter(|((from, to), _)| is_inside(from) && is_inside(to)).collect();
    // The module itself has an empty location.
    let location = |path: &ModulePath| path.get(parent.len()).cloned();
    let mut leads_to: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for ((from, to), _) in &inside {
        if location(from) != location(to) {
            leads_to.entry(location(from)).or_default().insert(location(to));
        }
    }
    let folder =
        modules[parent].file.trim_end_matches(".rs").trim_end_matches("/lib").trim_end_matches("/main");
    knots(&leads_to)
        .into_iter()
        .map(|knot| {
            let arrows = inside.iter().filter(|((from, to), _)| {
                location(from) != location(to)
                    && knot.contains(&location(from))
                    && knot.contains(&location(to))
            });
            let arrows = arrows.map(|((from, to), names)| {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                format!("\n  {} -> {}: {}", modules[from].file, modules[to].file, names.join(", "))
            });
            let text = format!("import circle in {folder}:{}", arrows.collect::<String>());
            Finding { rule: Rule::Circle, location: folder.to_owned(), text }
        })
        .collect()
}

/// The sets of locations of which each leads to every other one.
fn knots<T: Ord + Clone>(leads_to: &BTreeMap<T, BTreeSet<T>>) -> Vec<BTreeSet<T>> {
    let reached: BTreeMap<&T, BTreeSet<&T>> =
        leads_to.keys().map(|start| (start, reachable(start, leads_to))).collect();
    let mut knots: Vec<BTreeSet<T>> = Vec::new();
    for (start, from_start) in &reached {
        if from_start.contains(start) && !knots.iter().any(|knot| knot.contains(start)) {
            let back = from_start
                .iter()
                .filter(|location| reached.get(*location).is_some_and(|reached| reached.contains(start)));
            knots.push(back.map(|location| (*location).clone()).collect());
        }
    }
    knots
}

/// What can be reached from `start` in one step or more.
fn reachable<'a, T: Ord>(start: &T, leads_to: &'a BTreeMap<T, BTreeSet<T>>) -> BTreeSet<&'a T> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&T> = leads_to.get(start).into_iter().flatten().collect();
    while let Some(location) = open.pop() {
        if reached.insert(location) {
            open.extend(leads_to.get(location).into_iter().flatten());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The circles of a crate with these files, each as its arrows.
    fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let root = tempfile::tempdir().expect("a temporary folder");
        for (file, text) in files {
            let file = root.path().join(file);
            fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder");
            fs::write(file, text).expect("a file");
        }
        let findings = circles_of(root.path(), &["src/lib.rs".to_owned()]).expect("it can be read");
        let arrows =
            |finding: &Finding| finding.text.lines().skip(1).map(|arrow| arrow.trim().to_owned()).collect();
        findings.iter().map(arrows).collect()
    }

    #[test]
    fn two_files() {
        let found = circles(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::B; pub(crate) struct A(B);"),
            ("src/b.rs", "pub(crate) struct B; fn f() { crate::a::g(); }"),
        ]);
        assert_eq!(found, [["src/a.rs -> src/b.rs: B", "src/b.rs -> src/a.rs: g"]]);
    }

    #[test]
    fn three_files_and_a_path_in_a_macro() {
        let found = circles(&[
            ("src/lib.rs", "mod a; mod b; mod c; mod leaf;"),
            ("src/a.rs", "use super::{b::B, leaf::Leaf}; struct A(B, Leaf);"),
            ("src/b.rs", "use crate::c; pub struct B(c::C);"),
            ("src/c.rs", "pub struct C; fn f() { println!(\"{}\", super::a::X); }"),
            ("src/leaf.rs", "pub struct Leaf;"),
        ]);
        let expected = [["src/a.rs -> src/b.rs: B", "src/b.rs -> src/c.rs: C", "src/c.rs -> src/a.rs: X"]];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_child_that_imports_from_its_parent_which_uses_it() {
        let child = ("src/a/child.rs", "use super::Other; pub fn run(_: Other) {}");
        let other = ("src/a/other.rs", "pub struct Other;");
        let uses = "mod child; mod other; pub use other::Other; fn f() { child::run(Other) }";
        let found = circles(&[("src/lib.rs", "mod a;"), ("src/a.rs", uses), child, other]);
        let arrows = [
            "src/a.rs -> src/a/child.rs: run",
            "src/a.rs -> src/a/other.rs: Other",
            "src/a/child.rs -> src/a.rs: Other",
        ];
        // The parent's arrow to `other` leads out of the circle.
        assert_eq!(found, [[arrows[0], arrows[2]]]);
    }

    #[test]
    fn a_facade_that_only_declares_and_re_exports() {
        let none: [[&str; 0]; 0] = [];
        let found = circles(&[
            ("src/lib.rs", "mod a;"),
            ("src/a.rs", "mod run; mod other; pub use other::Other; pub(crate) use run::run;"),
            ("src/a/run.rs", "use super::Other; pub fn run(_: Other) {}"),
            ("src/a/other.rs", "pub struct Other;"),
        ]);
        assert_eq!(found, none);
    }

    #[test]
    fn a_facade_hides_no_circle() {
        let found = circles(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "mod x; pub use x::X;"),
            ("src/a/x.rs", "use crate::b::B; pub struct X(B);"),
            ("src/b.rs", "use crate::a::X; pub struct B(X);"),
        ]);
        let expected = ["src/a/x.rs -> src/b.rs: B", "src/b.rs -> src/a.rs: X", "src/b.rs -> src/a/x.rs: X"];
        assert_eq!(found, [expected]);
    }

    #[test]
    fn two_folders_without_a_circle_of_files() {
        let found = circles(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "mod one; mod two;"),
            ("src/a/one.rs", "use crate::b::one::B;"),
            ("src/a/two.rs", "pub struct A;"),
            ("src/b.rs", "pub mod one; mod two;"),
            ("src/b/one.rs", "pub struct B;"),
            ("src/b/two.rs", "use crate::a::two::A;"),
        ]);
        assert_eq!(found, [["src/a/one.rs -> src/b/one.rs: B", "src/b/two.rs -> src/a/two.rs: A"]]);
    }

    #[test]
    fn tests_may_import_what_they_test() {
        let none: [[&str; 0]; 0] = [];
        let found = circles(&[
            ("src/lib.rs", "mod a; #[cfg(test)] mod tests;"),
            ("src/a.rs", "mod x; use x::X; struct A(X);"),
            (
                "src/a/x.rs",
                "pub struct X; #[cfg(test)] mod tests { use crate::a::A; } #[cfg(test)] use super::A;",
            ),
        ]);
        assert_eq!(found, none);
    }
}
