//! `cargo xtask generate`: writes the files that are made from others, so that the two cannot differ. There is a module for each kind.

mod definition;
mod flags;
mod generated;
mod kms_v2;
mod man_pages;
mod manifests;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use harness::failure::Failure;
use harness::workspace;

use generated::Generated;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if a file is not what it should be
    #[arg(long)]
    pub(crate) check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    // In this order: helm reads the definition that is written before.
    write(&definition::generated()?, arguments)?;
    write(&manifests::generated()?, arguments)?;
    write(&kms_v2::generated()?, arguments)?;
    man_pages::generated()?.iter().chain(&flags::generated()).try_for_each(|page| write(page, arguments))
}

fn write(file: &Generated, arguments: &Arguments) -> Result<()> {
    let shown = shown(&file.path);
    // A file that cannot be read is one that has to be written.
    if fs::read_to_string(&file.path).is_ok_and(|there| there == file.contents) {
        println!("{shown} is up to date");
        return Ok(());
    }
    let differs =
        || Failure::new(format!("{shown} is not what {} says", file.source), "run `cargo xtask generate`");
    ensure!(!arguments.check, differs());
    if let Some(dir) = file.path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    }
    fs::write(&file.path, &file.contents).with_context(|| format!("cannot write {shown}"))?;
    println!("{shown} written");
    Ok(())
}

fn shown(path: &Path) -> String {
    path.strip_prefix(workspace::root()).unwrap_or(path).display().to_string()
}
