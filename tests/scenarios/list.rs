//! Reads the list: every file under `list/`, a YAML document for each scenario.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::workspace;

use crate::scenario::Scenario;

/// Every scenario, in the order of its file.
pub(crate) fn all() -> Result<Vec<Scenario>> {
    let folder = workspace::root().join("tests/scenarios/list");
    let mut files: Vec<_> = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    let mut scenarios: Vec<Scenario> = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let documents: Vec<Value> = serde_saphyr::from_multiple(&text)
            .with_context(|| format!("{} is broken YAML", file.display()))?;
        for document in documents {
            let name = document["name"].to_string();
            let scenario = serde_json::from_value(document).map_err(Into::into).and_then(sound);
            scenarios.push(scenario.with_context(|| format!("{}: {name}", file.display()))?);
        }
    }
    ensure!(scenarios.len() > 20, "scenarios are missing: there are {}", scenarios.len());
    Ok(scenarios)
}

/// Checks that a scenario with a difference gives a reason, and a different end state.
fn sound(scenario: Scenario) -> Result<Scenario> {
    if let Some(better) = &scenario.ours {
        ensure!(!better.because.is_empty(), "a difference without a reason");
        ensure!(better.expect != scenario.expect, "a difference that is none");
    }
    Ok(scenario)
}
