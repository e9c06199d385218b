//! `/v1/verify` and `/v1/rotate`: their answers, and that clients learn nothing else from them.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use reqwest::Response;
use serde_json::{Value, json};
use tests::network::http_client::http_client;
use tests::user::person::Person;

use crate::stage::{Stage, VALUE};

async fn post(stage: &Stage, path: &str, body: impl Into<reqwest::Body>) -> Result<Response> {
    let http = http_client().build()?;
    Ok(http.post(format!("{}{path}", stage.pod.url())).body(body).send().await?)
}

/// A SealedSecret that opens here, and copies with one change each, after which they do not open.
async fn sealed_and_spoilt(stage: &Stage, namespace: &str) -> Result<(Value, Vec<Value>)> {
    let sealed = stage.person.seal(&Person::secret(namespace, "db", &json!({ "v": VALUE })), &[]).await?;
    let changes: [fn(&mut Value); 5] = [
        |sealed| sealed["metadata"]["name"] = json!("other"),
        |sealed| sealed["metadata"]["namespace"] = json!("other"),
        |sealed| {
            sealed["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/cluster-wide": "true" });
        },
        |sealed| sealed["spec"]["encryptedData"]["v"] = json!("AgAB"),
        |sealed| sealed["spec"]["encryptedData"]["more"] = json!("%%%"),
    ];
    let spoilt = changes.map(|change| {
        let mut spoilt = sealed.clone();
        change(&mut spoilt);
        spoilt
    });
    Ok((sealed, spoilt.into()))
}

pub(crate) async fn verify_says_whether_it_opens_and_nothing_more(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |_, namespace| {
            let (sealed, spoilt) = sealed_and_spoilt(&stage, namespace).await?;
            ensure!(post(&stage, "/v1/verify", sealed.to_string()).await?.status() == 200);

            // A template would reveal the value by the time that it takes, or by failing.
            let mut templated = sealed.clone();
            templated["spec"]["template"]["data"] = json!({ "x": "{{ fail .v }}" });
            ensure!(
                post(&stage, "/v1/verify", templated.to_string()).await?.status() == 200,
                "it was rendered"
            );

            for spoilt in spoilt {
                let answer = post(&stage, "/v1/verify", spoilt.to_string()).await?;
                ensure!(answer.status() == 409, "{}", answer.status());
                ensure!(answer.bytes().await?.is_empty(), "all failures look the same");
            }
            for nothing in ["", "{}", "kind: Secret", "[1, 2", "- a\n- b\n"] {
                ensure!(post(&stage, "/v1/verify", nothing).await?.status() == 500, "{nothing}");
            }
            // A valid SealedSecret with too many items: the response depends on their number only.
            let mut many = sealed.clone();
            let item = &sealed["spec"]["encryptedData"]["v"];
            many["spec"]["encryptedData"] =
                (0..501).map(|number| (format!("v{number}"), item.clone())).collect();
            for path in ["/v1/verify", "/v1/rotate"] {
                let answer = post(&stage, path, many.to_string()).await?;
                ensure!(answer.status() == 413, "{path}: {}", answer.status());
                let why = answer.text().await?;
                ensure!(why.contains("more than 500 items"), "{path}: {why}");
            }
            let huge = post(&stage, "/v1/verify", vec![b' '; 3 << 20]).await?;
            ensure!(huge.status() == 413, "{}", huge.status());
            Ok(())
        })
        .await
}

pub(crate) async fn rotate_reseals_and_never_widens(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let (mut sealed, spoilt) = sealed_and_spoilt(&stage, namespace).await?;
            // The template says cluster-wide, the object does not; only the object counts.
            sealed["spec"]["template"]["metadata"]["annotations"] =
                json!({ "sealedsecrets.bitnami.com/cluster-wide": "true" });
            sealed["metadata"]["labels"] = json!({ "kept": "yes" });
            sealed["status"] = json!({ "observedGeneration": 3 });
            let answer = post(&stage, "/v1/rotate", sealed.to_string()).await?;
            ensure!(answer.status() == 200, "{}", answer.status());
            let mut resealed: Value = serde_json::from_slice(&answer.bytes().await?)?;
            let item = |object: &Value| object["spec"]["encryptedData"]["v"].as_str().map(str::to_owned);
            ensure!(
                item(&resealed).context("no item")? != item(&sealed).context("no item")?,
                "not sealed again"
            );
            ensure!(resealed["metadata"]["labels"] == sealed["metadata"]["labels"]);
            ensure!(
                resealed["metadata"]["annotations"].get("sealedsecrets.bitnami.com/cluster-wide").is_none()
            );
            ensure!(resealed.get("status").is_none());

            person.apply(&resealed).await?;
            person.sees_values(namespace, "db", &[("v", VALUE.as_bytes())]).await?;
            resealed["metadata"]["name"] = json!("other");
            ensure!(
                post(&stage, "/v1/verify", resealed.to_string()).await?.status() == 409,
                "it was widened"
            );

            for spoilt in spoilt {
                let answer = post(&stage, "/v1/rotate", spoilt.to_string()).await?;
                ensure!(answer.status() == 409, "{}", answer.status());
            }
            ensure!(post(&stage, "/v1/rotate", "kind: Secret").await?.status() == 500);
            Ok(())
        })
        .await
}
