//! [`KeyedFile`] and [`ItemKeys`]: which keys the changed items of a file are sealed with. [`ItemSealer`]: seals them, and adds the entries for recipients.

use crate::certificate::CertificateSource;
use crate::commands::common::fingerprint_change::fingerprint_change;
use crate::commands::common::seal_for::annotation;
use crate::commands::common::seal_for::choice::Coverage;
use crate::commands::common::seal_for::error::SealForError;
use crate::commands::common::seal_for::keys::RecipientKeys;
use crate::commands::common::seal_for::plan::of_existing;
use crate::commands::common::seal_for::project_recipients::ProjectRecipients;
use crate::commands::common::written::Written;
use crate::error::CommandError;
use crate::files::output::Output;
use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_secrets::SealedObject;
use crate::project::error::ProjectError;
use crate::settings::recipient_flags::RecipientFlags;
use crate::target::Target;
use crate::terminal::warnings::alert;
use api::annotations::RECIPIENTS;
use envelope::Certificate;
use rand::rngs::SysRng;
use recipients::{Group, Recipients};
use sealing::{SealFailure, SealedItems};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use yaml_edit_in_place::Change;

/// A file with SealedSecrets of which items are changed.
#[derive(Debug)]
pub(crate) struct KeyedFile {
    pub file: PathBuf,
    pub keys: ItemKeys,
}

/// Which keys the changed items of a file are sealed with.
#[derive(Debug)]
pub(crate) enum ItemKeys {
    /// One certificate that the user chose, with `--cert`, `--offline` or upstream's flags. The project file is not read.
    Chosen(CertificateSource),
    /// One certificate, because the project file says nothing about the file.
    Uncovered { source: CertificateSource, reason: Arc<ProjectError> },
    /// Those of the project file.
    Project(ProjectRecipients),
}

/// Seals items of SealedSecrets in a file.
#[derive(Debug)]
pub(crate) struct ItemSealer {
    keys: RecipientKeys,
    /// Whether the keys are all that the project file says.
    is_by_project: bool,
}

impl KeyedFile {
    /// The file, or the files of all clusters that are meant by it. `is_chosen` says whether the user chose the certificate of the target.
    pub(crate) fn all_of(
        file: &Path,
        flags: &RecipientFlags,
        target: &Target,
        is_chosen: bool,
    ) -> Result<Vec<Self>, CommandError> {
        let alone = |keys| Ok(vec![Self { file: file.to_owned(), keys }]);
        if is_chosen {
            return alone(ItemKeys::Chosen(target.certificate()?));
        }
        match of_existing(file, flags)? {
            Coverage::By(files) => Ok(files
                .into_iter()
                .map(|(file, recipients)| Self { file, keys: ItemKeys::Project(recipients) })
                .collect()),
            Coverage::Not(reason) => {
                alone(ItemKeys::Uncovered { source: target.certificate()?, reason: Arc::new(reason) })
            }
        }
    }

    /// The file itself. An error if the files of all clusters are meant by it.
    pub(crate) fn one_of(
        file: &Path,
        flags: &RecipientFlags,
        target: &Target,
        is_chosen: bool,
    ) -> Result<Self, CommandError> {
        let all = Self::all_of(file, flags, target, is_chosen)?;
        let one = all.into_iter().find(|keyed| keyed.file == file);
        one.ok_or_else(|| SealForError::FileOfNone(file.to_owned()).into())
    }
}

impl ItemKeys {
    /// Refuses SealedSecrets whose recipients would lose items, or are not those of the project file.
    pub(crate) fn check(&self, objects: &[SealedObject]) -> Result<(), SealForError> {
        for object in objects {
            match self {
                Self::Chosen(_) => {}
                Self::Uncovered { .. } if annotation::text(object).is_none() => {}
                Self::Uncovered { reason, .. } => {
                    let location = object.location.clone();
                    return Err(SealForError::Uncovered { location, source: Arc::clone(reason) });
                }
                Self::Project(recipients) => recipients.check(object)?,
            }
        }
        Ok(())
    }

    /// Fetches the certificate, if it is not one of the project file.
    pub(crate) fn sealer(&self) -> Result<ItemSealer, CommandError> {
        Ok(match self {
            Self::Chosen(source) | Self::Uncovered { source, .. } => {
                ItemSealer::of_one(source.certificate()?)
            }
            Self::Project(recipients) => ItemSealer { keys: recipients.keys()?, is_by_project: true },
        })
    }

    /// Prints what was written to the file, and for whom, if the project file says it.
    pub(crate) fn print_written(&self, file: &Path, written: &Written) {
        let output = Output::File(file.to_owned());
        match self {
            Self::Project(recipients) => recipients.print_written(&output, written),
            Self::Chosen(_) | Self::Uncovered { .. } => {
                output.wrote(written);
            }
        }
    }

    /// Prints for whom a file is sealed, if the project file says it.
    pub(crate) fn print(&self, file: &str) {
        if let Self::Project(recipients) = self {
            recipients.print(file);
        }
    }
}

impl ItemSealer {
    /// Seals with one certificate.
    pub(crate) fn of_one(certificate: Certificate) -> Self {
        Self { keys: RecipientKeys::one(certificate), is_by_project: false }
    }

    /// The keys that items are sealed with.
    pub(crate) fn keys(&self) -> &RecipientKeys {
        &self.keys
    }

    /// Whether the recipients are those of the project file.
    pub(crate) fn is_by_project(&self) -> bool {
        self.is_by_project
    }

    /// The changes of `object` that seal `new` items under `label`, after other items were `removed`.
    pub(crate) fn changes(
        &self,
        object: &SealedObject,
        label: &[u8],
        new: &[(&str, &[u8])],
        removed: &[&str],
    ) -> Result<Vec<Change>, CommandError> {
        let SealedItems { encrypted_data, group } =
            self.keys.with(|to| sealing::seal_items(&mut SysRng, to, label, new.iter().copied()))?;
        let mut changes: Vec<Change> =
            encrypted_data.into_iter().map(|(key, sealed)| SealedField::Item(&key).set(sealed)).collect();
        let is_gone = |name: &str| removed.contains(&name) || new.iter().any(|(key, _)| *key == name);
        let stay: Vec<&str> =
            object.spec.encrypted_data.keys().map(String::as_str).filter(|name| !is_gone(name)).collect();
        if !new.is_empty() || !removed.is_empty() {
            let new: Vec<&str> = new.iter().map(|(key, _)| *key).collect();
            changes.extend(fingerprint_change(object, self.keys.first(), &new, &stay));
        }
        if self.is_by_project {
            changes.extend(self.annotation_change(object, group, is_gone, &stay)?);
        } else if !new.is_empty() && annotation::text(object).is_some() {
            let items: Vec<&str> = new.iter().map(|(key, _)| *key).collect();
            alert(format_args!(
                "{} of {} is sealed for one cluster alone; the other recipients of the SealedSecret do not open it",
                items.join(", "),
                object.location
            ));
        }
        Ok(changes)
    }

    /// The change of the annotation: items that are gone lose their entries, and new items get theirs in a group of their own.
    fn annotation_change(
        &self,
        object: &SealedObject,
        group: Option<Group>,
        is_gone: impl Fn(&str) -> bool,
        stay: &[&str],
    ) -> Result<Option<Change>, CommandError> {
        let before = annotation::read(object)?;
        let mut after = before.and_then(|recipients| recipients.keeping(|name| !is_gone(name)));
        if self.keys.are_several() {
            let has_entry = |name: &&&str| {
                after.as_ref().is_some_and(|recipients| recipients.groups_with(name).next().is_some())
            };
            let alone: Vec<&str> = stay.iter().filter(|name| !has_entry(name)).copied().collect();
            if group.is_some() && !alone.is_empty() {
                alert(format_args!(
                    "{} of {} opens in one cluster only: seal it again to add the others",
                    alone.join(", "),
                    object.location
                ));
            }
        }
        match (&mut after, group) {
            (Some(recipients), Some(group)) => recipients.add(group).map_err(|source| {
                SealForError::TooManyGroups { location: object.location.clone(), source }
            })?,
            (after @ None, Some(group)) => *after = Some(Recipients::new(group)),
            (_, None) => {}
        }
        let text =
            after.map(|recipients| recipients.to_text()).transpose().map_err(SealFailure::Recipients)?;
        let is_same = text.as_deref() == annotation::text(object);
        Ok((!is_same).then(|| SealedField::Annotation(RECIPIENTS).set_or_remove(text)))
    }
}
