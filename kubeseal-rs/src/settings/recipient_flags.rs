//! [`RecipientFlags`]: the flags that say for whom values are sealed. `commands::common::seal_for` follows them.

use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::flag_value::texts;
use crate::settings::project_flags::ProjectFlags;
use crate::settings::trust_flags::TrustFlags;
use crate::terminal::warnings::warn;
use clap::Args;

/// Shared by every command that seals by a project file.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Recipients")]
pub(crate) struct RecipientFlags {
    /// Clusters of the project file to seal for, instead of those of the rule for the file.
    #[arg(long = "for", value_delimiter = ',', value_name = "CLUSTER")]
    pub clusters: Vec<String>,

    #[command(flatten)]
    pub trust: TrustFlags,
}

impl RecipientFlags {
    /// Whether the user names the clusters.
    pub(crate) fn name_clusters(&self) -> bool {
        !texts(self.clusters.clone()).is_empty()
    }

    /// What the project file is used for where it does not name the recipients. `--for` names recipients here, of which no controller is asked.
    pub(crate) fn without_recipients(&self) -> ProjectFlags {
        ProjectFlags { for_cluster: None, trust: self.trust.clone() }
    }

    /// Whether the user chose one certificate instead of the project file.
    ///
    /// Decided: by `--cert` and `--offline` only. A context and the names of the controller are set for other commands too, often in the
    /// environment, and must not take the other clusters from a file.
    pub(crate) fn give_way_to(&self, certificate: &CertificateFlags) -> bool {
        let is_chosen = certificate.cert.as_ref().is_some_and(|cert| !cert.is_empty())
            || certificate.offline == Some(true);
        if is_chosen && self.name_clusters() {
            warn("--cert and --offline are not used: --for names clusters of the project file");
        }
        is_chosen && !self.name_clusters()
    }
}
