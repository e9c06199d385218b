//! Objects in requests to a controller, and in files: they can be larger than what the API server takes.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::annotations::RECIPIENTS;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::network::http_client::http_client;

use crate::scene::cluster::{Cluster, recipients_of};
use crate::scene::program::Reseal;
use crate::stage::Stage;

const VALUES: [(&str, &str); 2] = [("a", "1"), ("b", "2")];

const ENTRIES: usize = 10_000;

/// The body of a request may have 2 MiB.
const TOO_LARGE: u16 = 413;
const OPENS: u16 = 200;
const DOES_NOT_OPEN: u16 = 409;

pub(crate) async fn ten_thousand_entries_are_not_tried(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(Maker::Ours, async |scene| {
            let sealed = scene.seal("db", &VALUES).await?;
            // Too few bytes for a key, and as many as one of 2048 bits can decrypt: 0.9 and 4.3 MB.
            let (short, long) = (crowded(&sealed, 1)?, crowded(&sealed, 256)?);
            let [first, second] = &scene.clusters;
            for (cluster, path, answers) in [
                // The items themselves open.
                (first, "verify", [OPENS, TOO_LARGE]),
                (second, "verify", [DOES_NOT_OPEN, TOO_LARGE]),
                // They would be sealed anew, and be lost for the other.
                (first, "rotate", [DOES_NOT_OPEN, TOO_LARGE]),
                (second, "rotate", [DOES_NOT_OPEN, TOO_LARGE]),
            ] {
                for (sealed, expected) in [&short, &long].into_iter().zip(answers) {
                    let answer = post(cluster, path, sealed).await?;
                    ensure!(answer == expected, "{path}: {answer}, and not {expected}");
                }
            }
            for index in 0..2 {
                for sealed in [&short, &long] {
                    for how in [Reseal::Verb, Reseal::ReEncrypt(Maker::Ours)] {
                        let Err(said) = scene.reseal(index, how, sealed).await? else {
                            anyhow::bail!("{how:?} took it");
                        };
                        ensure!(said.contains("longer than 262,144 bytes"), "{how:?}: {said}");
                    }
                }
            }
            // The controllers answer as before.
            for cluster in &scene.clusters {
                ensure!(post(cluster, "verify", &sealed).await? == OPENS, "an honest one does not open");
            }
            Ok(())
        })
        .await
}

/// The status code of the answer.
async fn post(cluster: &Cluster, path: &str, sealed: &Value) -> Result<u16> {
    let request = http_client().build()?.post(format!("{}/v1/{path}", cluster.pod()?.url()));
    Ok(request.body(sealed.to_string()).send().await?.status().as_u16())
}

/// With entries that name the keys of both clusters, and do not open, before the ones that do.
fn crowded(sealed: &Value, length: usize) -> Result<Value> {
    let mut document: Value = serde_json::from_str(recipients_of(sealed).context("no annotation")?)?;
    let entries = document["groups"][0]["to"].as_array_mut().context("no entries")?;
    let names = [entries[0]["cert"].clone(), entries[1]["cert"].clone()];
    let key = BASE64_STANDARD.encode(vec![7; length]);
    entries.splice(..0, (0..ENTRIES).map(|index| json!({ "cert": names[index % 2], "key": key })));
    let mut crowded = sealed.clone();
    crowded["metadata"]["annotations"][RECIPIENTS] = json!(document.to_string());
    Ok(crowded)
}
