//! Files that are resealed through the running controller: what `kubeseal-rs reseal` is for.

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
            // Without the hint the certificate does not tell whether it is the present key's.
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

            // The key itself does, and who may read it needs nothing more than the hint.
            kubeseal.output(&["reseal", "--check", path], b"").await?;
            kubeseal.output(&["reseal", path], b"").await?;
            let noted = std::fs::read_to_string(&file)?;
            ensure!(noted.contains("certificate-fingerprint") && noted.contains(item(&sealed)?), "{noted}");
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
