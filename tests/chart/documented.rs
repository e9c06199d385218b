//! The chart's README lists each of upstream's values; values that pages show are accepted.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::user::page::Page;
use tests::workspace;

use crate::accepted::{controller_knows, parse};
use crate::commands::helm;
use crate::stage::Stage;

/// Pages say `AGE_RECIPIENT`, which the chart refuses: a real one that is copied from a page would have keys that others open.
const RECIPIENT: &str = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45";

/// Pages with values of this chart, and the number of blocks that have them.
const PAGES: [(&str, usize); 2] =
    [("charts/sealed-secrets/README.md", 2), ("controller/docs/key-wrapping.md", 5)];

pub(crate) async fn every_value_of_upstreams_is_in_the_readme(_: Arc<Stage>) -> Result<()> {
    let readme = fs::read_to_string(workspace::chart_dir().join("README.md"))?;
    let values = workspace::root().join("tests/chart/values/upstream/upstream-2.19.yaml");
    let values: Value = serde_saphyr::from_str(&fs::read_to_string(values)?)?;
    let mut names = Vec::new();
    collect(&values, "", &mut names).context("the values are no map")?;
    ensure!(names.len() > 100, "only {} values", names.len());
    for name in names {
        let groups = name.match_indices('.').map(|(at, _)| format!("`{}.*`", &name[..at]));
        let found = groups.chain([format!("`{name}`")]).any(|shown| readme.contains(&shown));
        ensure!(found, "{name} is not in the chart's README");
    }
    Ok(())
}

pub(crate) async fn values_that_pages_show_are_accepted(stage: Arc<Stage>) -> Result<()> {
    for (path, expected) in PAGES {
        let page = Page::read(path)?;
        let blocks = page.blocks("yaml");
        ensure!(blocks.len() == expected, "{path} has {} blocks", blocks.len());
        for block in blocks {
            let file = tempfile::NamedTempFile::new()?;
            fs::write(&file, block.replace("AGE_RECIPIENT", RECIPIENT))?;
            let file = file.path().to_str().context("a temporary path is no UTF-8")?;
            let ran =
                helm(&stage.lab, &["template", "release", "charts/sealed-secrets", "--values", file]).await?;
            let rendered = async { controller_knows(&stage, &parse(&ran.stdout()?)?).await };
            rendered.await.with_context(|| format!("{path}:\n{block}"))?;
        }
    }
    Ok(())
}

/// The paths of all values that are not maps: `a.b.c`.
fn collect(values: &Value, prefix: &str, names: &mut Vec<String>) -> Option<()> {
    for (key, value) in values.as_object()? {
        let name = format!("{prefix}{key}");
        if value.as_object().is_some_and(|inner| !inner.is_empty()) {
            collect(value, &format!("{name}."), names)?;
        } else {
            names.push(name);
        }
    }
    Some(())
}
