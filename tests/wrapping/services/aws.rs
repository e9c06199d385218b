//! [`Aws`]: AWS KMS with an access key.

use anyhow::Result;
use tests::kms::aws_server::AwsServer;
use tests::kms::local_kms;
use tests::lab::Lab;

use crate::services::test_service::TestService;

/// AWS KMS, as local-kms serves it: it keeps its keys when it ends, and checks no signature, which [`AwsRole`](super::aws_role::AwsRole) does.
pub(crate) struct Aws {
    kms: AwsServer,
    arn: String,
}

impl TestService for Aws {
    async fn start_new(_: &Lab, _: &str) -> Result<Self> {
        let kms = local_kms::start_new().await?;
        let arn = kms.create_key().await?;
        Ok(Self { kms, arn })
    }

    fn provider(&self) -> String {
        format!("awskms:{}?endpoint={}", self.arn, self.kms.url())
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("AWS_ACCESS_KEY_ID", "AKIAANY".to_owned()), ("AWS_SECRET_ACCESS_KEY", "any".to_owned())]
    }

    async fn stop(&self) -> Result<()> {
        self.kms.stop().await
    }

    async fn start(&self) -> Result<()> {
        self.kms.start().await
    }
}
