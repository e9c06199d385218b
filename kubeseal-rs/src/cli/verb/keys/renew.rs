//! [`RenewFlags`]: what `keys renew` takes.

use crate::cli::verb::keys::place::KeyPlaceFlags;
use crate::cluster::timeout::Timeout;
use crate::process::program::name;
use clap::Args;

/// What `help keys renew` begins with.
pub(crate) const LONG_ABOUT: &str = "Ask the controller for a new sealing key now, and wait until it is there. Prints its fingerprint.\n\n\
    It is asked through the API server, by an annotation on the newest key, so that it does not matter which replica leads, \
    and that a controller which is down does it when it is back. What is sealed stays sealed: older keys go on opening.";

/// `keys renew`.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  \
        {0} keys renew\n  \
        {0} keys renew --timeout 10m &&\n    {0} keys backup --recipients-file admins.txt -o keys.age --force", name()))]
pub(crate) struct RenewFlags {
    /// How long to wait for the new key, as in 30s or 2m; 0 is for ever.
    #[arg(long, default_value = "2m", value_name = "DURATION")]
    pub timeout: Timeout,

    #[command(flatten)]
    pub place: KeyPlaceFlags,
}
