//! Values that are null, as `podLabels:` with nothing after it: helm then removes the chart's own value. Each value
//! that may be null in upstream's chart may be null in ours.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Map, Value, json};
use tests::lab::Lab;
use tests::programs::upstream_chart::upstream_chart;

use crate::commands::{Ran, helm};
use crate::stage::Stage;

/// Number of renderings at the same time.
const AT_ONCE: usize = 4;

pub(crate) async fn whatever_may_be_left_empty_in_upstreams_may_be_here(stage: Arc<Stage>) -> Result<()> {
    let upstreams = upstream_chart()?;
    let values = std::fs::read_to_string(upstreams.join("values.yaml"))?;
    let mut paths = Vec::new();
    collect(&serde_saphyr::from_str(&values)?, &[], &mut paths).context("the values are no map")?;
    ensure!(paths.len() > 100, "only {} values", paths.len());
    let (lab, upstreams) = (&stage.lab, &upstreams.display().to_string());
    stream::iter(paths)
        .map(|path| async move {
            let name = path.join(".");
            let values = with_nothing_at(&path)?;
            let ran = template(lab, "charts/sealed-secrets", &values).await?;
            if !ran.succeeded {
                let theirs = template(lab, upstreams, &values).await?;
                ensure!(!theirs.succeeded, "{name}: upstream's renders, and ours says {}", ran.stderr);
            }
            for hole in ["<nil>", "%!", "<no value>"] {
                let line = ran.stdout.lines().find(|line| line.contains(hole));
                ensure!(line.is_none(), "{name}: {line:?}");
            }
            Ok(())
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

async fn template(lab: &Lab, chart: &str, values: &Value) -> Result<Ran> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(&file, values.to_string())?;
    let file = file.path().to_str().context("a temporary path is no UTF-8")?.to_owned();
    helm(lab, &["template", "release", chart, "--values", &file]).await
}

/// Enables everything that can be rendered, with null for this one value.
fn with_nothing_at(path: &[String]) -> Result<Value> {
    let mut values = json!({
        "ingress": { "enabled": true },
        "networkPolicy": { "enabled": true },
        "metrics": {
            "serviceMonitor": { "enabled": true },
            "prometheusRule": { "enabled": true },
            "dashboards": { "create": true },
        },
        "pdb": { "create": true },
    });
    let (last, parents) = path.split_last().context("an empty path")?;
    let mut location = &mut values;
    for name in parents {
        let map = location.as_object_mut().context("no map")?;
        location = map.entry(name).or_insert_with(|| Value::Object(Map::new()));
    }
    location[last] = Value::Null;
    Ok(values)
}

/// The paths of all values, maps included.
fn collect(values: &Value, prefix: &[String], paths: &mut Vec<Vec<String>>) -> Option<()> {
    for (key, value) in values.as_object()? {
        let path = [prefix, std::slice::from_ref(key)].concat();
        if value.is_object() {
            collect(value, &path, paths)?;
        }
        paths.push(path);
    }
    Some(())
}
