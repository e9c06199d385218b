//! `keys list`.

use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::{Stage, short, stop};

pub(crate) async fn every_key_and_what_needs_it(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            ensure!(scene.printed(&["list"]).await?.contains("There is no sealing key"));
            let pod = scene.start().await?;
            let first = scene.newest().await?;
            scene.unsealed("one", "1").await?;
            scene.unsealed("two", "2").await?;
            let in_git = scene.seal("three", "3").await?;
            let second = scene.printed(&["renew"]).await?.trim().to_owned();
            scene.unsealed("four", "4").await?;

            // The keys decide, even if the fingerprint annotation says otherwise.
            scene.write("three.json", in_git.to_string())?;
            let mut unhinted = in_git.clone();
            unhinted["metadata"]["annotations"] = json!({});
            scene.write("unhinted.json", unhinted.to_string())?;
            scene.write("broken.yaml", "kind: SealedSecret\nspec: {")?;
            let ran = scene.keys(&["list", "-o", "json", "."]).await?;
            ensure!(ran.stderr.contains("not read: ./broken.yaml"), "{}", ran.stderr);
            let listing: serde_json::Value = serde_json::from_slice(&ran.stdout)?;
            ran.failure(1)?;
            ensure!(listing["keys"][0]["files"].is_null(), "{listing}");
            scene.write("broken.yaml", "")?;
            let listing = scene.listing(&["."]).await?;
            for (index, fingerprint, newest, cluster, files) in
                [(0, &second, true, 1, 0), (1, &first, false, 2, 2)]
            {
                let key = &listing["keys"][index];
                ensure!(key["fingerprint"] == **fingerprint && key["state"] == "active", "{key}");
                ensure!(
                    key["newest"] == newest && key["cluster"] == cluster && key["files"] == files,
                    "{key}"
                );
                for time in ["created", "notBefore", "notAfter"] {
                    ensure!(key[time].as_str().is_some_and(|text| text.starts_with("20")), "{time}: {key}");
                }
            }
            ensure!(listing["keys"][2].is_null() && listing["unknown"] == json!([]), "{listing}");

            let text = scene.printed(&["list"]).await?;
            let lines: Vec<&str> = text.lines().collect();
            ensure!(lines.len() == 3 && lines[0].starts_with("FINGERPRINT   STATE"), "{text}");
            ensure!(lines[1].starts_with(short(&second)) && lines[1].contains("active, newest"), "{text}");
            stop(pod).await?;

            // An object that the controller has not processed yet has no key in its status.
            let mut later = in_git;
            later["metadata"]["name"] = json!("later");
            scene.person.apply(&later).await?;
            let text = scene.printed(&["list"]).await?;
            ensure!(text.contains("1 SealedSecret does not say") && text.contains("/later"), "{text}");
            Ok(())
        })
        .await
}
