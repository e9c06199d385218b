//! [`Cli`]: the flags as typed. Names, defaults and environment are upstream's.
//!
//! What they mean together is worked out in `config`.

use api::sealing_key::DEFAULT_PREFIX;
use clap::Parser;
use std::num::NonZeroU32;

/// Turns every SealedSecret of the cluster into the Secret it stands for.
///
/// Runs in a cluster under its ServiceAccount, or out of one with KUBECONFIG. Every flag can also be set in the
/// environment, as `SEALED_SECRETS`_ and its name in upper case with underscores.
#[derive(Debug, Clone, Parser)]
#[command(name = "sealed-secrets-controller", disable_version_flag = true)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "as many as upstream has; what they mean together is in `config`"
)]
pub struct Cli {
    /// Address on which the certificate is served: `:PORT` for every interface, or `HOST:PORT`.
    #[arg(long, env = "SEALED_SECRETS_LISTEN_ADDR", default_value = ":8080", value_name = "ADDRESS")]
    pub listen_addr: String,

    /// Start of the names of sealing keys' Secrets.
    #[arg(long, env = "SEALED_SECRETS_KEY_PREFIX", default_value = DEFAULT_PREFIX, value_name = "PREFIX")]
    pub key_prefix: String,

    /// Size of new sealing keys in bits: 2048, 3072, 4096 or 8192.
    #[arg(long, env = "SEALED_SECRETS_KEY_SIZE", default_value = "4096", value_name = "BITS")]
    pub key_size: String,

    /// How long the certificate of a new sealing key is valid, as in `87600h`.
    #[arg(long, env = "SEALED_SECRETS_KEY_TTL", default_value = "87600h", value_name = "DURATION")]
    pub key_ttl: String,

    /// Common name in the certificates of new sealing keys.
    #[arg(long, env = "SEALED_SECRETS_MY_CN", default_value = "", value_name = "NAME")]
    pub my_cn: String,

    /// What is logged: INFO, or ERROR alone.
    #[arg(long, env = "SEALED_SECRETS_LOG_LEVEL", default_value = "INFO", value_name = "LEVEL")]
    pub log_level: String,

    /// How it is logged: text, or one JSON object per line.
    #[arg(long, env = "SEALED_SECRETS_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: String,

    /// Log to standard output what is merely informative; warnings and errors always go to standard error.
    #[arg(
        long,
        env = "SEALED_SECRETS_LOG_INFO_STDOUT",
        default_value = "true",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        value_name = "BOOL"
    )]
    pub log_info_stdout: bool,

    /// Answer POST /v1/verify: would this SealedSecret open here? `kubeseal --validate` asks.
    #[arg(
        long,
        env = "SEALED_SECRETS_SERVE_VERIFY",
        default_value = "true",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        value_name = "BOOL"
    )]
    pub serve_verify: bool,

    /// Answer POST /v1/rotate: seal this SealedSecret to the newest key. `kubeseal --re-encrypt` asks.
    #[arg(
        long,
        env = "SEALED_SECRETS_SERVE_ROTATE",
        default_value = "true",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        value_name = "BOOL"
    )]
    pub serve_rotate: bool,

    /// Requests per second to each of /v1/verify and /v1/rotate.
    #[arg(long, env = "SEALED_SECRETS_RATE_LIMIT", default_value = "2", value_name = "NUMBER")]
    pub rate_limit: NonZeroU32,

    /// Requests to each of them that may come at once.
    #[arg(long, env = "SEALED_SECRETS_RATE_LIMIT_BURST", default_value = "2", value_name = "NUMBER")]
    pub rate_limit_burst: NonZeroU32,

    /// Print the version and exit.
    #[arg(long)]
    pub version: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn booleans_are_written_as_in_go() {
        for (argument, expected) in [("--log-info-stdout", true), ("--log-info-stdout=false", false)] {
            let cli = Cli::try_parse_from(["controller", argument]).unwrap();
            assert_eq!(cli.log_info_stdout, expected, "{argument}");
        }
    }

    #[test]
    fn unknown_flags_are_refused() {
        assert!(Cli::try_parse_from(["controller", "--nonsense"]).is_err());
    }
}
