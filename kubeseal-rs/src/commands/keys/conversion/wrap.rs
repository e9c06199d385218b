//! `keys wrap`: has the controller wrap keys that are in plain.

use crate::commands::keys::conversion::request::{self, Conversion, RequestFlags};
use crate::error::CommandError;
use crate::terminal::program::name;
use api::sealing_key::WRAP;
use clap::Args;

/// The first part of `help keys wrap`.
pub(crate) const LONG_ABOUT: &str = "Have the controller wrap keys that lie in plain, with the providers of its --key-wrap-with, and wait for it, for up to \
    --timeout. The request is an annotation on each key's Secret, so that a controller that is down does it when it is back. It stores the \
    key in a new Secret, reads that back, unwraps it through each provider, and deletes the Secret in plain.\n\n\
    Backups from before, the history of etcd, and copies in Git still have the key in plain: make a new key with `keys renew`, and reseal.";

/// Have the controller wrap keys that are in plain.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys wrap --all\n  \
        {0} keys wrap 3f2a9c0d1e2b --timeout 10m", name()))]
pub(crate) struct WrapArgs {
    #[command(flatten)]
    pub request: RequestFlags,
}

pub(crate) fn run(args: WrapArgs) -> Result<(), CommandError> {
    let conversion = Conversion {
        command: "keys wrap",
        annotation: WRAP,
        is_meant: |form| form.plain().is_some(),
        none: "no key in use is in plain",
        otherwise: |short, form| Ok(format!("{short} is {form} already")),
        what: "wrap these keys",
        waiting: "waiting until the controller has wrapped the keys",
        left: "still have these keys in plain",
    };
    request::run(args.request, &conversion)
}
