//! `--key-order-priority`: which of two keys is the newest, where certificates and Secrets have different dates.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use api::sealing_key;
use envelope::{KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::user::person::Person;

use crate::stage::{HOME, Stage};

/// Adds a sealing key whose certificate begins at `since`; returns the certificate.
pub(crate) async fn add_key(stage: &Stage, name: &str, since: Timestamp) -> Result<String> {
    let private = PrivateKey::generate(KeySize::Rsa2048)?;
    let valid = SignedDuration::from_hours(24 * 365);
    let pem = issue(&mut rand::rngs::SysRng, &private, "", since, valid)?.to_pem();
    let data = json!({ sealing_key::PRIVATE_KEY: *private.to_pkcs1_pem()?, sealing_key::CERTIFICATE: pem });
    let mut secret = Person::secret(HOME, name, &data);
    secret["type"] = json!(sealing_key::SECRET_TYPE);
    secret["metadata"]["labels"] = json!({ sealing_key::LABEL: sealing_key::ACTIVE });
    stage.person.apply(&secret).await?;
    Ok(pem)
}

pub(crate) async fn the_newest_key_is_what_the_order_says(stage: Arc<Stage>) -> Result<()> {
    stage
        .both(async |maker, _| {
            let ago = |hours| Timestamp::now() - SignedDuration::from_hours(hours);
            let newer_certificate = add_key(&stage, "first", ago(1)).await?;
            // The API server gives times of creation in whole seconds.
            tokio::time::sleep(Duration::from_millis(1100)).await;
            let newer_secret = add_key(&stage, "second", ago(2)).await?;
            for (order, expected) in
                [("CertNotBefore", &newer_certificate), ("SecretCreationTimestamp", &newer_secret)]
            {
                let pod = stage.start(maker, &[("key-order-priority", order)]).await?;
                ensure!(stage.served().await?.trim() == expected.trim(), "{order}: the other is served");
                stage.stop(maker, pod).await?;
            }
            ensure!(stage.keys().await?.len() == 2, "a key was made");
            Ok(())
        })
        .await
}
