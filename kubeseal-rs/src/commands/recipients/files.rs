//! [`change`]: goes through the files, and changes or checks the recipients of every SealedSecret in them.

use crate::commands::common::sealed_files::{self, SealedFilesError};
use crate::commands::common::templated_files;
use crate::commands::recipients::failure::{ChangeFailure, NotARecipient};
use crate::commands::recipients::object::{Planner, changes};
use crate::commands::recipients::summary::ChangeSummary;
use crate::commands::recipients::wanted::Aim;
use crate::error::CommandError;
use crate::files::file_update::FileUpdate;
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::opening_keys::OpeningKeys;
use crate::manifest::sealed_file::ObjectEdit;
use crate::project::Project;
use crate::project::error::ProjectError;
use crate::project::root::folder_of;
use crate::project::trust::Trust;
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::warnings::{alert, is_quiet};
use std::path::{Path, PathBuf};

/// What the user asks for.
pub(crate) struct Request {
    pub aim: Aim,
    /// At least one.
    pub paths: Vec<PathBuf>,
    /// The namespace of SealedSecrets that have none.
    pub namespace: Option<String>,
    /// The file of `--trusted`.
    pub trusted: Option<PathBuf>,
    /// What the values are opened with; None only checks.
    pub keys: Option<OpeningKeys>,
}

/// Changes the files, each as a whole or not at all, or checks them.
pub(crate) fn change(request: &Request) -> Result<(), CommandError> {
    let project = Project::require(folder_of(&request.paths))?;
    let trust = Trust::of(project.root(), request.trusted.as_deref())?;
    let mut planner = Planner { project: &project, trust, aim: &request.aim, keys: request.keys.as_ref() };
    let (files, not_found) = sealed_files::find(&request.paths);
    let mut summary = ChangeSummary::new(not_found, request.keys.is_none());
    let mut stdout = ProgressLines::new();
    let mut templates = Vec::new();
    for path in files {
        match change_file(request, &mut planner, &path, &mut summary)? {
            Err(ChangeFailure::File(SealedFilesError::Template)) if !request.paths.contains(&path) => {
                templates.push(shown_path(&path));
            }
            Err(failure) => summary.failures.add(&path, None, &failure),
            Ok(()) => {}
        }
        let lines = summary.lines();
        if !lines.is_empty() && !is_quiet() {
            stdout.print(&lines);
        }
    }
    if let Some(note) = templated_files::note(
        &templates,
        "for whom they are sealed was not looked at: check what they render (`helm template CHART`)",
    ) {
        alert(note);
    }
    if !is_quiet() {
        stdout.print(&summary.sum());
    }
    if let Some(leak) = summary.leak() {
        alert(leak);
    }
    if matches!(request.aim, Aim::Remove(_)) && summary.has_changed() {
        alert(
            "the recipient that was removed still opens the values in the history of the repository; only new values are unknown to it",
        );
    }
    if let Aim::Remove(name) = &request.aim
        && summary.is_still_ruled
    {
        alert(format_args!(
            "the rule still names {}: the next `reseal --recipients` seals for it again; take it out of the rule as well",
            shown(name)
        ));
    }
    let removed_none = !summary.has_changed();
    summary.outcome()?;
    // A name that is misspelt must not look as if the recipient were gone.
    if let Aim::Remove(name) = &request.aim
        && removed_none
        && project.cluster(name).is_err()
    {
        return Err(NotARecipient(name.clone()).into());
    }
    Ok(stdout.finish()?)
}

/// The outer error ends the run.
fn change_file(
    request: &Request,
    planner: &mut Planner<'_>,
    path: &Path,
    summary: &mut ChangeSummary,
) -> Result<Result<(), ChangeFailure>, CommandError> {
    let read = || -> Result<_, SealedFilesError> {
        let mut file = FileUpdate::read(path)?;
        if file.mentions_sealed() && request.keys.is_some() {
            file = FileUpdate::locked(path)?;
        }
        let sealed =
            if request.keys.is_some() { sealed_files::read } else { sealed_files::read_only }(&file)?;
        Ok(sealed.map(|sealed| (file, sealed)))
    };
    let (file, mut sealed) = match read() {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Ok(())),
        Err(error) => return Ok(Err(error.into())),
    };
    summary.files += 1;
    let project = planner.project;
    let rule = match project.rule_for(path) {
        Ok(rule) => Some(rule),
        Err(ProjectError::NoRule { .. }) => None,
        Err(error) => return Ok(Err(error.into())),
    };
    let (mut edits, mut done) = (Vec::new(), Vec::new());
    for (index, object) in sealed.objects().iter().enumerate() {
        let mut object = object.clone();
        object.default_namespace(request.namespace.as_deref());
        let location = object.location.to_string();
        let planned = match planner.plan(path, rule, &object)? {
            Ok(Some(planned)) => planned,
            Ok(None) => {
                summary.unchanged += 1;
                continue;
            }
            Err(failure) => {
                summary.failures.add(path, Some(location), &failure);
                continue;
            }
        };
        let Some(keys) = &request.keys else {
            summary.different(path, location, &planned);
            continue;
        };
        match changes(&object, &planned.recipients, keys) {
            Ok(changes) => {
                edits.push(ObjectEdit { index, changes });
                done.push((location, planned));
            }
            Err(failure) => summary.failures.add(path, Some(location), &failure),
        }
    }
    if edits.is_empty() {
        return Ok(Ok(()));
    }
    let mut changed = Vec::new();
    for (outcome, done) in sealed.edit_all(&edits).into_iter().zip(done) {
        match outcome {
            Ok(()) => changed.push(done),
            Err(error) => summary.failures.add(path, None, &SealedFilesError::from(error)),
        }
    }
    if changed.is_empty() {
        return Ok(Ok(()));
    }
    if let Err(error) = file.replace(sealed.text().as_bytes()) {
        return Ok(Err(SealedFilesError::from(error).into()));
    }
    if let (Aim::Remove(name), Some(rule)) = (&request.aim, rule) {
        summary.is_still_ruled |= rule.to.iter().any(|cluster| cluster.as_str() == name);
    }
    for (location, planned) in changed {
        summary.changed(path, location, &planned);
    }
    Ok(Ok(()))
}
