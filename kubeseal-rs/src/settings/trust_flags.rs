//! [`TrustFlags`]: the flag that says what a project file is compared with. `project::trust` reads the file.

use crate::settings::flag_value;
use clap::Args;
use std::path::PathBuf;

/// Shared by every command that seals by a project file.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Trust")]
pub(crate) struct TrustFlags {
    /// Accept the keys, connections and rules that this file lists, and no others; for CI (default: those accepted on this machine).
    #[arg(long, env = "SEALED_SECRETS_TRUSTED", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub trusted: Option<PathBuf>,
}
