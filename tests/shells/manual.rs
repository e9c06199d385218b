//! The man pages have no faults that a reader of roff finds.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Result, ensure};
use tests::workspace;

use crate::stage::{Stand, installed, printed};

fn pages() -> Result<Vec<PathBuf>> {
    let folder = workspace::root().join("kubeseal-rs/man");
    let pages = folder.read_dir()?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    ensure!(pages.len() > 10, "{pages:?}");
    Ok(pages)
}

pub(crate) async fn groff_reads_it(_: Arc<Stand>) -> Result<()> {
    let groff = installed("groff")?;
    for page in pages()? {
        let said = printed(Command::new(&groff).args(["-man", "-ww", "-z", "-Tutf8", "-Kutf8"]).arg(&page))?;
        ensure!(said.is_empty(), "{}: {said}", page.display());
    }
    Ok(())
}

pub(crate) async fn mandoc_reads_it(_: Arc<Stand>) -> Result<()> {
    let mandoc = installed("mandoc")?;
    for page in pages()? {
        // A warning is that a page has no date: it would change with each release.
        printed(Command::new(&mandoc).args(["-T", "lint", "-W", "error"]).arg(&page))?;
    }
    Ok(())
}
