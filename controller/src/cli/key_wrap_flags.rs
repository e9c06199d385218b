//! [`KeyWrapFlags`]: the flags of wrapped keys: which key management services wrap and unwrap the private sealing keys.

use crate::cli::go_value;
use clap::Args;

/// Wrapped keys.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Wrapped keys")]
pub(crate) struct KeyWrapFlags {
    /// Wrap new sealing keys with this provider: `kmsv2:unix:///PATH`, `openbao+transit://HOST/MOUNT/KEY`, `awskms:ARN`, `gcpkms:NAME`, or an age
    /// recipient for a copy in a safe, `age1…`. With options after `?`. Repeat it for several; any one opens a key. In the environment, with spaces
    /// between them.
    #[arg(long, value_name = "URI")]
    pub key_wrap_with: Vec<String>,

    /// Open keys that were wrapped with this provider before, and wrap no new ones with it. Repeat it for several.
    #[arg(long, value_name = "URI")]
    pub key_unwrap_with: Vec<String>,

    /// Name of this cluster, to which wrapped keys are bound. Required with the two flags above.
    #[arg(long, default_value = "", value_name = "NAME")]
    pub cluster_name: String,

    /// Serve the certificates of wrapped keys alone. Keys in plain still open what was sealed with them. Default: true where a service wraps keys.
    #[arg(long, value_parser = go_value::boolean)]
    pub key_wrap_required: Option<bool>,

    /// Store every wrapped key in plain again, for a return to a controller that cannot unwrap. Needs --key-unwrap-with alone.
    #[arg(long, default_value = "false", value_parser = go_value::boolean)]
    pub key_unwrap_all: bool,
}
