//! `refused/`: values that the chart refuses, with its messages; and values of upstream's that have another name here.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use tests::workspace;

use crate::case::Case;
use crate::commands::helm;
use crate::stage::Stage;

pub(crate) async fn values_that_cannot_be_meant_are_named(stage: Arc<Stage>) -> Result<()> {
    for case in Case::all("refused")? {
        let says = case.expects("says").next().context("the case does not say what is said")?;
        let ran = case.template(&stage.lab).await?;
        ensure!(!ran.succeeded && ran.stderr.contains(says), "{}: {}", case.name(), ran.stderr);
    }
    Ok(())
}

/// Every value whose kind is known, at once.
pub(crate) async fn a_value_of_the_wrong_kind_is_named_with_all_others(stage: Arc<Stage>) -> Result<()> {
    let kinds: BTreeMap<String, String> = serde_saphyr::from_str(&read("kinds.yaml")?)?;
    let ours: Value = serde_saphyr::from_str(&read("values.yaml")?)?;
    let mut values = Value::Object(Map::new());
    for path in kinds.keys() {
        let (place, last) = path.rsplit_once('.').unwrap_or(("", path));
        let place = if place.is_empty() { String::new() } else { format!("/{}", place.replace('.', "/")) };
        let is_ours = ours.pointer(&place).is_some_and(|place| place.get(last).is_some());
        ensure!(
            is_ours || path == "enabled" || last == "terminationGracePeriodSeconds",
            "{path} is no value"
        );
        put(&mut values, path, json!("x"))?;
    }
    let stderr = refusal(&stage, &values).await?;
    for path in kinds.keys() {
        ensure!(stderr.contains(&format!("\n  {path}: \"x\" is ")), "{path}: {stderr}");
    }
    Ok(())
}

pub(crate) async fn what_is_called_otherwise_is_refused_with_its_name_here(stage: Arc<Stage>) -> Result<()> {
    let renamed: BTreeMap<String, String> = serde_saphyr::from_str(&read("renamed.yaml")?)?;
    let ours: Value = serde_saphyr::from_str(&read("values.yaml")?)?;
    let there = |path: &str| ours.pointer(&format!("/{}", path.replace('.', "/"))).is_some();
    let mut values = Value::Object(Map::new());
    for (path, name) in &renamed {
        let name = name.split([' ', ',', ';', ':']).next().unwrap_or_default();
        ensure!(there(name) || name == "nothing", "{path}: there is no {name}");
        ensure!(!there(path), "{path} is a value of ours");
        put(&mut values, path, json!("x"))?;
    }
    let stderr = refusal(&stage, &values).await?;
    for (path, name) in renamed {
        ensure!(stderr.contains(&format!("{path}: write {name}")), "{path}: {stderr}");
    }
    Ok(())
}

fn read(name: &str) -> Result<String> {
    let path = workspace::chart_dir().join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// Sets the value at a path with points.
fn put(values: &mut Value, path: &str, value: Value) -> Result<()> {
    let mut location = values;
    for part in path.split('.') {
        let map = location.as_object_mut().with_context(|| format!("{path}: no map"))?;
        location = map.entry(part).or_insert_with(|| Value::Object(Map::new()));
    }
    *location = value;
    Ok(())
}

/// What helm says about these values, which must not be taken.
async fn refusal(stage: &Stage, values: &Value) -> Result<String> {
    let file = tempfile::NamedTempFile::new()?;
    fs::write(&file, values.to_string())?;
    let file = file.path().to_str().context("a temporary path is no UTF-8")?;
    let ran = helm(&stage.lab, &["template", "release", "charts/sealed-secrets", "--values", file]).await?;
    ensure!(!ran.succeeded, "they are taken");
    Ok(ran.stderr)
}
