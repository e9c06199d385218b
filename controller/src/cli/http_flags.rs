//! [`HttpFlags`]: the flags of the HTTP servers.

use crate::cli::go_value;
use clap::Args;
use jiff::SignedDuration;

/// What is served.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "HTTP")]
pub(crate) struct HttpFlags {
    /// Address on which the certificate is served: `:PORT` for every interface, or `HOST:PORT`.
    #[arg(long, default_value = ":8080", value_name = "ADDRESS")]
    pub listen_addr: String,

    /// Address on which metrics are served.
    #[arg(long, default_value = ":8081", value_name = "ADDRESS")]
    pub listen_metrics_addr: String,

    /// Leave out the metric `condition_info`, which has the names and namespaces of all SealedSecrets. All other metrics stay.
    #[arg(long, default_value = "false", value_parser = go_value::boolean)]
    pub metrics_omit_secret_labels: bool,

    /// Serve POST /v1/verify, which `kubeseal --validate` uses: whether the controller can open a SealedSecret.
    #[arg(long, default_value = "true", value_parser = go_value::boolean)]
    pub serve_verify: bool,

    /// Serve POST /v1/rotate, which `kubeseal --re-encrypt` uses: reseals a SealedSecret to the newest key.
    #[arg(long, default_value = "true", value_parser = go_value::boolean)]
    pub serve_rotate: bool,

    /// Number of requests per second to each of /v1/verify and /v1/rotate.
    #[arg(long, default_value = "2", value_parser = go_value::integer, value_name = "NUMBER")]
    pub rate_limit: i64,

    /// Number of requests to each of them that may come at once beyond the first.
    #[arg(long, default_value = "2", value_parser = go_value::integer, value_name = "NUMBER")]
    pub rate_limit_burst: i64,

    /// Maximum time for a request to arrive; 0 means no limit.
    #[arg(long, default_value = "2m", value_parser = go_value::duration, value_name = "DURATION")]
    pub read_timeout: SignedDuration,

    /// Maximum time for an answer to be sent; 0 means no limit.
    #[arg(long, default_value = "2m", value_parser = go_value::duration, value_name = "DURATION")]
    pub write_timeout: SignedDuration,

    /// Minimum time for which requests are answered after SIGTERM, while /readyz fails and Kubernetes takes the Pod out of its Services.
    /// The Lease is released before, as soon as the work in hand is done. SIGINT, or a second signal, ends this time at once.
    #[arg(long, default_value = "5s", value_parser = go_value::duration, value_name = "DURATION")]
    pub shutdown_delay_duration: SignedDuration,
}
