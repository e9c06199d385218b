//! `local-kms`, which serves the API of AWS KMS (`tests/programs/local-kms`).
//!
//! Real: AES-GCM with the encryption context as additional data, the states of keys, the errors of AWS, keys on disk. Not as in
//! production: plain HTTP, and no credentials at all: it checks neither a signature nor a policy, which [`moto`](crate::kms::moto) does.
//!
//! Decided: a program of ours on that project's packages, instead of its own, which listens on all addresses of the machine.

use anyhow::{Context as _, Result};

use crate::kms::aws_server::{AwsServer, REGION};
use crate::process::lifeline;
use crate::programs::own;

const ACCOUNT: &str = "111122223333";

/// Starts it, without any key. Its keys stay when it ends and starts again. Takes half a minute the first time, while it is built.
pub async fn start_new() -> Result<AwsServer> {
    let build = || own::build("local-kms", "local-kms");
    let program = tokio::task::spawn_blocking(build).await.context("panicked")??;
    AwsServer::start_new("local-kms", move |port, dir| {
        let mut command = lifeline::command(&program);
        command.arg(format!("127.0.0.1:{port}")).args([REGION, ACCOUNT]).arg(dir.join("data")).env_clear();
        command
    })
    .await
}
