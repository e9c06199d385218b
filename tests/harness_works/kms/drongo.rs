//! Google's Cloud KMS, as drongo serves it.

use std::sync::Arc;

use anyhow::{Result, ensure};
use http::StatusCode;
use serde_json::{Value, json};
use tests::kms::drongo::{Drongo, DrongoFault};
use tests::lab::Lab;

use crate::kms::{CONTEXT, PLAINTEXT, WRONG_CONTEXT};

/// The CRC32C of the bytes of [`PLAINTEXT`], computed with another program.
const CHECKSUM: &str = "2591144780";

pub(crate) async fn binds_the_context_and_verifies_checksums(_: Arc<Lab>) -> Result<()> {
    let drongo = Drongo::start_new().await?;
    let key = drongo.create_key("sealing").await?;
    let encrypt = |checksum: &str| json!({ "plaintext": PLAINTEXT, "plaintextCrc32c": checksum, "additionalAuthenticatedData": CONTEXT });
    let unknown = drongo.call("ya29.guessed", &key, "encrypt", &encrypt(CHECKSUM)).await?;
    ensure!(unknown.status == StatusCode::UNAUTHORIZED, "any token: {}", unknown.status);
    let token = drongo.metadata_token().await?;
    let wrong = drongo.call(&token, &key, "encrypt", &encrypt("1")).await?;
    ensure!(wrong.status == StatusCode::BAD_REQUEST, "a wrong checksum: {}", wrong.status);
    let encrypted = drongo.call(&token, &key, "encrypt", &encrypt(CHECKSUM)).await?.success()?;
    ensure!(encrypted["name"] == format!("{key}/cryptoKeyVersions/1"), "{encrypted}");
    let unsent = &encrypted["verifiedAdditionalAuthenticatedDataCrc32c"];
    ensure!(encrypted["verifiedPlaintextCrc32c"] == true && *unsent == false, "{encrypted}");

    let decrypt = async |token: &str, context: &str| {
        let body = json!({ "ciphertext": encrypted["ciphertext"], "additionalAuthenticatedData": context });
        drongo.call(token, &key, "decrypt", &body).await
    };
    let refused = decrypt(&token, WRONG_CONTEXT).await?;
    ensure!(refused.status == StatusCode::BAD_REQUEST, "a wrong context: {}", refused.status);
    drongo.stop().await?;
    ensure!(decrypt(&token, CONTEXT).await.is_err(), "it answers when stopped");
    drongo.start().await?;
    let old = decrypt(&token, CONTEXT).await?;
    ensure!(old.status == StatusCode::UNAUTHORIZED, "a token of before: {}", old.status);
    let token = drongo.service_account_token()?;
    let decrypted = decrypt(&token, CONTEXT).await?.success()?;
    ensure!(decrypted["plaintext"] == PLAINTEXT && decrypted["plaintextCrc32c"] == CHECKSUM, "{decrypted}");

    for (fault, is_wrong) in [
        (DrongoFault::Unverified, (|it| it["verifiedPlaintextCrc32c"] == false) as fn(&Value) -> bool),
        (DrongoFault::OtherName, |it| it["name"].as_str().is_some_and(|name| name.contains("other-"))),
        (DrongoFault::Denied, |it| it["error"]["status"] == "PERMISSION_DENIED"),
    ] {
        drongo.set_fault(Some(fault))?;
        let response = drongo.call(&token, &key, "encrypt", &encrypt(CHECKSUM)).await?.body;
        ensure!(is_wrong(&response), "{fault:?}: {response}");
    }
    drongo.set_fault(Some(DrongoFault::WrongChecksum))?;
    ensure!(decrypt(&token, CONTEXT).await?.body["plaintextCrc32c"] != CHECKSUM, "the right checksum");
    drongo.set_fault(Some(DrongoFault::OtherPlaintext))?;
    ensure!(decrypt(&token, CONTEXT).await?.body["plaintext"] != PLAINTEXT, "the plaintext");
    drongo.set_fault(None)?;
    ensure!(decrypt(&token, CONTEXT).await?.body["plaintext"] == PLAINTEXT, "not right again");
    let tokens = drongo.requests()?.iter().filter(|request| request.path == "/token").count();
    ensure!(tokens == 1, "{tokens} requests for the service account");
    Ok(())
}
