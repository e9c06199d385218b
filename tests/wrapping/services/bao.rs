//! [`Bao`]: OpenBao.

use std::fs;

use anyhow::Result;
use tempfile::TempDir;
use tests::chart::CONTROLLER_NAME;
use tests::kms::open_bao::OpenBao;
use tests::kms::open_bao::kubernetes_auth::Role;
use tests::kms::policies;
use tests::lab::Lab;

use crate::services::test_service::TestService;

/// OpenBao, which the controller logs in to as its ServiceAccount, and the test with a token in a file.
pub(crate) struct Bao {
    open_bao: OpenBao,
    dir: TempDir,
}

impl TestService for Bao {
    async fn start_new(lab: &Lab, _: &str) -> Result<Self> {
        let open_bao = OpenBao::start_new().await?;
        open_bao.enable_transit("transit").await?;
        open_bao.create_key("transit", "sealing", false).await?;
        open_bao.write_policy("sealing", &policies::open_bao()?).await?;
        open_bao.enable_kubernetes_auth(&lab.control_plane).await?;
        let audience = format!("https://{}", open_bao.host());
        let role = Role {
            name: "sealed-secrets",
            // The controller of one test moves to another namespace.
            namespace: "*",
            service_account: CONTROLLER_NAME,
            audience: &audience,
            policy: "sealing",
            seconds: 600,
        };
        open_bao.write_role(&role).await?;
        let dir = tempfile::tempdir()?;
        fs::write(dir.path().join("token"), open_bao.root_token())?;
        Ok(Self { open_bao, dir })
    }

    fn provider(&self) -> String {
        self.with("role=sealed-secrets")
    }

    fn provider_of_test(&self) -> String {
        self.with(&format!("token-file={}", self.dir.path().join("token").display()))
    }

    async fn stop(&self) -> Result<()> {
        self.open_bao.stop().await
    }

    async fn start(&self) -> Result<()> {
        self.open_bao.start().await
    }
}

impl Bao {
    fn with(&self, option: &str) -> String {
        let (host, ca) = (self.open_bao.host(), self.open_bao.ca_file());
        format!("openbao+transit://{host}/transit/sealing?ca-file={}&{option}", ca.display())
    }
}
