//! The list of pages with commands, and what each page expects. A new page, or a new mark, fails the test until it is
//! added here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tests::user::page::Page;
use tests::workspace;

use crate::stage::Stage;

/// What is in the cluster before the first command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Installed {
    Nothing,
    /// Our chart, and its controller.
    Ours,
    /// Upstream's chart, and its controller.
    Upstreams,
}

/// A page whose commands this suite runs.
#[derive(Debug)]
pub(crate) struct Followed {
    pub path: &'static str,
    pub installed: Installed,
    /// Commands that prepare what the page expects.
    pub prepare: &'static [&'static str],
    /// Number of blocks with the mark that they are not run.
    unrun: usize,
}

/// What most pages expect: a namespace.
const NAMESPACE: &str = "kubectl create namespace shop";
/// What some pages expect: a folder with a SealedSecret, which is unsealed.
const MANIFESTS: [&str; 4] = [
    NAMESPACE,
    "mkdir manifests && head -c 24 /dev/urandom | base64 | kubeseal-rs create db -n shop --prompt password -w manifests/db.yaml",
    "kubectl apply -f manifests/",
    "kubectl wait sealedsecret/db -n shop --for=condition=Synced --timeout=60s",
];

const fn page(
    path: &'static str,
    installed: Installed,
    prepare: &'static [&'static str],
    unrun: usize,
) -> Followed {
    Followed { path, installed, prepare, unrun }
}

pub(crate) const PAGES: &[Followed] = &[
    page("README.md", Installed::Nothing, &[], 3),
    page("charts/kustomize/README.md", Installed::Nothing, &[], 2),
    page("charts/sealed-secrets/README.md", Installed::Nothing, &[], 1),
    page("controller/docs/getting-started.md", Installed::Nothing, &[], 3),
    page("controller/docs/key-wrapping.md", Installed::Ours, &[], 5),
    page("controller/docs/keys.md", Installed::Ours, &MANIFESTS, 3),
    page("controller/docs/migrating.md", Installed::Upstreams, &MANIFESTS, 0),
    page("controller/docs/reference.md", Installed::Ours, &MANIFESTS, 0),
    page("controller/docs/scale.md", Installed::Ours, &MANIFESTS, 0),
    page("controller/docs/security.md", Installed::Ours, &[], 0),
    page("controller/docs/templates.md", Installed::Ours, &[NAMESPACE], 0),
    page("controller/docs/troubleshooting.md", Installed::Ours, &MANIFESTS, 1),
    page("kubeseal-rs/docs/clusters.md", Installed::Ours, &[], 5),
    page(
        "kubeseal-rs/docs/guard.md",
        Installed::Nothing,
        &[
            "git init --quiet && mkdir deploy manifests",
            r"printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\ntype: Opaque\nstringData:\n  password: hunter22\n' > deploy/db.yaml",
            "git add deploy",
        ],
        0,
    ),
    page("kubeseal-rs/docs/migrating.md", Installed::Nothing, &[], 0),
    page("kubeseal-rs/docs/sealing.md", Installed::Ours, &[NAMESPACE], 2),
    page(
        "kubeseal-rs/docs/troubleshooting.md",
        Installed::Ours,
        &["head -c 9 /dev/urandom | base64 | kubeseal-rs create db -n shop --prompt password -w sealed.yaml"],
        0,
    ),
];

/// Pages whose commands cannot be run here, with the number of their blocks.
const UNRUN: &[(&str, usize)] = &[
    (".github/CONTRIBUTING.md", 1),
    ("controller/docs/benchmarks.md", 1),
    ("controller/docs/image.md", 3),
    ("kubeseal-rs/docs/install.md", 5),
];

/// Pages whose commands another suite runs, with the number of commands.
const ELSEWHERE: &[(&str, &str, usize)] = &[("controller/docs/gitops.md", "tests/gitops", 6)];

pub(crate) async fn every_page_with_commands_is_in_the_list(_: Arc<Stage>) -> Result<()> {
    let listed = PAGES.iter().map(|page| page.path).chain(UNRUN.iter().map(|it| it.0));
    let listed: BTreeSet<_> = listed.chain(ELSEWHERE.iter().map(|it| it.0)).map(str::to_owned).collect();
    let mut there = BTreeSet::new();
    for path in all()? {
        if !Page::read(&path)?.consoles().with_context(|| path.clone())?.is_empty() {
            there.insert(path);
        }
    }
    let new: Vec<_> = there.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&there).collect();
    ensure!(new.is_empty(), "not in the list of tests/documents/pages.rs: {new:?}");
    ensure!(gone.is_empty(), "in the list of tests/documents/pages.rs, but without commands: {gone:?}");
    Ok(())
}

pub(crate) async fn the_list_counts_what_is_not_run(_: Arc<Stage>) -> Result<()> {
    let followed = PAGES.iter().map(|page| (page.path, page.unrun, false));
    for (path, unrun, all) in followed.chain(UNRUN.iter().map(|(path, unrun)| (*path, *unrun, true))) {
        let blocks = Page::read(path)?.consoles()?;
        let marked = blocks.iter().filter(|block| block.unrun.is_some()).count();
        ensure!(marked == unrun, "{path}: {marked} blocks are marked as unrun, and {unrun} in the list");
        ensure!(
            (marked == blocks.len()) == all,
            "{path}: it has {} blocks, {marked} of them unrun",
            blocks.len()
        );
    }
    for (path, suite, commands) in ELSEWHERE {
        ensure!(workspace::root().join(suite).is_dir(), "there is no suite {suite}");
        let there: usize = Page::read(path)?.consoles()?.iter().map(|block| block.commands.len()).sum();
        ensure!(there == *commands, "{path}: {there} commands, and {suite} runs {commands}");
    }
    Ok(())
}

/// The paths of all Markdown files of the checkout.
pub(crate) fn all() -> Result<Vec<String>> {
    files("md")
}

/// The paths of all files of the checkout with this extension.
pub(crate) fn files(extension: &str) -> Result<Vec<String>> {
    let root = workspace::root();
    let mut paths = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() && !path.is_symlink() {
                if !is_left_out(root, &path) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|it| it == extension) {
                paths.push(path.strip_prefix(root)?.display().to_string());
            }
        }
    }
    paths.sort();
    Ok(paths)
}

/// Whether a folder is built, or belongs to Git.
fn is_left_out(root: &Path, folder: &Path) -> bool {
    folder == root.join("target") || folder == root.join(".git")
}
