//! [`Config`]: the flags as meant. A value that cannot be meant is refused here, before anything starts.

use crate::cli::Cli;
use crate::go_duration::{self, NotADuration};
use crate::http::Doors;
use envelope::{KeySize, UnsupportedKeySize};
use jiff::SignedDuration;
use std::num::NonZeroU32;

/// Everything the controller was told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the certificate is served.
    pub listen: ListenAddress,
    /// What of it uses a private key.
    pub doors: Doors,
    /// How new sealing keys are made.
    pub new_keys: NewKeys,
    /// What is logged, how and where.
    pub logging: Logging,
}

/// How new sealing keys are made.
#[derive(Debug, Clone)]
pub struct NewKeys {
    /// Start of the Secret's name.
    pub prefix: String,
    /// Modulus size.
    pub size: KeySize,
    /// Validity of the certificate.
    pub ttl: SignedDuration,
    /// Common name of the certificate.
    pub common_name: String,
}

/// What is logged, how and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// Errors alone.
    pub errors_only: bool,
    /// One JSON object per line.
    pub json: bool,
    /// Everything but errors goes to standard output.
    pub info_to_stdout: bool,
}

/// How often a path may be asked.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    /// On average.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenAddress {
    /// None means every interface.
    pub host: Option<String>,
    /// The port.
    pub port: u16,
}

/// A flag's value that cannot be meant.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `--listen-addr`.
    #[error("--listen-addr: write `:PORT` or `HOST:PORT`, with a port from 0 to 65535")]
    ListenAddress,
    /// `--key-prefix`.
    #[error(
        "--key-prefix: a prefix is lower-case letters, digits and `-`, begins with a letter or digit, and \
             has at most 200 characters"
    )]
    KeyPrefix,
    /// `--key-size`.
    #[error("--key-size: {0}")]
    KeySize(#[from] UnsupportedKeySize),
    /// `--key-ttl`.
    #[error("--key-ttl: {0}")]
    KeyTtl(#[from] NotADuration),
    /// `--key-ttl` of zero or less.
    #[error("--key-ttl: a certificate must be valid for some time")]
    KeyTtlNotPositive,
    /// `--log-level`.
    #[error("--log-level: one of INFO and ERROR")]
    LogLevel,
    /// `--log-format`.
    #[error("--log-format: one of text and json")]
    LogFormat,
}

impl Config {
    /// Works out what the flags mean.
    pub fn from_cli(cli: Cli) -> Result<Self, ConfigError> {
        let ttl = go_duration::parse(&cli.key_ttl)?;
        if ttl <= SignedDuration::ZERO {
            return Err(ConfigError::KeyTtlNotPositive);
        }
        Ok(Self {
            listen: listen_address(&cli.listen_addr)?,
            doors: Doors {
                verify: cli.serve_verify,
                rotate: cli.serve_rotate,
                rate: RateLimit { per_second: cli.rate_limit, burst: cli.rate_limit_burst },
            },
            new_keys: NewKeys {
                prefix: key_prefix(cli.key_prefix)?,
                size: cli.key_size.parse()?,
                ttl,
                common_name: cli.my_cn,
            },
            logging: Logging {
                errors_only: match cli.log_level.to_ascii_uppercase().as_str() {
                    "INFO" => false,
                    "ERROR" => true,
                    _ => return Err(ConfigError::LogLevel),
                },
                json: match cli.log_format.as_str() {
                    "text" => false,
                    "json" => true,
                    _ => return Err(ConfigError::LogFormat),
                },
                info_to_stdout: cli.log_info_stdout,
            },
        })
    }
}

fn listen_address(text: &str) -> Result<ListenAddress, ConfigError> {
    let (host, port) = text.rsplit_once(':').ok_or(ConfigError::ListenAddress)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok(ListenAddress {
        host: (!host.is_empty()).then(|| host.to_owned()),
        port: port.parse().map_err(|_| ConfigError::ListenAddress)?,
    })
}

/// A generated name adds five characters, and a Secret's name has at most 253.
fn key_prefix(prefix: String) -> Result<String, ConfigError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let begins_well = prefix.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if begins_well && prefix.chars().all(allowed) && prefix.len() <= 200 {
        Ok(prefix)
    } else {
        Err(ConfigError::KeyPrefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn config(arguments: &[&str]) -> Result<Config, ConfigError> {
        let arguments = ["controller"].iter().chain(arguments);
        Config::from_cli(Cli::try_parse_from(arguments).unwrap())
    }

    #[test]
    fn defaults_are_upstreams() {
        let config = config(&[]).unwrap();
        assert_eq!(config.listen, ListenAddress { host: None, port: 8080 });
        assert_eq!(config.new_keys.prefix, "sealed-secrets-key");
        assert_eq!(config.new_keys.size.bits(), 4096);
        assert_eq!(config.new_keys.ttl, SignedDuration::from_hours(87_600));
        assert_eq!(config.logging, Logging { errors_only: false, json: false, info_to_stdout: true });
    }

    #[test]
    fn listen_addresses() {
        let cases = [
            (":8080", Some((None, 8080))),
            ("127.0.0.1:0", Some((Some("127.0.0.1"), 0))),
            ("[::1]:80", Some((Some("::1"), 80))),
            ("8080", None),
            (":http", None),
            (":65536", None),
        ];
        for (text, expected) in cases {
            let read = listen_address(text).ok();
            let read = read.as_ref().map(|address| (address.host.as_deref(), address.port));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_meant() {
        let cases = [
            ("--key-size=1024", ConfigError::KeySize(UnsupportedKeySize)),
            ("--key-ttl=0s", ConfigError::KeyTtlNotPositive),
            ("--key-ttl=soon", ConfigError::KeyTtl(NotADuration)),
            ("--key-prefix=Keys_", ConfigError::KeyPrefix),
            ("--log-level=LOUD", ConfigError::LogLevel),
            ("--log-format=xml", ConfigError::LogFormat),
        ];
        for (argument, expected) in cases {
            assert_eq!(config(&[argument]).unwrap_err(), expected, "{argument}");
        }
    }
}
