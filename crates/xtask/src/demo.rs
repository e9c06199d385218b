//! `cargo xtask demo`: shows what the programs do. One module for each demo; both use the same shell.

mod clusters;
mod gitops;
mod shell;
mod unseal;

use anyhow::Result;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Leave everything running until Ctrl-C, to play with kubectl and kubeseal-rs
    #[arg(long)]
    keep: bool,
    /// Show the way from Git to a Pod: a cluster with a node, Flux, the chart, and a renewed key; needs root on Linux
    #[arg(long)]
    gitops: bool,
    /// How many clusters: with two, one file is sealed for both, and opens in both
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2), conflicts_with = "gitops")]
    clusters: u8,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match arguments {
        Arguments { gitops: true, keep, .. } => gitops::run(*keep),
        Arguments { clusters: 2, keep, .. } => clusters::run(*keep),
        Arguments { keep, .. } => unseal::run(*keep),
    }
}
