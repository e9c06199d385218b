//! [`Config`]: the flags as meant; a file for each group. A value that cannot be meant is refused here, before anything
//! starts.

pub(crate) mod election;
pub(crate) mod http;
pub(crate) mod keys;
pub(crate) mod listen_address;
pub(crate) mod logging;
pub(crate) mod pairs;
pub(crate) mod templates;
pub(crate) mod watch;

use crate::cli::Cli;
use crate::config::election::LeaderElection;
use crate::config::http::Http;
use crate::config::keys::Keys;
use crate::config::logging::Logging;
use crate::config::templates::Templates;
use crate::config::warning::Caution;
use crate::config::watch::Watch;
use sealing::Accepted;

/// Everything the controller was told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which SealedSecrets.
    pub watch: Watch,
    /// What is done with them.
    pub unseal: Unseal,
    /// The sealing keys.
    pub keys: Keys,
    /// What is served.
    pub http: Http,
    /// Which of several replicas leads.
    pub election: LeaderElection,
    /// What is logged, how and where.
    pub logging: Logging,
    /// What was taken in another way than it was written.
    pub cautions: Vec<Caution>,
}

/// What is done with a SealedSecret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four things that are each done or not, in any combination"
)]
pub struct Unseal {
    /// The deprecated form is unsealed too.
    pub deprecated_data: bool,
    /// The status is written.
    pub status: bool,
    /// A Secret that was deleted or edited is put right at once.
    pub correct_drift: bool,
    /// The Secret of a deleted SealedSecret is deleted by us, instead of by garbage collection.
    pub delete_secrets: bool,
    /// Where templates are rendered.
    pub templates: Templates,
}

/// A flag's value that cannot be meant.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An address.
    #[error("--{0}: write `:PORT` or `HOST:PORT`, with a port from 0 to 65535")]
    ListenAddress(&'static str),
    /// A duration that must be longer than nothing.
    #[error("--{0}: write a duration greater than zero")]
    NotPositive(&'static str),
    /// A duration that may be nothing, but not less.
    #[error("--{0}: write a duration that is not negative")]
    Negative(&'static str),
    /// A list of pairs.
    #[error("--{0}: write a list as in `a=b,c=d`")]
    Pairs(&'static str),
    /// `--key-prefix`.
    #[error(
        "--key-prefix: a prefix is lower-case letters, digits and `-`, begins with a letter or digit, and has at most \
         200 characters"
    )]
    KeyPrefix,
    /// `--key-size`.
    #[error("--key-size: a key has 2048, 3072, 4096 or 8192 bits")]
    KeySize,
    /// `--key-cutoff-time`.
    #[error("--key-cutoff-time: write a date as in `Mon, 02 Jan 2006 15:04:05 +0200`")]
    Cutoff,
    /// The durations of the Lease.
    #[error(
        "--leader-elect-lease-duration must be longer than --leader-elect-renew-deadline, and that longer than \
         --leader-elect-retry-period; a lease lasts from a second to a day"
    )]
    LeaseTerms,
    /// `--leader-elect-resource-name`.
    #[error("--leader-elect-resource-name: a name is lower-case letters, digits, `-` and `.`")]
    LeaseName,
    /// `--rate-limit`.
    #[error("--rate-limit: write a number greater than zero")]
    RateLimit,
    /// `--rate-limit-burst`.
    #[error("--rate-limit-burst: write a number that is not negative")]
    RateLimitBurst,
}

impl Config {
    /// Works out what the flags mean.
    pub fn from_cli(cli: Cli) -> Result<Self, ConfigError> {
        let mut cautions: Vec<Caution> = cli.unreadable.into_iter().map(Caution::Unreadable).collect();
        cautions.extend(cli.ignored.into_iter().map(Caution::Ignored));
        let (watch, keys) = (Watch::meant_by(cli.watch), Keys::meant_by(cli.keys, &mut cautions)?);
        Ok(Self {
            election: LeaderElection::meant_by(cli.election, &keys.new.prefix, &watch)?,
            watch,
            unseal: Unseal {
                deprecated_data: cli.unseal.accept_deprecated_v1_data,
                status: cli.unseal.update_status,
                correct_drift: !cli.unseal.skip_recreate,
                delete_secrets: cli.unseal.old_gc_behavior,
                templates: Templates::meant_by(cli.unseal.templates, &cli.unseal.templates_except),
            },
            keys,
            http: Http::meant_by(
                &cli.http,
                Accepted { deprecated_data: cli.unseal.accept_deprecated_v1_data },
            )?,
            logging: Logging::meant_by(&cli.log, &mut cautions),
            cautions,
        })
    }
}

#[cfg(test)]
mod tests;
pub(crate) mod warning;
