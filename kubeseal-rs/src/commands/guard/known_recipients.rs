//! [`KnownRecipients`]: the keys that a SealedSecret of the repository may name as its recipients.

use crate::commands::guard::report::finding::{Finding, FindingKind};
use crate::error::{CommandError, Hint as _};
use crate::project::Project;
use crate::project::error::ProjectError;
use crate::project::key_id::KeyId;
use crate::project::trust::Trust;
use crate::settings::trust_flags::TrustFlags;
use crate::terminal::warnings::alert;
use std::collections::HashSet;
use std::path::Path;

/// The keys that are trusted for a cluster of the project file.
pub(crate) struct KnownRecipients(HashSet<String>);

impl KnownRecipients {
    /// The keys that were accepted on this machine, or that `--trusted` lists. None without a project file, and where nothing was accepted:
    /// then nothing can be compared.
    pub(crate) fn load(directory: &Path, flags: &TrustFlags) -> Result<Option<Self>, CommandError> {
        let project = match Project::find(directory) {
            Ok(project) => project,
            // Plaintext is looked for everywhere.
            Err(ProjectError::Repository { .. }) => None,
            Err(error) => {
                alert(format_args!(
                    "recipients are not compared with the project file: {}",
                    error.with_hint()
                ));
                None
            }
        };
        let Some(project) = project else { return Ok(None) };
        let trust = Trust::of(project.root(), flags.trusted.as_deref())?;
        let clusters = project.clusters().iter();
        let keys = clusters.flat_map(|cluster| trust.trusted().keys(&cluster.name)).map(KeyId::to_string);
        let known = Self(keys.collect());
        Ok((!known.0.is_empty()).then_some(known))
    }
}

/// Leaves of the recipients that were found those that are not `known`.
pub(crate) fn keep_unknown(findings: &mut Vec<Finding>, known: Option<&KnownRecipients>) {
    findings.retain_mut(|finding| match (&mut finding.what, known) {
        (FindingKind::Recipients { .. }, None) => false,
        (FindingKind::Recipients { keys, .. }, Some(KnownRecipients(known))) => {
            let mut seen = HashSet::new();
            keys.retain(|key| !known.contains(key) && seen.insert(key.clone()));
            !keys.is_empty()
        }
        _ => true,
    });
}
