//! `recipients`: for whom the annotation for the recipients says that the items are sealed.

use crate::commands::inspect::problem::Problem;
use crate::commands::inspect::report::{Item, RecipientItems};
use crate::error::cause::on_one_line;
use crate::project::Project;
use crate::project::trust::Trust;
use crate::project::trust::error::TrustError;
use crate::terminal::warnings::alert;
use recipients::{Entry, FormatError, Recipients};
use std::path::Path;

/// Names the clusters that the keys are trusted for, by the project file of this folder and the file of `--trusted`. Without one, and
/// without trust, keys stay without names: nothing is refused here.
pub(crate) fn name_clusters<'r>(
    folder: &Path,
    trusted: Option<&Path>,
    recipients: impl Iterator<Item = &'r mut RecipientItems>,
) {
    let mut recipients = recipients.peekable();
    if recipients.peek().is_none() {
        return;
    }
    let Ok(Some(project)) = Project::find(folder) else { return };
    let trust = match Trust::of(project.root(), trusted) {
        Ok(trust) => trust,
        Err(TrustError::NoHome) => return,
        Err(error) => {
            return alert(format_args!("the clusters of recipients are not named: {}", on_one_line(&error)));
        }
    };
    for recipient in recipients {
        let key = recipient.certificate.as_ref().or(recipient.age.as_ref());
        let cluster = key.and_then(|key| project.cluster_with(key, trust.trusted(), &[]));
        recipient.cluster = cluster.map(ToString::to_string);
    }
}

/// Each recipient with its items, in the order of the annotation. Entries for items that are not there any more are left out.
pub(crate) fn recipients(
    read: Result<Recipients, FormatError>,
    items: &[Item],
    problems: &mut Vec<Problem>,
) -> Vec<RecipientItems> {
    let document = match read {
        Ok(document) => document,
        Err(error) => {
            problems.push(Problem::BadRecipients(error.to_string()));
            return Vec::new();
        }
    };
    let without: Vec<String> = items
        .iter()
        .filter(|item| document.groups_with(&item.key).next().is_none())
        .map(|item| item.key.clone())
        .collect();
    if !without.is_empty() {
        problems.push(Problem::WithoutEntry(without));
    }
    let mut found: Vec<RecipientItems> = Vec::new();
    for group in document.groups() {
        let names: Vec<&str> =
            group.names().filter(|name| items.iter().any(|item| item.key == *name)).collect();
        for entry in group.to() {
            let (certificate, age) = match entry {
                Entry::Certificate { fingerprint, .. } => (Some(fingerprint.to_string()), None),
                Entry::Age { recipient, .. } => (None, Some(recipient.to_string())),
            };
            let known =
                found.iter_mut().find(|known| (&known.certificate, &known.age) == (&certificate, &age));
            let items = if let Some(known) = known {
                &mut known.items
            } else {
                found.push(RecipientItems { cluster: None, certificate, age, items: Vec::new() });
                let last = found.len() - 1;
                &mut found[last].items
            };
            items.extend(names.iter().map(|name| (*name).to_owned()));
        }
    }
    for recipient in &mut found {
        recipient.items.sort_unstable();
        recipient.items.dedup();
    }
    found
}
