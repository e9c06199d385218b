//! [`WatchFlags`]: which SealedSecrets are unsealed, and how the API server is asked, as typed.

use crate::cli::go_value;
use clap::Args;

/// Which SealedSecrets.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which SealedSecrets")]
pub struct WatchFlags {
    /// Unseal in all namespaces; with `=false`, in the controller's own.
    #[arg(long, default_value = "true", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = go_value::boolean, value_name = "BOOL")]
    pub all_namespaces: bool,

    /// Unseal in the controller's own namespace and in these alone, as in `a,b`.
    #[arg(long, default_value = "", value_name = "LIST")]
    pub additional_namespaces: String,

    /// Unseal those SealedSecrets alone whose labels match, as in `team=shop`.
    #[arg(long, default_value = "", value_name = "SELECTOR")]
    pub label_selector: String,

    /// Requests per second to the API server; negative for no limit, 0 for 5. Not limited unless given.
    #[arg(long, value_parser = go_value::number, value_name = "NUMBER")]
    pub kubeclient_qps: Option<f64>,

    /// Requests to the API server that may come at once, with --kubeclient-qps.
    #[arg(long, default_value = "10", value_parser = go_value::integer, value_name = "NUMBER")]
    pub kubeclient_burst: i64,
}
