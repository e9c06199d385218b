//! [`ConfigError`]: a flag whose value is refused at the start.

use key_wrapping::{ClusterNameError, ProviderSpecError};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("--{0}: write `:PORT` or `HOST:PORT`, with a port from 0 to 65535")]
    ListenAddress(&'static str),
    #[error("--{0}: write a duration greater than zero")]
    NotPositive(&'static str),
    #[error("--{0}: write a duration that is not negative")]
    Negative(&'static str),
    #[error("--{0}: write a list as in `a=b,c=d`")]
    Pairs(&'static str),
    #[error(
        "--key-prefix: a prefix is lower-case letters, digits and `-`, begins with a letter or digit, and has at most \
         200 characters"
    )]
    KeyPrefix,
    #[error("--key-size: a key has 2048, 3072, 4096 or 8192 bits")]
    KeySize,
    #[error("--key-cutoff-time: write a date as in `Mon, 02 Jan 2006 15:04:05 +0200`")]
    Cutoff,
    #[error(
        "--leader-elect-lease-duration must be longer than --leader-elect-renew-deadline, and that longer than \
         --leader-elect-retry-period; a lease lasts from a second to a day"
    )]
    LeaseTerms,
    #[error("--leader-elect-resource-name: a name is lower-case letters, digits, `-` and `.`")]
    LeaseName,
    #[error("--{flag}: provider {number}: {source}")]
    Provider { flag: &'static str, number: usize, source: ProviderSpecError },
    #[error("--{flag}: {text} is given twice")]
    ProviderTwice { flag: &'static str, text: String },
    #[error("--key-wrap-with: a key has at most 8 providers")]
    TooManyProviders,
    #[error("--key-wrap-required and --key-unwrap-all need --key-wrap-with or --key-unwrap-with")]
    NoProvider,
    #[error(
        "--key-wrap-required: an age recipient alone wraps keys that this controller could never open; add --key-wrap-with with a \
         service, or leave --key-wrap-required out: keys then stay in plain, with a copy for the recipient"
    )]
    NothingOpens,
    #[error(
        "--key-unwrap-with: an age recipient opens nothing; its identity does, with `kubeseal-rs keys unwrap --identity`"
    )]
    AgeOpensNothing,
    #[error("--key-unwrap-all: name the providers with --key-unwrap-with, and none with --key-wrap-with")]
    UnwrapAll,
    #[error("--cluster-name: {0}; wrapped keys are bound to it, so choose one for this cluster and keep it")]
    ClusterName(ClusterNameError),
    #[error("--rate-limit: write a number greater than zero")]
    RateLimit,
    #[error("--rate-limit-burst: write a number that is not negative")]
    RateLimitBurst,
}
