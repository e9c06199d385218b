//! [`AwsRole`]: AWS KMS with the role of a ServiceAccount.

use std::fs;

use anyhow::{Result, bail};
use tempfile::TempDir;
use tests::chart::CONTROLLER_NAME;
use tests::kms::moto::Moto;
use tests::kms::policies;
use tests::lab::Lab;

use crate::services::test_service::TestService;

/// AWS KMS and STS, as moto serves them, for the role with the policy of the page, which the controller assumes with a token of its
/// ServiceAccount in a file, as EKS mounts one (IRSA). Each signature is checked, and each right.
pub(crate) struct AwsRole {
    moto: Moto,
    arn: String,
    role: String,
    dir: TempDir,
}

impl TestService for AwsRole {
    async fn start_new(lab: &Lab, namespace: &str) -> Result<Self> {
        let moto = Moto::start_new().await?;
        let arn = moto.create_key().await?;
        let role = moto.create_role("sealed-secrets", &policies::aws(&arn)?).await?;
        moto.check_access().await?;
        let dir = tempfile::tempdir()?;
        let token = lab.control_plane.token_for("sts.amazonaws.com", namespace, CONTROLLER_NAME).await?;
        fs::write(dir.path().join("token"), token)?;
        Ok(Self { moto, arn, role, dir })
    }

    fn provider(&self) -> String {
        let url = self.moto.url();
        format!("awskms:{}?endpoint={url}&sts-endpoint={url}", self.arn)
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let file = self.dir.path().join("token").display().to_string();
        vec![("AWS_ROLE_ARN", self.role.clone()), ("AWS_WEB_IDENTITY_TOKEN_FILE", file)]
    }

    async fn stop(&self) -> Result<()> {
        bail!("moto would lose its keys; test this with `Aws`")
    }

    async fn start(&self) -> Result<()> {
        self.stop().await
    }
}
