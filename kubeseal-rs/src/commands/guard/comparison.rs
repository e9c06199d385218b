//! [`Comparison`]: compares what SealedSecrets state about who opens them with the rule for their file, as `reseal --check` does.
//!
//! Decided: only SealedSecrets with the annotation for recipients, or with a scope wider than strict, are compared. That an ordinary one is sealed
//! to an older certificate, or to one that is not in the project file, is found by `reseal --check`: a hook that reported it would stop commits of files that
//! were there before the project file.

use crate::commands::common::seal_for::recipient_keys::short;
use crate::commands::guard::known_recipients::KnownRecipients;
use crate::commands::guard::report::finding::{Finding, FindingKind};
use crate::commands::guard::scan::ScannedFile;
use crate::commands::guard::scan::stated::Stated;
use crate::commands::recipients::current::CurrentRecipient;
use crate::error::CommandError;
use crate::files::output::replacement::directory;
use crate::project::Project;
use crate::project::error::ProjectError;
use crate::project::root::around;
use crate::project::rule::Rule;
use crate::terminal::escape::shown;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The project files of the repositories in which SealedSecrets were found.
#[derive(Default)]
pub(crate) struct Comparison {
    /// The file of `--trusted`.
    trusted: Option<PathBuf>,
    /// By the root of the repository. None where it cannot be compared with.
    projects: HashMap<PathBuf, Option<Rc<KnownRecipients>>>,
    /// Why SealedSecrets were not compared: the first reason.
    pub failure: Option<CommandError>,
}

impl Comparison {
    pub(crate) fn new(trusted: Option<PathBuf>) -> Self {
        Self { trusted, ..Self::default() }
    }

    /// What is wrong with the recipients and scopes in a file.
    pub(crate) fn findings(&mut self, file: &ScannedFile<'_>, stated: Vec<Stated>) -> Vec<Finding> {
        if stated.is_empty() {
            return Vec::new();
        }
        let known = self.known(file).unwrap_or_else(|error| {
            let error = error.context("recipients are not compared with the project file");
            self.failure.get_or_insert(error);
            None
        });
        let known = known.as_ref().map(|(known, inside)| (known.as_ref(), inside.as_path()));
        stated.into_iter().flat_map(|stated| compared(stated, known)).collect()
    }

    /// The project file of the repository that has the file, and the path of the file from its root. None without a project file.
    fn known(
        &mut self,
        file: &ScannedFile<'_>,
    ) -> Result<Option<(Rc<KnownRecipients>, PathBuf)>, CommandError> {
        let path = file.work_tree.map_or_else(|| file.path.to_owned(), |tree| tree.join(file.path));
        let root = match around(directory(&path)) {
            Ok((root, true)) => root,
            // Plaintext is looked for everywhere.
            Ok((_, false)) | Err(ProjectError::Repository { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some(inside) = inside(&root, &path, file.work_tree) else { return Ok(None) };
        if let Some(known) = self.projects.get(&root) {
            return Ok(known.clone().map(|known| (known, inside)));
        }
        let found = || -> Result<_, CommandError> {
            let project = Project::find(&root)?;
            let known = project.map(|project| KnownRecipients::of(project, self.trusted.as_deref()));
            Ok(known.transpose()?.map(Rc::new))
        };
        let found = found();
        self.projects.insert(root, found.as_ref().ok().cloned().flatten());
        Ok(found?.map(|known| (known, inside)))
    }
}

/// The path of a file from the root, which has no symbolic links. None of a file that is not below it. A staged file need not be in the work tree, or
/// may be something else there: its path is that of the index.
fn inside(root: &Path, path: &Path, work_tree: Option<&Path>) -> Option<PathBuf> {
    let inside = |real: &Path| real.strip_prefix(root).ok().map(Path::to_owned);
    match work_tree {
        None => inside(&fs::canonicalize(path).ok()?),
        Some(tree) => inside(&fs::canonicalize(tree).ok()?.join(path.strip_prefix(tree).ok()?)),
    }
}

fn compared(stated: Stated, known: Option<(&KnownRecipients, &Path)>) -> Vec<Finding> {
    let Stated { document, name, recipients, scope } = stated;
    let mut findings = Vec::new();
    let mut find = |line, what| findings.push(Finding { line, document: Some(document), what });
    let rule = known.and_then(|(known, inside)| known.project.rule_at(inside));
    match (recipients, known) {
        (Some((line, Err(why))), _) => find(line, FindingKind::UnreadRecipients { name: name.clone(), why }),
        (Some((line, Ok(keys))), Some((known, inside))) => {
            let to = rule.map(|rule| rule.clusters_of(inside)).unwrap_or_default();
            let recipients = keys.into_iter().map(|key| known.recipient(key, to));
            let surplus: Vec<_> = recipients.filter(|recipient| recipient.is_surplus(to)).collect();
            // The key of an age recipient is not renewed by a controller.
            let may_be_renewed =
                surplus.iter().any(|surplus| surplus.cluster.is_none() && !surplus.key.starts_with("age1"));
            let surplus: Vec<String> =
                surplus.iter().map(|recipient| clause(recipient, rule, known.are_accepted)).collect();
            if !surplus.is_empty() {
                let has_rule = rule.is_some();
                find(line, FindingKind::Recipients { name: name.clone(), surplus, has_rule, may_be_renewed });
            }
        }
        _ => {}
    }
    if let (Some((line, stated)), Some(rule)) = (scope, rule)
        && stated.is_wider_than(rule.scope)
    {
        let pattern = shown(rule.pattern());
        find(line, FindingKind::WiderScope { name, stated, rule: rule.scope, pattern });
    }
    findings
}

/// A recipient that the rule for the file does not name, and why.
fn clause(recipient: &CurrentRecipient, rule: Option<&Rule>, are_accepted: bool) -> String {
    let key = short(&recipient.key);
    match (&recipient.cluster, rule) {
        (None, _) if are_accepted => format!("{key}, which is trusted for no cluster"),
        (None, _) => format!("{key}, which is the key of no cluster in the project file"),
        (Some(cluster), Some(rule)) => {
            format!("{cluster} ({key}), which the rule {} does not name for this file", shown(rule.pattern()))
        }
        (Some(cluster), None) => format!("{cluster} ({key}), which no rule names for this file"),
    }
}
