//! `cargo xtask demo`: shows what the programs do. One module for each demo; both use the same shell.

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
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.gitops { gitops::run(arguments.keep) } else { unseal::run(arguments.keep) }
}
