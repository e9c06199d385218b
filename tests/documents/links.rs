//! Links between pages: each target exists, and every page is found from the README.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, ensure};
use tests::user::page::Page;
use tests::workspace;

use crate::pages;
use crate::stage::Stage;

const README: &str = "README.md";
const README_LINES: usize = 150;
const CLICKS: usize = 2;

pub(crate) async fn every_link_leads_somewhere(_: Arc<Stage>) -> Result<()> {
    let mut broken = Vec::new();
    for path in pages::all()? {
        for link in links(Page::read(&path)?.text()) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if target.is_empty() { path.clone() } else { resolved(&path, target) };
            if !workspace::root().join(&target).exists() {
                broken.push(format!("{path}: {link}: there is no {target}"));
            } else if !anchor.is_empty() && !anchors(Page::read(&target)?.text()).contains(anchor) {
                broken.push(format!("{path}: {link}: {target} has no such heading"));
            }
        }
    }
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(())
}

pub(crate) async fn every_page_is_two_clicks_from_the_readme(_: Arc<Stage>) -> Result<()> {
    let mut clicks = BTreeMap::from([(README.to_owned(), 0)]);
    let mut next = vec![README.to_owned()];
    for click in 1..=CLICKS {
        let mut found = Vec::new();
        for path in next {
            for link in links(Page::read(&path)?.text()) {
                let target = resolved(&path, link.split('#').next().unwrap_or_default());
                let is_page = Path::new(&target).extension().is_some_and(|it| it == "md");
                if is_page && workspace::root().join(&target).exists() && !clicks.contains_key(&target) {
                    clicks.insert(target.clone(), click);
                    found.push(target);
                }
            }
        }
        next = found;
    }
    let lost: Vec<_> = pages::all()?.into_iter().filter(|path| !clicks.contains_key(path)).collect();
    ensure!(lost.is_empty(), "more than {CLICKS} clicks from the README: {lost:?}");
    Ok(())
}

pub(crate) async fn the_readme_is_short(_: Arc<Stage>) -> Result<()> {
    let lines = Page::read(README)?.text().lines().count();
    ensure!(lines <= README_LINES, "README.md has {lines} lines, and {README_LINES} are enough");
    Ok(())
}

/// What the links of a page lead to, where that is in this repository.
fn links(text: &str) -> Vec<&str> {
    let prose = outside_fences(text);
    let targets = prose.flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).collect()
}

/// The anchors that GitHub gives the headings of a page.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = outside_fences(text).filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
}

fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let outside_code = lower.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    outside_code.map(|it| if it == ' ' { '-' } else { it }).collect()
}

fn outside_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    })
}

/// A link's target from the root of the checkout.
fn resolved(page: &str, target: &str) -> String {
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    let mut path = PathBuf::new();
    for component in folder.join(target).components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path.display().to_string()
}
