//! The chart's CustomResourceDefinition, from the types of `crates/api`.

use anyhow::{Context as _, Result};
use harness::workspace;

use super::generated::Generated;

const HEADER: &str = "# Generated from crates/api by `cargo xtask generate`. Change it there.\n";

pub(super) fn generated() -> Result<Generated> {
    Ok(Generated {
        path: workspace::chart_dir().join("crds/bitnami.com_sealedsecrets.yaml"),
        contents: contents()?,
        source: "crates/api",
    })
}

fn contents() -> Result<String> {
    let yaml = serde_saphyr::to_string(&serde_json::to_value(api::crd())?).context("cannot write YAML")?;
    Ok(format!("{HEADER}---\n{}\n", yaml.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() -> Result<()> {
        let read: serde_json::Value = serde_saphyr::from_str(&contents()?)?;
        assert_eq!(read, serde_json::to_value(api::crd())?);
        Ok(())
    }
}
