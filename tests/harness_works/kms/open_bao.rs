//! OpenBao's engine `transit`.

use std::sync::Arc;

use anyhow::{Result, ensure};
use http::StatusCode;
use serde_json::{Value, json};
use tests::kms::open_bao::OpenBao;
use tests::lab::Lab;

use crate::kms::{CONTEXT, PLAINTEXT, WRONG_CONTEXT};

pub(crate) async fn binds_the_context(_: Arc<Lab>) -> Result<()> {
    let open_bao = OpenBao::start_new().await?;
    open_bao.enable_transit("transit").await?;
    for (key, field) in [("plain", "associated_data"), ("derived", "context")] {
        open_bao.create_key("transit", key, key == "derived").await?;
        let post = async |verb: &str, name: &str, value: &Value, context: &str| {
            let path = format!("transit/{verb}/{key}");
            open_bao.post(open_bao.root_token(), &path, &json!({ name: value, field: context })).await
        };
        let encrypted = post("encrypt", "plaintext", &json!(PLAINTEXT), CONTEXT).await?.success()?;
        let ciphertext = &encrypted["data"]["ciphertext"];
        let wrong = post("decrypt", "ciphertext", ciphertext, WRONG_CONTEXT).await?;
        ensure!(wrong.status == StatusCode::BAD_REQUEST, "{key}: a wrong context: {}", wrong.status);
        open_bao.stop().await?;
        ensure!(post("decrypt", "ciphertext", ciphertext, CONTEXT).await.is_err(), "it answers when stopped");
        open_bao.start().await?;
        let decrypted = post("decrypt", "ciphertext", ciphertext, CONTEXT).await?.success()?;
        ensure!(decrypted["data"]["plaintext"] == PLAINTEXT, "{key}: another plaintext");
    }
    let paths = open_bao.requested_paths()?;
    let decrypted = paths.iter().filter(|path| *path == "transit/decrypt/plain").count();
    ensure!(decrypted == 2, "{decrypted} requests in the audit log, of which one failed");
    Ok(())
}
