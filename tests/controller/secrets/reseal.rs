//! `kubeseal-rs reseal` through the running controller.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::lab::Maker;
use tests::user::person::Person;

use crate::stage::{Stage, VALUE};

pub(crate) async fn a_folder_is_resealed_and_still_opens(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let kubeseal = stage.lab.kubeseal(Maker::Ours)?;
            let secret = Person::secret(namespace, "db", &json!({ "v": VALUE })).to_string();
            let sealed = kubeseal.output(&["-o", "yaml"], secret.as_bytes()).await?;
            let sealed = String::from_utf8(sealed)?;
            // Without the fingerprint annotation, the certificate does not show whether the object is current.
            let lines: Vec<&str> =
                sealed.lines().filter(|line| !line.contains("certificate-fingerprint")).collect();
            let stale = format!("{}\n", lines.join("\n"));
            let stale = stale.replace("  annotations:\n  name", "  name");
            let before = format!(
                "# kept\nkind: ConfigMap\napiVersion: v1\nmetadata: {{name: c}}\n{stale}# kept too\n"
            );
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("app.yaml");
            std::fs::write(&file, &before)?;
            let path = folder.path().to_str().context("the path is no text")?;

            // The key shows it, and a user who may read the key needs no annotation.
            kubeseal.output(&["reseal", "--check", path], b"").await?;
            kubeseal.output(&["reseal", path], b"").await?;
            let annotated = std::fs::read_to_string(&file)?;
            ensure!(
                annotated.contains("certificate-fingerprint") && annotated.contains(item(&sealed)?),
                "{annotated}"
            );
            kubeseal.output(&["reseal", "--all", path], b"").await?;
            let after = std::fs::read_to_string(&file)?;
            ensure!(
                !after.contains(item(&sealed)?)
                    && after.starts_with("# kept\nkind: ConfigMap")
                    && after.ends_with("# kept too\n")
            );
            ensure!(after.contains("certificate-fingerprint"), "{after}");
            kubeseal.output(&["reseal", "--check", path], b"").await?;

            let documents: Vec<serde_json::Value> = serde_saphyr::from_multiple(&after)?;
            person.apply(documents.last().context("no documents")?).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            kubeseal
                .output(&["--validate"], after.split("---").last().unwrap_or_default().as_bytes())
                .await?;
            Ok(())
        })
        .await
}

/// The only sealed item.
fn item(sealed: &str) -> Result<&str> {
    sealed.lines().find_map(|line| line.trim().strip_prefix("v: ")).context("no item")
}
