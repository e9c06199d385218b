//! [`by_rules`]: `reseal` by the rules of the project file, instead of one certificate.

use crate::commands::recipients::files::{Request, change};
use crate::commands::recipients::opening_keys;
use crate::commands::recipients::wanted::Aim;
use crate::error::CommandError;
use crate::project::Project;
use crate::project::root::folder_of;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::flag_value::text;
use crate::settings::project_flags::ProjectFlags;
use crate::settings::recovery_flags::RecoveryFlags;
use std::path::PathBuf;

/// Whether `--check` compares with the project file: there is one, and the user names neither a certificate nor a cluster.
pub(crate) fn is_by_project(
    certificate: &CertificateFlags,
    project: &ProjectFlags,
    paths: &[PathBuf],
) -> Result<bool, CommandError> {
    let is_chosen = text(certificate.cert.clone()).is_some()
        || certificate.offline == Some(true)
        || text(project.for_cluster.clone()).is_some();
    Ok(!is_chosen && Project::find(folder_of(paths))?.is_some())
}

/// Makes the files what the rules of the project file say; without `recovery`, checks them.
pub(crate) fn by_rules(
    recovery: Option<RecoveryFlags>,
    project: ProjectFlags,
    namespace: Option<String>,
    paths: Vec<PathBuf>,
) -> Result<(), CommandError> {
    let keys = recovery.map(opening_keys).transpose()?;
    change(&Request {
        aim: Aim::Rules,
        paths,
        namespace: text(namespace),
        trusted: project.trust.trusted,
        keys,
    })
}
