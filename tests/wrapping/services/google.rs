//! [`Google`]: Google's Cloud KMS.

use anyhow::Result;
use tests::kms::drongo::Drongo;
use tests::lab::Lab;

use crate::services::test_service::TestService;

/// Cloud KMS, as drongo serves it. The controller gets its tokens from the metadata server, as with Workload Identity, and the test by a
/// service account's key.
///
/// drongo's ciphertext is the data key, encoded. So what runs with it shows that the controller speaks the protocol: a thief of etcd could open these keys.
/// The context is compared, so that it counts as bound.
pub(crate) struct Google {
    drongo: Drongo,
    key: String,
}

impl TestService for Google {
    async fn start_new(_: &Lab, _: &str) -> Result<Self> {
        let drongo = Drongo::start_new().await?;
        let key = drongo.create_key("sealing").await?;
        Ok(Self { drongo, key })
    }

    fn provider(&self) -> String {
        format!("gcpkms:{}?endpoint={}", self.key, self.drongo.url())
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("GCE_METADATA_HOST", self.drongo.metadata_host())]
    }

    fn provider_of_test(&self) -> String {
        format!("{}&credentials-file={}", self.provider(), self.drongo.service_account().display())
    }

    async fn stop(&self) -> Result<()> {
        self.drongo.stop().await
    }

    async fn start(&self) -> Result<()> {
        self.drongo.start().await
    }
}
