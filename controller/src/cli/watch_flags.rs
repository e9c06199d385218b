//! [`WatchFlags`]: the flags of the watches: which SealedSecrets are unsealed, and how many requests the API server gets.

use crate::cli::go_value;
use clap::Args;

/// Which SealedSecrets.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which SealedSecrets")]
pub(crate) struct WatchFlags {
    /// Unseal in all namespaces; with `=false`, in the controller's own.
    #[arg(long, default_value = "true", value_parser = go_value::boolean)]
    pub all_namespaces: bool,

    /// Unseal only in the controller's own namespace and in these, as in `a,b`.
    #[arg(long, default_value = "", value_name = "LIST")]
    pub additional_namespaces: String,

    /// Unseal only SealedSecrets whose labels match, as in `team=shop`.
    #[arg(long, default_value = "", value_name = "SELECTOR")]
    pub label_selector: String,

    /// Number of requests per second to the API server; negative means no limit, 0 means 5. Default: no limit.
    #[arg(long, value_parser = go_value::number, value_name = "NUMBER")]
    pub kubeclient_qps: Option<f64>,

    /// Number of requests to the API server that may come at once, with --kubeclient-qps.
    #[arg(long, default_value = "10", value_parser = go_value::integer, value_name = "NUMBER")]
    pub kubeclient_burst: i64,
}
