//! `keys renew`: a new key, now.

use crate::certificate::cache_served;
use crate::commands::keys::after_renewal::advise;
use crate::commands::keys::renewal::make_fresh;
use crate::error::CommandError;
use crate::files::output::print_text;
use crate::key_store::KeyStore;
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::timeout::Timeout;
use crate::target;
use crate::terminal::program::name;
use clap::Args;

/// The first part of `help keys renew`.
pub(crate) const LONG_ABOUT: &str = "Request a new sealing key from the controller now, and wait for it, for up to --timeout. Prints its fingerprint. \
    Then make a backup, because no earlier one has the new key.\n\n\
    The request is an annotation on the newest key, through the API server, so that it does not matter \
    which replica leads, and that a controller which is down makes the key when it is back. Sealed \
    values stay valid: older keys still open them.";

/// Let the controller make a new key now.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys renew\n  \
        {0} keys renew --timeout 10m &&\n    {0} keys backup --recipients-file admins.txt -o keys.age --force", name()))]
pub(crate) struct RenewArgs {
    /// How long to wait for the new key, as in 30s or 2m; 0 is for ever.
    #[arg(long, default_value = "2m", value_name = "DURATION")]
    pub timeout: Timeout,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

/// Printed if it takes long.
const MEANWHILE: &str = "a controller that runs answers within seconds, but for RSA keys of 8192 bits";

pub(crate) fn run(args: RenewArgs) -> Result<(), CommandError> {
    let controller = target::key_store(args.key_store)?;
    let store = KeyStore::connect(&controller)?;
    let new = make_fresh(&store, &store.keys()?, args.timeout, MEANWHILE)?;
    if let Some(certificate) = new.certificate() {
        cache_served(&controller, certificate);
    }
    advise(&controller, &new);
    let fingerprint = new.fingerprint().map(|it| it.to_string()).unwrap_or_default();
    Ok(print_text(&format!("{fingerprint}\n"))?)
}
