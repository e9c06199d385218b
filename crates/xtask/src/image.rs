//! `cargo xtask image`: the controller's image in one file, without Docker, and what to do with it.

use std::env;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use harness::binaries::static_controller::StaticController;
use harness::image::reference::Reference;
use harness::image::{Image, architecture};
use harness::workspace;

use crate::paint;
use crate::span::span;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File to write; an OCI archive [default: target/sealed-secrets-controller-VERSION.tar]
    #[arg(long)]
    output: Option<PathBuf>,
    /// Name of the image: REGISTRY/REPOSITORY:TAG
    #[arg(long, default_value = concat!("docker.io/library/sealed-secrets-controller:", env!("CARGO_PKG_VERSION")))]
    reference: Reference,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let start = Instant::now();
    let program = StaticController::build()?;
    let built = span(start.elapsed());
    let file = arguments.output.clone().unwrap_or_else(|| {
        workspace::target_dir().join(concat!("sealed-secrets-controller-", env!("CARGO_PKG_VERSION"), ".tar"))
    });
    let reference = &arguments.reference;
    let written = Image::controller(program.path(), reference.clone()).write(&file)?;
    // As it is typed from here.
    let file = env::current_dir().ok().and_then(|dir| file.strip_prefix(dir).ok()).unwrap_or(&file).display();
    println!("{} written; its program was built in {built}.", paint::good(&file.to_string()));
    println!("  name    {reference}");
    println!("  for     linux/{}", architecture());
    println!("  size    {} MB", written.size / 1_000_000);
    println!("  digest  {}", written.digest);
    println!("Next, one of:");
    println!("  {}", paint::command(&format!("docker load --input {file}")));
    println!("  {}", paint::command(&format!("sudo ctr --namespace k8s.io images import {file}")));
    println!("  {}", paint::command(&format!("skopeo copy oci-archive:{file} docker://{reference}")));
    println!("Then:");
    let install = format!(
        "helm install sealed-secrets charts/sealed-secrets --namespace kube-system \\
    --set fullnameOverride=sealed-secrets-controller \\
    --set image.registry={},image.repository={},image.tag={}",
        reference.registry, reference.repository, reference.tag
    );
    println!("  {}", paint::command(&install));
    Ok(())
}
