//! [`HttpFlags`]: what is served, and how much of it, as typed.

use crate::cli::go_value;
use clap::Args;
use jiff::SignedDuration;

/// What is served.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "HTTP")]
pub struct HttpFlags {
    /// Address on which the certificate is served: `:PORT` for every interface, or `HOST:PORT`.
    #[arg(long, default_value = ":8080", value_name = "ADDRESS")]
    pub listen_addr: String,

    /// Address on which metrics are served.
    #[arg(long, default_value = ":8081", value_name = "ADDRESS")]
    pub listen_metrics_addr: String,

    /// Leave the metric `condition_info` out, by which each client of that address could list the names and namespaces of all
    /// SealedSecrets. All other metrics stay.
    #[arg(long, default_value = "false", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = go_value::boolean, value_name = "BOOL")]
    pub metrics_omit_secret_labels: bool,

    /// Answer POST /v1/verify: would this SealedSecret open here? `kubeseal --validate` asks.
    #[arg(long, default_value = "true", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = go_value::boolean, value_name = "BOOL")]
    pub serve_verify: bool,

    /// Answer POST /v1/rotate: seal this SealedSecret to the newest key. `kubeseal --re-encrypt` asks.
    #[arg(long, default_value = "true", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = go_value::boolean, value_name = "BOOL")]
    pub serve_rotate: bool,

    /// Requests per second to each of /v1/verify and /v1/rotate.
    #[arg(long, default_value = "2", value_parser = go_value::integer, value_name = "NUMBER")]
    pub rate_limit: i64,

    /// Requests to each of them that may come at once beyond the first.
    #[arg(long, default_value = "2", value_parser = go_value::integer, value_name = "NUMBER")]
    pub rate_limit_burst: i64,

    /// How long a request may take to arrive; 0 for as long as it likes.
    #[arg(long, default_value = "2m", value_parser = go_value::duration, value_name = "DURATION")]
    pub read_timeout: SignedDuration,

    /// How long an answer may take; 0 for as long as it likes.
    #[arg(long, default_value = "2m", value_parser = go_value::duration, value_name = "DURATION")]
    pub write_timeout: SignedDuration,

    /// How long requests are answered after SIGTERM at the least, while /readyz fails and clients learn to go elsewhere. The Lease is
    /// released before, as soon as the work in hand is done. SIGINT, or a second signal, ends it at once.
    #[arg(long, default_value = "5s", value_parser = go_value::duration, value_name = "DURATION")]
    pub shutdown_delay_duration: SignedDuration,
}
