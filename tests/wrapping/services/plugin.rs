//! [`Plugin`]: a KMS v2 plugin.

use anyhow::Result;
use tests::kms::kms_plugin::KmsPlugin;
use tests::lab::Lab;

use crate::services::test_service::TestService;

/// A plugin, whose socket the controller opens.
pub(crate) struct Plugin(pub(crate) KmsPlugin);

impl TestService for Plugin {
    async fn start_new(_: &Lab, _: &str) -> Result<Self> {
        Ok(Self(KmsPlugin::start_new().await?))
    }

    fn provider(&self) -> String {
        format!("kmsv2:unix://{}", self.0.socket().display())
    }

    async fn stop(&self) -> Result<()> {
        self.0.stop().await
    }

    async fn start(&self) -> Result<()> {
        self.0.start().await
    }
}
