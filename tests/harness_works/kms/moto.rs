//! AWS KMS with its signatures and policies, as moto serves it.

use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::kms::moto::{AccessKey, Moto};
use tests::lab::Lab;

use crate::kms::{CONTEXT, PLAINTEXT, WRONG_CONTEXT};

pub(crate) async fn checks_the_context_the_signature_and_the_policy(_: Arc<Lab>) -> Result<()> {
    let moto = Moto::start_new().await?;
    let (key, other) = (moto.create_key().await?, moto.create_key().await?);
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": key }],
    });
    let user = moto.create_user("controller", &policy).await?;
    moto.create_role("controller", &policy).await?;
    moto.check_access().await?;

    let encrypt = |key: &str| json!({ "KeyId": key, "Plaintext": PLAINTEXT, "EncryptionContext": { "cluster": CONTEXT } });
    let encrypted = moto.call_signed(&user, "encrypt", &encrypt(&key)).await?;
    ensure!(encrypted["KeyId"] == *key, "encrypted: {encrypted}");
    let decrypt = |context: &str| {
        let blob = &encrypted["CiphertextBlob"];
        json!({ "KeyId": key, "CiphertextBlob": blob, "EncryptionContext": { "cluster": context } })
    };
    let decrypted = moto.call_signed(&user, "decrypt", &decrypt(CONTEXT)).await?;
    ensure!(decrypted["Plaintext"] == PLAINTEXT, "{decrypted}");

    let stranger = AccessKey { id: "AKIAUNKNOWN".to_owned(), ..user.clone() };
    let forger = AccessKey { secret: "guessed".to_owned(), ..user.clone() };
    for (caller, operation, parameters, error) in [
        (&user, "decrypt", decrypt(WRONG_CONTEXT), "InvalidCiphertextException"),
        (&user, "encrypt", encrypt(&other), "AccessDeniedException"),
        (&user, "describe_key", json!({ "KeyId": key }), "AccessDeniedException"),
        (&forger, "decrypt", decrypt(CONTEXT), "InvalidSignatureException"),
        (&stranger, "decrypt", decrypt(CONTEXT), "UnrecognizedClientException"),
    ] {
        let refused: Value = moto.call_signed(caller, operation, &parameters).await?;
        ensure!(refused == json!({ "error": error }), "{operation}, not {error}: {refused}");
    }

    moto.stop().await?;
    ensure!(moto.call("ListKeys", &json!({})).await.is_err(), "it answers when stopped");
    moto.start().await?;
    let keys = moto.call("ListKeys", &json!({})).await?.success()?;
    ensure!(keys["Keys"] == json!([]), "keys of before: {keys}");
    Ok(())
}
