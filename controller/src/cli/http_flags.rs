//! [`HttpFlags`]: what is served, and how much of it, as typed.

use super::go_value;
use clap::Args;
use std::num::NonZeroU32;

/// What is served.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "HTTP")]
pub struct HttpFlags {
    /// Address on which the certificate is served: `:PORT` for every interface, or `HOST:PORT`.
    #[arg(long, env = "SEALED_SECRETS_LISTEN_ADDR", default_value = ":8080", value_name = "ADDRESS")]
    pub listen_addr: String,

    /// Address on which metrics are served.
    #[arg(long, env = "SEALED_SECRETS_LISTEN_METRICS_ADDR", default_value = ":8081", value_name = "ADDRESS")]
    pub listen_metrics_addr: String,

    /// Answer POST /v1/verify: would this SealedSecret open here? `kubeseal --validate` asks.
    #[arg(long, env = "SEALED_SECRETS_SERVE_VERIFY", default_value = "true", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = go_value::boolean, value_name = "BOOL")]
    pub serve_verify: bool,

    /// Answer POST /v1/rotate: seal this SealedSecret to the newest key. `kubeseal --re-encrypt` asks.
    #[arg(long, env = "SEALED_SECRETS_SERVE_ROTATE", default_value = "true", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = go_value::boolean, value_name = "BOOL")]
    pub serve_rotate: bool,

    /// Requests per second to each of /v1/verify and /v1/rotate.
    #[arg(long, env = "SEALED_SECRETS_RATE_LIMIT", default_value = "2", value_name = "NUMBER")]
    pub rate_limit: NonZeroU32,

    /// Requests to each of them that may come at once.
    #[arg(long, env = "SEALED_SECRETS_RATE_LIMIT_BURST", default_value = "2", value_name = "NUMBER")]
    pub rate_limit_burst: NonZeroU32,

    /// How long a request may take to arrive.
    #[arg(long, env = "SEALED_SECRETS_READ_TIMEOUT", default_value = "2m", value_name = "DURATION")]
    pub read_timeout: String,

    /// How long an answer may take.
    #[arg(long, env = "SEALED_SECRETS_WRITE_TIMEOUT", default_value = "2m", value_name = "DURATION")]
    pub write_timeout: String,
}
