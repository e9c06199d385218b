//! [`Case`]: a values file. The comments at its top say what must be rendered from it.
//!
//! - `# has: Kind/name`, `# lacks: Kind` or `# lacks: Kind/name`: the objects;
//! - `# argument: --flag=value`: one of the controller's arguments;
//! - `# environment: NAME=value`: one of its environment variables;
//! - `# renders: text`: a line of the rendered text, without its indentation;
//! - `# allows: resource verb` or `# allows: resource verb name`: a right that one of the roles gives; no case may delete Secrets, or make
//!   tokens of the controller's account, without it;
//! - `# violates: restricted`: the pod violates that Pod Security Standard; the pods of other cases do not;
//! - `# says: text`: the message of the refusal.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tests::lab::Lab;
use tests::workspace;

use crate::commands::{Ran, helm};
use crate::stage::HOME;

/// One values file.
#[derive(Debug)]
pub(crate) struct Case {
    path: PathBuf,
    expected: Vec<(String, String)>,
}

impl Case {
    /// Every case of the folder `name` beside this file, and of the folders in it.
    pub(crate) fn all(name: &str) -> Result<Vec<Self>> {
        let folder = workspace::root().join("tests/chart").join(name);
        let mut paths = files_below(&folder)?;
        paths.sort();
        ensure!(!paths.is_empty(), "no case in {}", folder.display());
        paths.into_iter().map(Self::read).collect()
    }

    fn read(path: PathBuf) -> Result<Self> {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let header = text.lines().map_while(|line| line.strip_prefix('#'));
        let expected = header
            .filter_map(|line| line.trim().split_once(": "))
            .filter(|(what, _)| {
                ["has", "lacks", "argument", "environment", "renders", "allows", "violates", "says"]
                    .contains(what)
            })
            .map(|(what, value)| (what.to_owned(), value.to_owned()))
            .collect();
        Ok(Self { path, expected })
    }

    /// Path of the case's file, from the root of the checkout.
    pub(crate) fn name(&self) -> String {
        self.path.strip_prefix(workspace::root()).unwrap_or(&self.path).display().to_string()
    }

    /// Absolute path of the case's file.
    pub(crate) fn path(&self) -> Result<&str> {
        path(&self.path)
    }

    /// The lines of its header that begin with `what`.
    pub(crate) fn expects(&self, what: &'static str) -> impl Iterator<Item = &str> {
        self.expected.iter().filter(move |(name, _)| name == what).map(|(_, value)| value.as_str())
    }

    /// `helm template`, as the release `release` in [`HOME`].
    pub(crate) async fn template(&self, lab: &Lab) -> Result<Ran> {
        let values = path(&self.path)?;
        let args = ["template", "release", "charts/sealed-secrets", "--namespace", HOME, "--values", values];
        helm(lab, &args).await
    }

    /// `helm lint --strict`.
    pub(crate) async fn lint(&self, lab: &Lab) -> Result<Ran> {
        helm(lab, &["lint", "--strict", "charts/sealed-secrets", "--values", path(&self.path)?]).await
    }
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("the checkout's path is no UTF-8")
}
