//! The flags about sealing keys: how a new key is made, and that a key which a user adds is found.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use envelope::Certificate;
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;
use serde_json::json;
use tests::user::person::Person;
use x509_parser::pem::parse_x509_pem;

use crate::order::add_key;
use crate::stage::Stage;

pub(crate) async fn a_new_key_follows_the_flags(stage: Arc<Stage>) -> Result<()> {
    let flags = [
        ("my-cn", "keys of the shop"),
        ("key-ttl", "100h30m"),
        ("key-size", "3072"),
        ("key-prefix", "shop-key"),
        ("privatekey-annotations", "example.com/owner=team a,example.com/empty="),
        ("privatekey-labels", "example.com/team=shop,tier=1"),
    ];
    stage
        .both(async |maker, _| {
            let pod = stage.start(maker, &flags).await?;
            let pem = stage.served().await?;
            let certificate = Certificate::from_pem(&pem)?;
            ensure!(certificate.public().bits() == 3072, "{} bits", certificate.public().bits());
            let valid = certificate.not_before().duration_until(certificate.not_after());
            ensure!(valid == SignedDuration::from_mins(100 * 60 + 30), "valid for {valid}");
            let (_, block) = parse_x509_pem(pem.as_bytes())?;
            let read = block.parse_x509()?;
            ensure!(read.subject().to_string() == "CN=keys of the shop", "{}", read.subject());

            let [key] = stage.keys().await?.try_into().ok().context("not one key")?;
            ensure!(key.name_any().starts_with("shop-key"), "{}", key.name_any());
            let annotation = |name: &str| key.annotations().get(name).map(String::as_str);
            ensure!(annotation("example.com/owner") == Some("team a"), "{:?}", key.annotations());
            ensure!(annotation("example.com/empty") == Some(""), "{:?}", key.annotations());
            let label = |name: &str| key.labels().get(name).map(String::as_str);
            ensure!(
                label("example.com/team") == Some("shop") && label("tier") == Some("1"),
                "{:?}",
                key.labels()
            );
            stage.stop(maker, pod).await
        })
        .await
}

/// With `--watch-for-secrets`, which our controller does not need.
pub(crate) async fn a_key_that_is_added_opens(stage: Arc<Stage>) -> Result<()> {
    stage
        .both(async |maker, namespace| {
            let pod = stage.start(maker, &[("watch-for-secrets", "true")]).await?;
            let added = add_key(&stage, "added", Timestamp::now() - SignedDuration::from_hours(1)).await?;
            let directory = tempfile::tempdir()?;
            let file = directory.path().join("cert.pem");
            std::fs::write(&file, added)?;
            let file = file.display().to_string();
            // Upstream's controller retries only a few times, so the key comes first.
            tokio::time::sleep(Duration::from_secs(1)).await;
            let secret = Person::secret(namespace, "db", &json!({ "v": "1" }));
            stage.person.seal_and_apply(&secret, &["--cert", &file]).await?;
            stage.person.sees_values(namespace, "db", &[("v", b"1")]).await?;
            stage.stop(maker, pod).await
        })
        .await
}
