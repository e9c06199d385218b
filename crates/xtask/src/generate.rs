//! `cargo xtask generate`: files that are made from code, so that the two cannot differ.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use harness::failure::Failure;
use harness::workspace;

const HEADER: &str = "# Generated from crates/api by `cargo xtask generate`. Change it there.\n";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if a file is not what it should be
    #[arg(long)]
    pub(crate) check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let path = path();
    let wanted = custom_resource_definition()?;
    // A file that cannot be read is one that has to be written.
    let is_current = fs::read_to_string(&path).is_ok_and(|there| there == wanted);
    let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).display();
    if is_current {
        println!("{shown} is up to date");
        return Ok(());
    }
    let differs =
        || Failure::new(format!("{shown} is not what crates/api says"), "run `cargo xtask generate`");
    ensure!(!arguments.check, differs());
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    }
    fs::write(&path, wanted).with_context(|| format!("cannot write {shown}"))?;
    println!("{shown} written");
    Ok(())
}

fn path() -> PathBuf {
    workspace::chart_dir().join("crds/bitnami.com_sealedsecrets.yaml")
}

fn custom_resource_definition() -> Result<String> {
    let yaml = serde_saphyr::to_string(&serde_json::to_value(api::crd())?).context("cannot write YAML")?;
    Ok(format!("{HEADER}---\n{}\n", yaml.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() -> Result<()> {
        let read: serde_json::Value = serde_saphyr::from_str(&custom_resource_definition()?)?;
        assert_eq!(read, serde_json::to_value(api::crd())?);
        Ok(())
    }
}
