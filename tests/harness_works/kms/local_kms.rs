//! AWS KMS, as local-kms serves it.

use std::sync::Arc;

use anyhow::{Result, ensure};
use http::StatusCode;
use serde_json::{Value, json};
use tests::kms::local_kms;
use tests::lab::Lab;

use crate::kms::{CONTEXT, PLAINTEXT, WRONG_CONTEXT};

pub(crate) async fn binds_the_context(_: Arc<Lab>) -> Result<()> {
    let kms = local_kms::start_new().await?;
    let key = kms.create_key().await?;
    let context = |value: &str| json!({ "cluster": value });
    let request = json!({ "KeyId": key, "Plaintext": PLAINTEXT, "EncryptionContext": context(CONTEXT) });
    let encrypted = kms.call("Encrypt", &request).await?.success()?;
    ensure!(encrypted["KeyId"] == *key, "encrypted under {}", encrypted["KeyId"]);
    let decrypt = async |context: Value| {
        let blob = &encrypted["CiphertextBlob"];
        let request = json!({ "KeyId": key, "CiphertextBlob": blob, "EncryptionContext": context });
        kms.call("Decrypt", &request).await
    };
    let wrong = decrypt(context(WRONG_CONTEXT)).await?;
    ensure!(wrong.body["__type"] == "InvalidCiphertextException", "a wrong context: {}", wrong.body);

    kms.stop().await?;
    ensure!(decrypt(context(CONTEXT)).await.is_err(), "it answers when stopped");
    kms.start().await?;
    let decrypted = decrypt(context(CONTEXT)).await?.success()?;
    ensure!(decrypted["Plaintext"] == PLAINTEXT, "another plaintext");

    let disabled = kms.call("DisableKey", &json!({ "KeyId": key })).await?;
    ensure!(disabled.status == StatusCode::OK, "{}", disabled.body);
    let refused = decrypt(context(CONTEXT)).await?;
    ensure!(refused.body["__type"] == "DisabledException", "a disabled key: {}", refused.body);
    Ok(())
}
