//! The manual of kubeseal-rs, from its own definition of flags and commands.

use anyhow::{Context as _, Result};
use harness::workspace;

use super::generated::Generated;

/// A file for each page.
pub(super) fn generated() -> Result<Vec<Generated>> {
    let dir = workspace::root().join("kubeseal-rs/man");
    let pages = kubeseal_rs::man_pages().into_iter().map(|(name, page)| {
        let contents = String::from_utf8(page).with_context(|| format!("{name} is not text"))?;
        Ok(Generated { path: dir.join(name), contents, source: "kubeseal-rs/src/cli" })
    });
    pages.collect()
}
