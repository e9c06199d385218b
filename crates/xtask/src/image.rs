//! `cargo xtask image`: the image of a program in one file, without Docker, and what to do with it.

use std::env;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use harness::workspace;
use release::image::Image;
use release::image::reference::Reference;
use release::platform::architecture;
use release::program::{Linkage, Program};

use crate::paint;
use crate::span::span;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The program that the image runs
    #[arg(value_enum, default_value_t)]
    program: ProgramName,
    /// File to write; an OCI archive [default: target/NAME-VERSION.tar]
    #[arg(long)]
    output: Option<PathBuf>,
    /// Name of the image: REGISTRY/REPOSITORY:TAG [default: docker.io/library/NAME:VERSION]
    #[arg(long)]
    reference: Option<Reference>,
}

#[derive(Debug, Default, Clone, Copy, clap::ValueEnum)]
enum ProgramName {
    #[default]
    Controller,
    KubesealRs,
}

impl ProgramName {
    /// What its image is called.
    const fn image(self) -> &'static str {
        match self {
            Self::Controller => "sealed-secrets-controller",
            Self::KubesealRs => "kubeseal-rs",
        }
    }

    fn build(self) -> Result<Program> {
        match self {
            Self::Controller => Program::controller(),
            Self::KubesealRs => Program::kubeseal_rs(Linkage::Static),
        }
    }

    fn of(self, program: &Program, reference: Reference) -> Image {
        match self {
            Self::Controller => Image::controller(program.path(), reference),
            Self::KubesealRs => Image::kubeseal_rs(program.path(), reference),
        }
    }

    /// Commands that use the image, once a node or a registry has it.
    fn use_it(self, reference: &Reference) -> String {
        match self {
            Self::Controller => format!(
                "helm install sealed-secrets charts/sealed-secrets --namespace kube-system \\
    --set fullnameOverride=sealed-secrets-controller \\
    --set image.registry={},image.repository={},image.tag={}",
                reference.registry, reference.repository, reference.tag
            ),
            Self::KubesealRs => format!("docker run --rm {reference} --version"),
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let start = Instant::now();
    let name = arguments.program;
    let reference = match &arguments.reference {
        Some(reference) => reference.clone(),
        None => format!("{}:{}", name.image(), env!("CARGO_PKG_VERSION")).parse()?,
    };
    let program = name.build()?;
    let built = span(start.elapsed());
    let file = arguments.output.clone().unwrap_or_else(|| {
        workspace::target_dir().join(format!("{}-{}.tar", name.image(), env!("CARGO_PKG_VERSION")))
    });
    let written = name.of(&program, reference.clone()).write(&file)?;
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
    println!("  {}", paint::command(&name.use_it(&reference)));
    Ok(())
}
