//! [`ProjectFlags`]: the flags that say which cluster of the project file is meant. `target::controller_settings` follows them.

use crate::settings::trust_flags::TrustFlags;
use clap::Args;

/// Shared by every command that sends requests to one cluster, except upstream's flags.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct ProjectFlags {
    /// Cluster of the project file: its context and its controller, where neither a flag nor the environment names them.
    #[arg(long = "for", value_name = "NAME")]
    pub for_cluster: Option<String>,

    #[command(flatten)]
    pub trust: TrustFlags,
}
