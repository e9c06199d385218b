//! [`Config`]: the flags, checked and combined, one file for each group. A value that the controller cannot use is refused here,
//! before anything starts.

pub(crate) mod election;
pub(crate) mod error;
pub(crate) mod http;
pub(crate) mod key_wrapping;
pub(crate) mod keys;
pub(crate) mod listen_address;
pub(crate) mod lists;
pub(crate) mod logging;
pub(crate) mod templates;
pub(crate) mod warning;
pub(crate) mod watch;

use crate::cli::Cli;
use crate::config::election::LeaderElection;
use crate::config::error::ConfigError;
use crate::config::http::Http;
use crate::config::keys::Keys;
use crate::config::logging::Logging;
use crate::config::templates::Templates;
use crate::config::warning::ConfigWarning;
use crate::config::watch::Watch;
use sealing::Accepted;

#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub watch: Watch,
    pub unseal: Unseal,
    pub keys: Keys,
    pub http: Http,
    pub election: LeaderElection,
    pub logging: Logging,
    /// Flags and variables that were read in another way than they were written.
    pub warnings: Vec<ConfigWarning>,
}

/// What is done with a SealedSecret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four things that are each done or not, in any combination"
)]
pub(crate) struct Unseal {
    /// The deprecated form is unsealed too.
    pub deprecated_data: bool,
    pub status: bool,
    /// A Secret that was deleted or edited is corrected at once.
    pub correct_drift: bool,
    /// The controller deletes the Secret of a deleted SealedSecret, instead of garbage collection.
    pub delete_secrets: bool,
    pub templates: Templates,
}

impl Config {
    pub(crate) fn from_cli(cli: Cli) -> Result<Self, ConfigError> {
        let mut warnings: Vec<ConfigWarning> =
            cli.unreadable.into_iter().map(ConfigWarning::Unreadable).collect();
        warnings.extend(cli.ignored.into_iter().map(ConfigWarning::Ignored));
        let (watch, keys) =
            (Watch::from_flags(cli.watch), Keys::from_flags(cli.keys, &cli.key_wrap, &mut warnings)?);
        Ok(Self {
            election: LeaderElection::from_flags(cli.election, &keys.new.prefix, &watch)?,
            watch,
            unseal: Unseal {
                deprecated_data: cli.unseal.accept_deprecated_v1_data,
                status: cli.unseal.update_status,
                correct_drift: !cli.unseal.skip_recreate,
                delete_secrets: cli.unseal.old_gc_behavior,
                templates: Templates::from_flags(cli.unseal.templates, &cli.unseal.templates_except),
            },
            keys,
            http: Http::from_flags(
                &cli.http,
                Accepted { deprecated_data: cli.unseal.accept_deprecated_v1_data },
            )?,
            logging: Logging::from_flags(&cli.log, &mut warnings),
            warnings,
        })
    }
}

#[cfg(test)]
mod tests;
