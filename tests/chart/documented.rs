//! The chart's README lists each of upstream's values.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::workspace;

use crate::stage::Stage;

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
