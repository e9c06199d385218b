//! [`choose`]: which clusters a file is sealed for: those of its rule, or those that the user names.

use crate::commands::common::seal_for::error::SealForError;
use crate::error::CommandError;
use crate::files::output::replacement::directory;
use crate::project::cluster_name::ClusterName;
use crate::project::error::ProjectError;
use crate::project::key_id::KeyId;
use crate::project::recipient::Recipient;
use crate::project::rule::Rule;
use crate::project::trust::Trust;
use crate::project::trust::error::TrustError;
use crate::project::trust::trusted::TrustedRules;
use crate::project::{Project, Selection};
use crate::settings::flag_value::texts;
use crate::settings::recipient_flags::RecipientFlags;
use std::path::Path;

/// What the project file says about a file.
#[derive(Debug)]
pub(crate) enum Coverage<T> {
    /// A rule is for it, or the user named the clusters.
    By(T),
    /// There is no project file, or no rule.
    Not(ProjectError),
}

/// The recipients of a file, and where they come from.
pub(crate) struct Choice {
    pub project: Project,
    pub rule: Option<Rule>,
    pub recipients: Vec<Recipient>,
    /// The keys that the file may name; None if the user named the clusters.
    pub accepted: Option<Vec<KeyId>>,
}

/// Refuses to go on without the project file if its rules were accepted: a pull request may have deleted it.
fn refuse_if_gone(root: &Path, flags: &RecipientFlags) -> Result<(), CommandError> {
    let trust = match Trust::of(root, flags.trust.trusted.as_deref()) {
        Ok(trust) => trust,
        // Without a home directory, nothing was accepted.
        Err(TrustError::NoHome) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if trust.trusted().rules == TrustedRules::None {
        return Ok(());
    }
    Err(SealForError::ProjectGone(root.to_owned()).into())
}

/// The recipients of a file, by its rule or by `--for`.
pub(crate) fn choose(file: Option<&Path>, flags: &RecipientFlags) -> Result<Coverage<Choice>, CommandError> {
    let names = texts(flags.clusters.clone());
    if file.is_none() && names.is_empty() {
        return Err(SealForError::NoOutput.into());
    }
    let project = match Project::require(file.map_or(Path::new("."), directory)) {
        Err(ProjectError::Absent(root)) if names.is_empty() => {
            refuse_if_gone(&root, flags)?;
            return Ok(Coverage::Not(ProjectError::Absent(root)));
        }
        project => project?,
    };
    let rule = match file.map(|file| project.rule_for(file)).transpose() {
        Err(none @ ProjectError::NoRule { .. }) if names.is_empty() => {
            // A rule that was taken away would send the values elsewhere without a question.
            Trust::of(project.root(), flags.trust.trusted.as_deref())?.require(vec![project.rules()])?;
            return Ok(Coverage::Not(none));
        }
        Err(ProjectError::NoRule { .. }) => None,
        rule => rule?.cloned(),
    };
    let mut trust = Trust::of(project.root(), flags.trust.trusted.as_deref())?;
    let (recipients, accepted) = match &rule {
        Some(rule) if names.is_empty() => {
            let recipients = project.resolve(Selection::Rule(rule), &mut trust)?;
            let accepted = rule.to.iter().flat_map(|name| trust.trusted().keys(name)).cloned();
            (recipients, Some(accepted.collect()))
        }
        rule => {
            let mut chosen: Vec<ClusterName> = Vec::new();
            for cluster in project.named(&names)? {
                if !chosen.contains(&cluster.name) {
                    chosen.push(cluster.name.clone());
                }
            }
            // Scope and layout are still the rule's.
            if rule.is_some() {
                trust.require(vec![project.rules()])?;
            }
            (project.resolve(Selection::Named(&chosen), &mut trust)?, None)
        }
    };
    Ok(Coverage::By(Choice { project, rule, recipients, accepted }))
}
