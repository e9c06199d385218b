//! `clusters`: the clusters of the project file: what is known of them, their certificates, and which of all that is trusted.
//!
//! A file for each subcommand, with its flags and its help; a new one needs a file, a `mod` line, and two lines in `ClustersCommand` and
//! `run`. Shared: `served` (the certificate that a cluster serves now), `error`. The project file itself, and trust, are in `project`.

pub(crate) mod error;
pub(crate) mod fetch;
pub(crate) mod list;
pub(crate) mod schema;
pub(crate) mod served;
pub(crate) mod trust;

use crate::error::CommandError;
use crate::terminal::program::name;
use clap::{Args, Subcommand};

/// The first part of `help clusters`.
pub(crate) const LONG_ABOUT: &str = "The clusters of the project file, .sealed-secrets.yaml at the root of the repository: what is known of \
    them, their certificates, and which of all that you trust.\n\n\
    A pull request can change the project file and the certificates beside it. So values are sealed only for keys, and by \
    rules, that you have accepted on this machine, or that a list for CI names.";

/// List, fetch and trust the certificates of the clusters in the project file.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # What is there, is it trusted, and is it the newest?\n  \
        {0} clusters list --check\n\n  \
        # The present certificates\n  \
        {0} clusters fetch\n\n  \
        # After a colleague changed the project file\n  \
        {0} clusters trust", name()))]
pub(crate) struct ClustersArgs {
    #[command(subcommand)]
    pub command: ClustersCommand,
}

/// The commands for clusters.
#[derive(Debug, Subcommand)]
pub(crate) enum ClustersCommand {
    List(list::ListArgs),
    Fetch(fetch::FetchArgs),
    Trust(trust::TrustArgs),
    Schema(schema::SchemaArgs),
}

pub(crate) fn run(args: ClustersArgs) -> Result<(), CommandError> {
    match args.command {
        ClustersCommand::List(args) => list::run(&args),
        ClustersCommand::Fetch(args) => fetch::run(&args),
        ClustersCommand::Trust(args) => trust::run(&args),
        ClustersCommand::Schema(args) => schema::run(&args),
    }
}
