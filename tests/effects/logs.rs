//! `--log-level` and `--log-format`: what a running controller logs, and in which format.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use serde_json::{Value, json};
use tests::user::person::Person;

use crate::stage::Stage;

pub(crate) async fn only_errors_are_logged_and_each_line_is_json(stage: Arc<Stage>) -> Result<()> {
    stage
        .both(async |maker, namespace| {
            let person = &stage.person;
            for (level, expects_info) in [("INFO", true), ("ERROR", false)] {
                let pod = stage.start(maker, &[("log-level", level), ("log-format", "json")]).await?;
                let name = level.to_lowercase();
                person.seal_and_apply(&Person::secret(namespace, &name, &json!({ "v": "1" })), &[]).await?;
                person.sees_synced(namespace, &name, ConditionStatus::True).await?;
                let logs = pod.logs()?;
                let lines: Vec<Value> = logs.lines().filter_map(|it| serde_json::from_str(it).ok()).collect();
                let whole = lines.len() == logs.lines().count();
                ensure!(whole, "not JSON: {logs}");
                for line in &lines {
                    let keys = ["time", "level", "msg"].map(|key| line[key].as_str());
                    ensure!(keys.iter().all(Option::is_some), "{line}");
                }
                let has_info = lines.iter().any(|line| line["level"] == "INFO");
                ensure!(has_info == expects_info, "{level}: {logs}");
                stage.stop(maker, pod).await?;
            }
            Ok(())
        })
        .await
}
