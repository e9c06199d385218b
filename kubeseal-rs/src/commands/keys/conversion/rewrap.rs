//! `keys rewrap`: has the controller wrap keys anew, with the providers that it has now.

use crate::commands::keys::conversion::error::ConversionError;
use crate::commands::keys::conversion::request::{self, Conversion, RequestFlags};
use crate::error::CommandError;
use crate::terminal::program::name;
use api::sealing_key::REWRAP;
use clap::Args;

/// The first part of `help keys rewrap`.
pub(crate) const LONG_ABOUT: &str = "Have the controller wrap keys anew, with the providers that its --key-wrap-with names now, and wait for it, for up to --timeout: \
    after a provider or an age recipient was added or taken out, or when a provider has a new version of its key. The controller adds no provider \
    to an existing key unless it is asked to.\n\n\
    The key is encrypted under a new data key, in a new Secret, which is read back and unwrapped before the old one is deleted. A provider that was \
    taken out still opens backups from before, the history of etcd, and copies in Git: if it is not to open any more, make a new key with `keys renew`, and reseal. Those backups do not open with what was added: make a new \
    one with `keys backup`.";

/// Have the controller wrap keys anew, with the providers that it has now.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # The controller has another age recipient\n  \
        {0} keys rewrap --all\n  \
        {0} keys list -o wide", name()))]
pub(crate) struct RewrapArgs {
    #[command(flatten)]
    pub request: RequestFlags,
}

pub(crate) fn run(args: RewrapArgs) -> Result<(), CommandError> {
    let conversion = Conversion {
        command: "keys rewrap",
        annotation: REWRAP,
        is_meant: |form| form.wrapped().is_some(),
        none: "no key in use is wrapped",
        otherwise: |short, _| Err(ConversionError::InPlain(short)),
        what: "wrap these keys anew",
        waiting: "waiting until the controller has wrapped the keys anew",
        left: "still have these keys for the providers of before, and for no others. Make a new backup with `keys backup`. If one of those \
               providers is not to open them any more",
    };
    request::run(args.request, &conversion)
}
