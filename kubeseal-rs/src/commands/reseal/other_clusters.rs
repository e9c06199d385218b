//! [`without_other_clusters`]: in a project with `layout: per-cluster`, the files of other clusters are left out: this cluster opens none of
//! them.
//!
//! Decided: only by rules that were accepted, because a pull request can change the rules so that `reseal --check` leaves its files out.

use crate::error::CommandError;
use crate::project::Project;
use crate::project::output_path::within;
use crate::project::trust::Trust;
use crate::settings::flag_value::text;
use crate::settings::project_flags::ProjectFlags;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::alert;
use envelope::Certificate;
use std::path::{Path, PathBuf};

/// The files without those that `layout: per-cluster` makes for another cluster, and the number of these. Files that the user `named` stay.
/// The cluster is that of `--for`, or the one that the certificate is trusted for.
pub(crate) fn without_other_clusters(
    files: Vec<PathBuf>,
    named: &[PathBuf],
    folder: &Path,
    flags: &ProjectFlags,
    certificate: &Certificate,
) -> Result<(Vec<PathBuf>, usize), CommandError> {
    let cluster = text(flags.for_cluster.clone());
    // Without `--for`, a project file that cannot be read is no obstacle: resealing does not depend on it.
    let project = match Project::find(folder) {
        Err(error) if cluster.is_some() => return Err(error.into()),
        found => found.ok().flatten(),
    };
    let Some(project) = project else { return Ok((files, 0)) };
    let trust = Trust::of(project.root(), flags.trust.trusted.as_deref()).ok();
    let cluster = cluster.or_else(|| cluster_with(&project, trust.as_ref()?, certificate));
    let Some(cluster) = cluster else { return Ok((files, 0)) };
    let is_of_another = |file: &PathBuf| {
        let inside = within(project.root(), file).ok();
        let owner = inside.as_deref().and_then(|inside| project.rule_at(inside)?.cluster_of(inside));
        owner.is_some_and(|owner| owner.as_str() != cluster) && !named.contains(file)
    };
    let is_accepted = trust.is_some_and(|trust| trust.trusted().has(&project.rules()));
    if !is_accepted {
        if files.iter().any(is_of_another) {
            alert(format_args!(
                "the rules of the project file in {} were not accepted, so that no file is skipped as one of another cluster: `clusters \
                 trust` shows them",
                shown_path(project.root())
            ));
        }
        return Ok((files, 0));
    }
    let (others, files): (Vec<_>, Vec<_>) = files.into_iter().partition(is_of_another);
    Ok((files, others.len()))
}

fn cluster_with(project: &Project, trust: &Trust, certificate: &Certificate) -> Option<String> {
    let fingerprint = certificate.fingerprint().to_string();
    project.cluster_with(&fingerprint, trust.trusted(), &[]).map(|name| name.as_str().to_owned())
}
